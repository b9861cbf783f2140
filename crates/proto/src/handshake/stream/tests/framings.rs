//! A transport that separates messages.

use super::*;

fn apart(handshake: fn(&AuthKey, &Policy) -> Handshake) -> Stream {
    let handshake = handshake(&AuthKey::from("k"), &Policy::default());
    Stream::new(handshake, Framing::MessagePerRead, Instant::now())
}

#[test]
fn each_message_is_written_by_itself() {
    let (mut listener, mut client) = (apart(Handshake::listener), apart(Handshake::client));
    client.set_early_challenge(true);
    assert!(
        listener
            .poll_transmit()
            .unwrap()
            .starts_with(b"#CHALLENGE#")
    );
    carry(&mut listener, &mut client);
    assert!(client.poll_transmit().unwrap().starts_with(b"{sha256}"));
    let writes = talk(&mut listener, &mut client);
    assert_eq!(writes, 5);
    assert!(matches!(listener.outcome(), Some(Ok(_))));
    assert!(matches!(client.outcome(), Some(Ok(_))));
}

#[test]
fn a_message_that_comes_after_the_end_is_kept() {
    let (mut listener, mut client) = (apart(Handshake::listener), apart(Handshake::client));
    talk(&mut listener, &mut client);
    listener.handle_received(b"hello");
    listener.handle_received(b"");
    let mut decoder = listener.into_decoder();
    for message in [&b"hello"[..], b""] {
        assert_eq!(decoder.advance(1024), Ok(Step::Message));
        assert_eq!(decoder.take_message().unwrap(), message);
    }
    assert!(decoder.is_empty());
}

#[test]
fn a_long_message_is_refused_by_its_beginning() {
    let phase = Phase::Response;
    for (first, expected) in [
        (0, HandshakeError::MessageTooLong { len: 257, phase }),
        (b']', HandshakeError::PeerHasNoKey { phase }),
    ] {
        let mut listener = apart(Handshake::listener);
        sent(&mut listener);
        let mut message = vec![first; 1 << 20];
        message[1] = b'q';
        listener.fill(|buffer, max| {
            buffer.extend_from_slice(&message[..max]);
            Ok(max)
        });
        assert_eq!(error(&listener), expected);
    }
    // The same when a driver reads all of it.
    let mut listener = apart(Handshake::listener);
    sent(&mut listener);
    listener.handle_received(&[0; 1000]);
    let expected = HandshakeError::MessageTooLong { len: 1000, phase };
    assert_eq!(error(&listener), expected);
}

#[test]
fn an_empty_message_is_no_end_of_file() {
    let mut client = apart(Handshake::client);
    client.fill(|_, _| Ok(0));
    assert!(matches!(error(&client), HandshakeError::Unexpected { .. }));
    let mut client = apart(Handshake::client);
    client.fill(|_, _| Err(ErrorKind::BrokenPipe.into()));
    assert_eq!(error(&client), HandshakeError::closed(Phase::Challenge));
}
