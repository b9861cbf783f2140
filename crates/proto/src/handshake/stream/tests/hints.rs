//! Hints to a driver: how much to read, and when to acknowledge.

use super::*;

/// Returns a listener that waits for the last verdict, and that verdict with its header.
fn before_the_last_verdict() -> (Stream, Vec<u8>) {
    let (mut listener, mut client) = (stream(Handshake::listener), early_client());
    loop {
        if listener.phase() != Phase::Verdict {
            assert_eq!(listener.room(), usize::MAX);
        }
        carry(&mut listener, &mut client);
        let bytes = sent(&mut client);
        if client.outcome().is_some() {
            return (listener, bytes);
        }
        listener.handle_received(&bytes);
    }
}

#[test]
fn there_is_room_for_a_verdict_and_no_more() {
    for carries in [true, false] {
        let (mut listener, verdict) = before_the_last_verdict();
        listener.set_carries_descriptors(carries);
        assert_eq!(verdict, b"\0\0\0\x09#WELCOME#");
        for (sent, byte) in verdict.iter().enumerate() {
            assert_eq!(listener.outcome(), None);
            let room = match carries {
                true => verdict.len() - sent,
                false => usize::MAX,
            };
            assert_eq!(listener.room(), room);
            listener.handle_received(&[*byte]);
        }
        assert!(matches!(listener.outcome(), Some(Ok(_))));
    }
}

#[test]
fn a_client_has_the_last_word_and_reads_all_there_is() {
    let mut client = early_client();
    assert_eq!(client.room(), usize::MAX);
    carry(&mut stream(Handshake::listener), &mut client);
    assert_eq!(client.phase(), Phase::Verdict);
    assert_eq!(client.room(), usize::MAX);
}

#[test]
fn fill_keeps_to_the_room() {
    let (mut listener, verdict) = before_the_last_verdict();
    // The byte of a descriptor follows at once.
    let wire = [&verdict[..], b"d"].concat();
    listener.fill(|buffer, max| {
        assert_eq!(max, verdict.len());
        buffer.extend_from_slice(&wire[..max]);
        Ok(max)
    });
    assert!(matches!(listener.outcome(), Some(Ok(_))));
    assert!(listener.into_decoder().is_empty());
}

#[test]
fn fill_takes_every_result_of_a_read() {
    let mut listener = listener();
    listener.fill(|_, _| Err(ErrorKind::WouldBlock.into()));
    assert_eq!(listener.outcome(), None);
    listener.fill(|buffer, _| {
        buffer.extend_from_slice(b"\0\0");
        Ok(2)
    });
    assert_eq!(listener.outcome(), None);
    listener.fill(|_, _| Ok(0));
    let closed = HandshakeError::closed(Phase::Response).midway(Some((2, 4)));
    assert_eq!(error(&listener), closed);
    let mut listener = super::listener();
    listener.fill(|_, _| Err(ErrorKind::TimedOut.into()));
    assert_eq!(error(&listener), HandshakeError::silent(Phase::Response));
    let mut listener = super::listener();
    listener.fill(|_, _| Err(ErrorKind::OutOfMemory.into()));
    assert_eq!(error(&listener), HandshakeError::OutOfMemory);
}

#[test]
fn a_client_acknowledges_what_came_without_a_reply_of_its_own() {
    let (mut listener, mut client) = (stream(Handshake::listener), early_client());
    assert!(!client.poll_acknowledge());
    carry(&mut listener, &mut client);
    // Its response acknowledges the challenge.
    assert!(!client.poll_acknowledge());
    carry(&mut client, &mut listener);
    assert!(!client.poll_acknowledge());
    // A Python writes the verdict and then its response, which waits for our acknowledgement.
    let wire = sent(&mut listener);
    let (verdict, response) = wire.split_at(13);
    client.handle_received(verdict);
    assert!(client.poll_acknowledge());
    assert!(!client.poll_acknowledge(), "once is enough");
    client.handle_received(response);
    assert!(!client.poll_acknowledge(), "the verdict goes first");
    carry(&mut client, &mut listener);
    // Both ends are ready for the first message of the connection.
    for end in [&mut client, &mut listener] {
        assert!(matches!(end.outcome(), Some(Ok(_))));
        assert!(end.poll_acknowledge());
        assert!(!end.poll_acknowledge());
    }
}

#[test]
fn nothing_is_acknowledged_after_a_failure() {
    let mut listener = listener();
    listener.handle_received(b"GET / HTTP/1.1\r\n");
    assert!(listener.outcome().is_some());
    assert!(!listener.poll_acknowledge());
}

#[test]
fn a_proof_is_known_before_the_end() {
    let (mut listener, mut client) = (stream(Handshake::listener), early_client());
    carry(&mut listener, &mut client);
    assert!(!listener.peer_has_proved());
    carry(&mut client, &mut listener);
    assert!(listener.peer_has_proved() && listener.outcome().is_none());
    assert!(!client.peer_has_proved());
}
