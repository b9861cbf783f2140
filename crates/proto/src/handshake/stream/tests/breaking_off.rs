//! Connections that end during the handshake.

use super::*;

fn reset() -> io::Error {
    ErrorKind::ConnectionReset.into()
}

/// Makes a client whose response and challenge are due.
fn responding_client() -> Stream {
    let mut client = early_client();
    carry(&mut stream(Handshake::listener), &mut client);
    client
}

#[test]
fn an_end_within_a_message_is_no_other_protocol() {
    let phase = Phase::Response;
    for (bytes, part) in [(&b"\0\0\0\x2c{sha"[..], (4, 44)), (b"\0\0", (2, 4))] {
        for (end, expected) in endings() {
            let mut listener = listener();
            listener.handle_received(bytes);
            assert_eq!(listener.outcome(), None);
            end(&mut listener);
            assert_eq!(error(&listener), expected(phase).midway(Some(part)));
        }
    }
    let mut listener = listener();
    listener.handle_received(b"\0\0\0\x2c{sha");
    listener.handle_timeout(listener.poll_timeout().unwrap());
    let text = error(&listener).to_string();
    assert!(
        text.contains("went silent after 4 of 44 bytes of its response"),
        "{text}"
    );
    let mut listener = super::listener();
    listener.handle_received(b"\0\0");
    listener.handle_eof();
    let text = error(&listener).to_string();
    assert!(
        text.contains("after 2 of 4 bytes of its response"),
        "{text}"
    );
}

#[test]
fn an_end_between_messages_names_what_is_due() {
    let clients = [stream(Handshake::client), responding_client()];
    let phases = [Phase::Challenge, Phase::Verdict];
    for (mut client, phase) in clients.into_iter().zip(phases) {
        sent(&mut client);
        client.handle_eof();
        assert_eq!(error(&client), HandshakeError::closed(phase));
    }
    for (end, expected) in endings() {
        let mut listener = listener();
        end(&mut listener);
        assert_eq!(error(&listener), expected(Phase::Response));
    }
}

#[test]
fn the_last_words_of_a_peer_explain_why_it_left() {
    let phase = Phase::Response;
    let socks = HandshakeError::not_this_protocol(b"\x05\x01");
    assert!(socks.to_string().contains("SOCKS"));
    for (said, expected) in [
        (&b""[..], HandshakeError::closed(phase)),
        (b"\0\0\0\x03K\x01.", HandshakeError::PeerHasNoKey { phase }),
        (b"\x05\x01", socks),
        (
            b"\0\0\0\x2c{sha",
            HandshakeError::closed(phase).midway(Some((4, 44))),
        ),
    ] {
        // The error is the same before and after the challenge is sent.
        for is_out in [false, true] {
            let mut listener = stream(Handshake::listener);
            match is_out {
                true => drop(sent(&mut listener)),
                false => listener.handle_error(&reset()),
            }
            if !said.is_empty() {
                listener.handle_received(said);
            }
            listener.handle_error(&reset());
            assert_eq!(error(&listener), expected, "{said:?}, {is_out}");
        }
    }
}

#[test]
fn after_a_failed_write_the_rest_is_read_without_waiting() {
    let mut client = responding_client();
    client.handle_error(&ErrorKind::BrokenPipe.into());
    assert_eq!(client.outcome(), None);
    assert_eq!(client.poll_transmit(), None);
    let now = Instant::now();
    assert!(client.poll_timeout().is_some_and(|due| due <= now));
    // Nothing more is sent, whatever arrives.
    client.handle_received(b"\0\0\0\x09#WELCOME#");
    assert_eq!(client.poll_transmit(), None);
    client.handle_received(b"\0\0\0\x09#FAIL");
    client.handle_timeout(now);
    let expected = HandshakeError::closed(Phase::Response).midway(Some((5, 9)));
    assert_eq!(error(&client), expected);
    assert_eq!(client.poll_timeout(), None);
}

#[test]
fn every_end_of_reading_after_a_failed_write_tells_of_the_write() {
    let ends: [fn(&mut Stream); 5] = [
        |stream| stream.handle_error(&ErrorKind::WouldBlock.into()),
        |stream| stream.handle_error(&ErrorKind::TimedOut.into()),
        |stream| stream.handle_error(&reset()),
        |stream| stream.handle_timeout(stream.poll_timeout().unwrap()),
        Stream::handle_eof,
    ];
    for end in ends {
        let mut client = responding_client();
        client.handle_error(&io::Error::other("no route to host"));
        client.handle_error(&ErrorKind::Interrupted.into());
        assert_eq!(client.outcome(), None);
        end(&mut client);
        let text = error(&client).to_string();
        assert!(text.contains("no route to host"), "{text}");
        assert!(text.contains("before its verdict"), "{text}");
    }
}

