//! Tests of a handshake on streams in memory, complete and broken off.

mod breaking_off;
mod framings;
mod hints;

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use super::*;
use crate::AuthKey;
use crate::frame::Step;
use crate::handshake::Policy;

fn stream(handshake: fn(&AuthKey, &Policy) -> Handshake) -> Stream {
    keyed(handshake, "k")
}

fn keyed(handshake: fn(&AuthKey, &Policy) -> Handshake, key: &str) -> Stream {
    let handshake = handshake(&AuthKey::from(key), &Policy::default());
    Stream::new(handshake, Framing::LengthPrefix, Instant::now())
}

fn early_client() -> Stream {
    let mut client = stream(Handshake::client);
    client.set_early_challenge(true);
    client
}

/// Marks all pending bytes as written, and returns them.
fn sent(from: &mut Stream) -> Vec<u8> {
    let mut wire = Vec::new();
    while let Some(bytes) = from.poll_transmit() {
        let n = bytes.len();
        wire.extend_from_slice(bytes);
        from.handle_sent(n);
    }
    wire
}

/// Makes a listener that has sent its challenge.
fn listener() -> Stream {
    let mut listener = stream(Handshake::listener);
    assert!(!sent(&mut listener).is_empty());
    listener
}

/// Carries pending bytes from one end to the other, and returns the number of writes.
fn carry(from: &mut Stream, to: &mut Stream) -> usize {
    let mut writes = 0;
    while let Some(bytes) = from.poll_transmit() {
        let bytes = bytes.to_vec();
        from.handle_sent(bytes.len());
        to.handle_received(&bytes);
        writes += 1;
    }
    writes
}

/// Carries bytes until neither end has any, and returns the number of writes.
fn talk(a: &mut Stream, b: &mut Stream) -> usize {
    let mut writes = 0;
    loop {
        let more = carry(a, b) + carry(b, a);
        if more == 0 {
            return writes;
        }
        writes += more;
    }
}

fn error(stream: &Stream) -> HandshakeError {
    match stream.outcome() {
        Some(Err(error)) => error.clone(),
        other => panic!("{other:?}"),
    }
}

/// Returns a listener's error for a client that sends these bytes.
fn fed(bytes: &[u8]) -> HandshakeError {
    let mut listener = listener();
    listener.handle_received(bytes);
    error(&listener)
}

/// A way for a connection to end early, and its error in a phase.
type Ending = (fn(&mut Stream), fn(Phase) -> HandshakeError);

/// Returns each of these ways. The first is the end of file, which does not end sending.
fn endings() -> [Ending; 5] {
    [
        (Stream::handle_eof, HandshakeError::closed),
        (
            |stream| stream.handle_error(&ErrorKind::ConnectionReset.into()),
            HandshakeError::closed,
        ),
        (
            |stream| stream.handle_error(&ErrorKind::BrokenPipe.into()),
            HandshakeError::closed,
        ),
        (
            |stream| stream.handle_error(&ErrorKind::TimedOut.into()),
            HandshakeError::silent,
        ),
        (
            |stream| stream.handle_timeout(stream.poll_timeout().unwrap()),
            HandshakeError::silent,
        ),
    ]
}

#[test]
fn other_protocols_are_named() {
    for (bytes, name) in [
        (&b"GET / HTTP/1.1\r\n"[..], "HTTP"),
        (b"\x16\x03\x01\x02\x00\x01", "TLS"),
        (b"SSH-2.0-OpenSSH", "SSH"),
    ] {
        assert!(fed(bytes).to_string().contains(name));
    }
}

#[test]
fn a_large_object_of_a_keyless_peer_is_known_by_its_beginning() {
    let phase = Phase::Response;
    for object in [
        &b"\0\0\x40\x01\x80\x04"[..],
        b"\0\0\x40\x01(l",
        b"\x7f\0\0\0\x80\x05",
        b"\xff\xff\xff\xff\0\0\0\0\0\0\x40\x01\x80\x02",
        b"\xff\xff\xff\xff\0\0\0\x01\0\0\0\0\x80\x02",
    ] {
        let expected = HandshakeError::PeerHasNoKey { phase };
        assert_eq!(fed(object), expected, "{object:?}");
    }
}

#[test]
fn a_long_message_that_is_no_object_is_called_too_long() {
    let phase = Phase::Response;
    let expected = HandshakeError::MessageTooLong { len: 257, phase };
    for body in [&b"\xfe\xfe"[..], b"hello", &[0x80, 0x7f], &[0; 300]] {
        let wire = [&b"\0\0\x01\x01"[..], body].concat();
        assert_eq!(fed(&wire), expected, "{body:?}");
    }
    // None of it arrives, or too little to tell.
    for body in [&b""[..], b"\x80"] {
        for (end, _) in endings() {
            let mut listener = listener();
            listener.handle_received(&[&b"\0\0\x01\x01"[..], body].concat());
            assert_eq!(listener.outcome(), None);
            end(&mut listener);
            assert_eq!(error(&listener), expected);
        }
    }
}

#[test]
fn pending_messages_are_sent_together() {
    // Challenge; response and challenge; verdict and response; verdict.
    for (mut client, expected) in [(early_client(), 4), (stream(Handshake::client), 6)] {
        let mut listener = stream(Handshake::listener);
        let writes = talk(&mut listener, &mut client);
        assert!(matches!(listener.outcome(), Some(Ok(_))));
        assert!(matches!(client.outcome(), Some(Ok(_))));
        assert_eq!(writes, expected);
    }
}

#[test]
fn bytes_after_the_last_message_are_kept() {
    for (mut client, is_client) in [
        (stream(Handshake::client), false),
        (early_client(), false),
        (early_client(), true),
    ] {
        let mut listener = stream(Handshake::listener);
        talk(&mut listener, &mut client);
        let mut one = if is_client { client } else { listener };
        one.handle_received(b"\0\0\0\x01x");
        assert!(matches!(one.outcome(), Some(Ok(_))));
        assert_eq!(one.into_decoder().buffered(), b"\0\0\0\x01x");
    }
}

#[test]
fn the_first_message_may_come_along_with_the_verdict() {
    let (mut listener, mut client) = (stream(Handshake::listener), early_client());
    while listener.outcome().is_none() {
        carry(&mut listener, &mut client);
        let mut bytes = sent(&mut client);
        if client.outcome().is_some() {
            bytes.extend_from_slice(b"\0\0\0\x05hello");
        }
        listener.handle_received(&bytes);
    }
    assert_eq!(listener.into_decoder().buffered(), b"\0\0\0\x05hello");
}

#[test]
fn the_verdict_on_a_wrong_key_is_sent_before_the_end() {
    let (mut listener, mut client) = (listener(), keyed(Handshake::client, "another"));
    // The challenge of another listener does as well: the key is wrong.
    carry(&mut stream(Handshake::listener), &mut client);
    carry(&mut client, &mut listener);
    assert_eq!(listener.outcome(), None);
    assert_eq!(listener.poll_transmit(), Some(&b"\0\0\0\x09#FAILURE#"[..]));
    // The client sends nothing more, but still gets the verdict.
    listener.handle_eof();
    assert_eq!(listener.outcome(), None);
    carry(&mut listener, &mut client);
    assert_eq!(error(&listener), HandshakeError::WrongKey);
    assert!(matches!(error(&client), HandshakeError::Rejected { .. }));
}

#[test]
fn partial_writes_go_on_where_they_stopped() {
    let whole = {
        let (mut listener, mut client) = (stream(Handshake::listener), early_client());
        carry(&mut listener, &mut client);
        sent(&mut client).len()
    };
    for piece in 1..=whole {
        let (mut listener, mut client) = (stream(Handshake::listener), early_client());
        while listener.outcome().is_none() || client.outcome().is_none() {
            for (from, to) in [(0, 1), (1, 0)] {
                let [from, to] = match (from, to) {
                    (0, _) => [&mut listener, &mut client],
                    _ => [&mut client, &mut listener],
                };
                while let Some(bytes) = from.poll_transmit() {
                    let n = bytes.len().min(piece);
                    to.handle_received(&bytes[..n]);
                    from.handle_sent(n);
                }
            }
        }
        assert!(matches!(listener.outcome(), Some(Ok(_))), "{piece}");
        assert!(matches!(client.outcome(), Some(Ok(_))), "{piece}");
    }
}

/// A header that cannot be text waits for the beginning of its message.
#[test]
fn a_large_object_is_known_although_its_header_comes_alone() {
    let phase = Phase::Challenge;
    for len in [1_u32 << 24, 0x7f00_0000] {
        let mut client = stream(Handshake::client);
        client.handle_received(&len.to_be_bytes());
        assert_eq!(client.outcome(), None, "{len}");
        client.handle_received(b"\x80\x04");
        let expected = Some(Err(HandshakeError::PeerHasNoKey { phase }));
        assert_eq!(client.outcome().cloned(), expected, "{len}");
    }
}