#[test]
fn a_verdict_that_was_sent_before_the_reset_is_the_outcome() {
    for is_cut_off in [false, true] {
        let mut client = responding_client();
        match is_cut_off {
            true => client.handle_error(&reset()),
            false => drop(sent(&mut client)),
        }
        client.handle_received(b"\0\0\0\x09#FAILURE#");
        client.handle_error(&reset());
        let rejected = HandshakeError::Rejected {
            digest: "sha256".into(),
        };
        assert_eq!(error(&client), rejected);
    }
}

#[test]
fn a_wrong_key_is_told_though_the_verdict_cannot_be_sent() {
    for (end, _) in endings().into_iter().skip(1) {
        let (mut listener, mut client) = (listener(), keyed(Handshake::client, "another"));
        carry(&mut stream(Handshake::listener), &mut client);
        carry(&mut client, &mut listener);
        assert!(listener.poll_transmit().is_some());
        end(&mut listener);
        assert_eq!(error(&listener), HandshakeError::WrongKey);
    }
}

#[test]
fn a_last_verdict_that_cannot_be_sent_is_a_failure() {
    for (end, expected) in endings().into_iter().skip(1) {
        let (mut listener, mut client) = (stream(Handshake::listener), early_client());
        while !client.peer_has_proved() {
            carry(&mut listener, &mut client);
            if !client.peer_has_proved() {
                carry(&mut client, &mut listener);
            }
        }
        assert!(client.poll_transmit().is_some() && client.outcome().is_none());
        end(&mut client);
        assert_eq!(error(&client), expected(Phase::Ending));
        let text = error(&client).to_string();
        assert!(text.contains("its reading of our verdict"), "{text}");
        assert_eq!(client.poll_transmit(), None);
    }
}

#[test]
fn a_transport_that_takes_nothing_more_is_closed() {
    let mut client = responding_client();
    client.handle_sent(0);
    client.handle_eof();
    assert_eq!(error(&client), HandshakeError::closed(Phase::Verdict));
}

#[test]
fn other_errors_are_told_in_the_words_of_the_system() {
    let mut listener = listener();
    listener.handle_error(&io::Error::other("\u{1b}[2Jnetwork is down"));
    let text = error(&listener).to_string();
    assert!(text.contains("network is down"), "{text}");
    assert!(
        text.contains("before its response to our challenge"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn transient_errors_end_nothing() {
    for kind in [ErrorKind::WouldBlock, ErrorKind::Interrupted] {
        let mut listener = stream(Handshake::listener);
        listener.handle_error(&kind.into());
        assert!(listener.poll_transmit().is_some());
        sent(&mut listener);
        listener.handle_error(&kind.into());
        assert_eq!(listener.outcome(), None);
    }
}

#[test]
fn nothing_changes_an_outcome() {
    let (mut listener, mut client) = (stream(Handshake::listener), early_client());
    talk(&mut listener, &mut client);
    for end in [&mut listener, &mut client] {
        end.handle_eof();
        end.handle_error(&reset());
        end.handle_timeout(Instant::now() + Duration::from_secs(3600));
        assert!(matches!(end.outcome(), Some(Ok(_))));
        assert_eq!(end.poll_timeout(), None);
    }
}

#[test]
fn a_deadline_is_not_early_and_can_be_none() {
    let start = Instant::now();
    let policy = Policy::default();
    let handshake = Handshake::client(&AuthKey::from("k"), &policy);
    let mut client = Stream::new(handshake, Framing::LengthPrefix, start);
    let due = client.poll_timeout().unwrap();
    assert_eq!(due, start + crate::HANDSHAKE_TIMEOUT);
    client.handle_timeout(due.checked_sub(Duration::from_nanos(1)).unwrap());
    assert_eq!(client.outcome(), None);
    client.set_deadline(None);
    client.handle_timeout(due + Duration::from_secs(3600));
    assert_eq!((client.outcome(), client.poll_timeout()), (None, None));
    client.set_deadline(Some(start));
    client.handle_timeout(start);
    assert_eq!(error(&client), HandshakeError::silent(Phase::Challenge));
}
