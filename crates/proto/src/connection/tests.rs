use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use super::*;
use crate::frame::Decoder;
use crate::frame::FrameError;

fn receiving() -> Receiving {
    halves(Decoder::new()).0
}

fn framed(message: &[u8]) -> Vec<u8> {
    Framed::new(message).parts().concat()
}

#[test]
fn a_bad_length_leaves_it_unreadable() {
    for wire in [&b"\xff\xff\xff\xfe"[..], b"\0\0\0\x09"] {
        let mut receiving = receiving();
        receiving.set_max_message_len(8);
        receiving.handle_received(wire).unwrap();
        assert!(receiving.is_ready(8) && receiving.is_readable());
        let error = receiving.poll_message().unwrap_err();
        assert!(matches!(&error, ReceiveError::Frame(error) if error.is_bad_length()));
        assert!(!receiving.is_readable());
        let error = receiving.poll_message().unwrap_err();
        assert!(matches!(error, ReceiveError::NotReadable));
    }
}

#[test]
fn an_end_of_file_differs_between_and_inside_messages() {
    let mut receiving = receiving();
    receiving.handle_received(&framed(b"hello")).unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::Message);
    assert_eq!(receiving.take_message().unwrap(), b"hello");
    assert!(receiving.handle_eof().is_eof());
    receiving.handle_received(b"\0\0").unwrap();
    let text = receiving.handle_eof().to_string();
    assert!(text.ends_with("after 2 of 4 bytes"), "{text}");
    let read = receiving.fill(|_, _| Ok(0)).unwrap_err();
    assert!(matches!(read, ReceiveError::Truncated { got: 2, len: 4 }));
}

#[test]
fn a_partial_message_is_kept_when_a_deadline_of_the_driver_passes() {
    let mut receiving = receiving();
    receiving.handle_received(b"\0\0\0\x05he").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    let error = receiving.handle_error(ErrorKind::TimedOut.into());
    assert!(error.is_timed_out() && receiving.is_readable());
    assert!(error.to_string().contains("2 of 5 bytes"), "{error}");
    receiving.handle_received(b"llo").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::Message);
    assert_eq!(receiving.message(), b"hello");
}

#[test]
fn the_rest_of_a_message_has_a_deadline_of_its_own() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    let mut receiving = receiving();
    receiving.set_rest_timeout(Some(second));
    // Between two messages a peer may be silent.
    assert_eq!(receiving.poll_timeout(now), None);
    receiving.handle_timeout(now + 100 * second).unwrap();
    receiving.handle_received(b"\0").unwrap();
    assert_eq!(receiving.poll_timeout(now), Some(now + second));
    receiving.handle_received(b"\0\0\x05h").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    // Single bytes do not extend it.
    assert_eq!(receiving.poll_timeout(now + second / 2), Some(now + second));
    receiving.handle_timeout(now + second / 2).unwrap();
    receiving.handle_received(b"ello").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::Message);
    receiving.skip_message();
    assert_eq!(receiving.poll_timeout(now + second), None);
    receiving.handle_timeout(now + second).unwrap();
    // The next message has the full time again.
    receiving.handle_received(b"\0\0").unwrap();
    let later = now + 5 * second;
    assert_eq!(receiving.poll_timeout(later), Some(later + second));
    let error = receiving.handle_timeout(later + second).unwrap_err();
    assert!(matches!(
        error,
        ReceiveError::RestTimedOut { got: 2, len: 4 }
    ));
    assert!(!receiving.is_readable());
}

#[test]
fn a_peer_that_may_hold_bytes_back_is_acknowledged_once() {
    let (mut receiving, mut sending) = halves(Decoder::new());
    // A header without its body.
    receiving.handle_received(b"\0\0\x40\x01").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    assert!(receiving.poll_acknowledge());
    assert!(!receiving.poll_acknowledge());
    receiving.handle_received(b"x").unwrap();
    // A send acknowledges it.
    sending.begin().unwrap();
    assert!(!receiving.poll_acknowledge());
    // Whole segments are not held back.
    receiving.handle_received(&[0; 0x4000]).unwrap();
    receiving.poll_message().unwrap();
    receiving.skip_message();
    receiving.handle_received(b"\0\x02\0\0").unwrap();
    receiving.poll_message().unwrap();
    assert!(!receiving.poll_acknowledge());
}

#[test]
fn connections_share_a_budget() {
    let budget = Budget::new(3 << 20, 0);
    let mut connections: Vec<_> = (0..4).map(|_| receiving()).collect();
    for connection in &mut connections {
        connection.set_budget(Some(&budget));
    }
    let long = framed(&[7; 1 << 20]);
    let (beginning, rest) = long.split_at(10_000);
    let mut failed = 0;
    for connection in &mut connections {
        connection.handle_received(beginning).unwrap();
        match connection.poll_message() {
            Ok(progress) => assert_eq!(progress, Progress::More),
            Err(ReceiveError::Frame(error)) => {
                assert!(error.is_over_budget() && !error.is_bad_length(), "{error}");
                assert!(!connection.is_readable());
                failed += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((failed, budget.bytes_held()), (1, 3 << 20));
    connections[0].handle_received(rest).unwrap();
    assert_eq!(connections[0].poll_message().unwrap(), Progress::Message);
    let (message, charge) = connections[0].take_charged().unwrap();
    assert_eq!((message.len(), budget.bytes_held()), (1 << 20, 3 << 20));
    drop(charge);
    assert_eq!(budget.bytes_held(), 2 << 20);
    connections.truncate(1);
    assert_eq!(budget.bytes_held(), 0);
}

#[test]
fn a_length_alone_takes_little_of_the_budget() {
    let budget = Budget::new(1 << 20, 0);
    let mut receiving = receiving();
    receiving.set_budget(Some(&budget));
    receiving.handle_received(b"\x3f\xff\xff\xff").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    assert_eq!(budget.bytes_held(), 1 << 20);
    // A mebibyte has arrived: more is charged before it is allocated.
    receiving.handle_received(&[0; 1 << 20]).unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    let error = receiving.fill(|_, _| panic!("no room")).unwrap_err();
    assert!(
        matches!(&error, ReceiveError::Frame(FrameError::OverBudget { got, .. }) if *got == 1 << 20)
    );
    assert_eq!(budget.bytes_held(), 0);
}

#[test]
fn lent_memory_comes_back_with_the_message_or_unused() {
    let mut receiving = receiving();
    let mut memory = Vec::with_capacity(100_000);
    let place = memory.as_ptr();
    for len in [60_000, 100, 100_000, 0] {
        receiving.set_spare(std::mem::take(&mut memory));
        receiving.handle_received(&framed(&vec![5; len])).unwrap();
        assert_eq!(receiving.poll_message().unwrap(), Progress::Message);
        if memory.capacity() == 0 {
            memory = receiving.take_spare();
        }
        receiving.take_message_into(&mut memory).unwrap();
        assert_eq!(memory, vec![5; len]);
        assert_eq!(memory.as_ptr(), place);
    }
}

#[test]
fn a_message_that_broke_off_ends_sending_and_one_that_never_began_does_not() {
    let (_, mut sending) = halves(Decoder::new());
    sending.begin().unwrap();
    let error = sending.handle_error(0, ErrorKind::TimedOut.into());
    assert!(matches!(error, SendError::TimedOut));
    sending.begin().unwrap();
    let error = sending.handle_error(3, io::Error::from(ErrorKind::BrokenPipe));
    assert!(matches!(error, SendError::Io(_)));
    assert!(!sending.is_writable());
    for error in [
        sending.begin().unwrap_err(),
        sending.queue(b"x").unwrap_err(),
    ] {
        assert!(error.to_string().ends_with("it failed"), "{error}");
    }
}

#[test]
fn a_body_read_in_place_ends_its_deadline() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    let mut receiving = receiving();
    receiving.set_rest_timeout(Some(second));
    receiving.handle_received(b"\0\0\0\x05he").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    assert_eq!(receiving.poll_timeout(now), Some(now + second));
    assert_eq!(receiving.move_body(&mut [0; 5]), 2);
    receiving.handle_body();
    receiving.skip_message();
    let later = now + 5 * second;
    receiving.handle_received(b"\0\0\0\x05h").unwrap();
    assert_eq!(receiving.poll_timeout(later), Some(later + second));
}

#[test]
fn memory_is_lent_to_a_message_that_has_begun() {
    let budget = Budget::new(1 << 20, 0);
    let mut receiving = receiving();
    receiving.set_budget(Some(&budget));
    let wire = framed(&[7; 60_000]);
    receiving.handle_received(&wire[..9_000]).unwrap();
    assert!(!receiving.is_ready(1 << 20));
    assert_eq!(budget.bytes_held(), 60_000);
    let mut memory = Vec::with_capacity(1 << 20);
    let place = memory.as_ptr();
    receiving.set_spare(std::mem::take(&mut memory));
    assert_eq!(budget.bytes_held(), 0);
    receiving.handle_received(&wire[9_000..]).unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::Message);
    receiving.take_message_into(&mut memory).unwrap();
    assert_eq!((memory.as_ptr(), &memory[..]), (place, &[7; 60_000][..]));
    // Memory that is too small stays unused.
    receiving.handle_received(&wire[..9_000]).unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    receiving.set_spare(Vec::with_capacity(10));
    assert_eq!(receiving.take_spare().capacity(), 10);
    assert_eq!(budget.bytes_held(), 60_000);
}

#[test]
fn queued_bytes_acknowledge_nothing_until_written() {
    let (mut receiving, mut sending) = halves(Decoder::new());
    receiving.handle_received(b"\0\0\x40\x01").unwrap();
    assert_eq!(receiving.poll_message().unwrap(), Progress::More);
    sending.queue(b"x").unwrap();
    assert!(receiving.poll_acknowledge());
    receiving.handle_received(b"x").unwrap();
    sending.handle_sent(5);
    assert!(!receiving.poll_acknowledge());
}

#[test]
fn a_limit_holds_for_a_header_that_was_parsed_before() {
    let mut receiving = receiving();
    receiving.handle_received(&framed(&[1; 5000])).unwrap();
    assert!(receiving.is_ready(1 << 30));
    let error = receiving.poll_message_max(16).unwrap_err();
    assert!(matches!(&error, ReceiveError::Frame(error) if error.is_bad_length()));
    assert!(!receiving.is_readable());
    // A receive returns at once, with an error.
    assert!(receiving.is_ready(1 << 30));
}

#[test]
fn a_whole_message_that_waits_has_no_deadline_and_no_end_of_file() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    for len in [5, 20_000] {
        let mut receiving = receiving();
        receiving.set_read_ahead(false);
        receiving.set_rest_timeout(Some(second));
        let wire = framed(&vec![1; len]);
        receiving.handle_received(&wire[..6]).unwrap();
        assert_eq!(receiving.poll_message().unwrap(), Progress::More);
        assert_eq!(receiving.poll_timeout(now), Some(now + second));
        receiving.handle_received(&wire[6..]).unwrap();
        assert_eq!(receiving.poll_message().unwrap(), Progress::Message);
        assert_eq!(receiving.poll_timeout(now + 5 * second), None);
        receiving.handle_timeout(now + 5 * second).unwrap();
        assert_eq!(receiving.fill(|_, _| panic!("no room")).unwrap(), 0);
        assert_eq!(receiving.take_message().unwrap().len(), len);
        receiving.handle_received(&wire[..6]).unwrap();
        let later = now + 9 * second;
        assert_eq!(receiving.poll_timeout(later), Some(later + second));
    }
}

#[test]
fn no_message_passes_a_link_whose_handshake_failed() {
    use crate::AuthKey;
    use crate::handshake::{Framing, Handshake, Policy, Stream};

    let now = Instant::now();
    let handshake = Handshake::listener(&AuthKey::from("k"), &Policy::default());
    let mut link = Link::new(Stream::new(handshake, Framing::LengthPrefix, now));
    link.queue(b"for friends").unwrap();
    let challenge = link.poll_transmit().unwrap().len();
    link.handle_sent(challenge).unwrap();
    let read = |buffer: &mut Vec<u8>, _| {
        buffer.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
        Ok(18)
    };
    assert!(matches!(
        link.fill(read).unwrap_err(),
        LinkError::Handshake(_)
    ));
    assert!(!link.is_open() && !link.peer_has_proved());
    assert_eq!(link.poll_transmit(), None);
    assert_eq!(link.poll_message().unwrap(), None);
}

#[test]
fn a_peer_that_reads_nothing_is_not_read_from_and_not_timed_out() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    let mut link = Link::without_handshake();
    link.set_max_queued(10);
    link.receiving().set_rest_timeout(Some(second));
    let read = |buffer: &mut Vec<u8>, _| {
        buffer.extend_from_slice(b"\0\0");
        Ok(2)
    };
    assert!(link.fill(read).unwrap());
    assert_eq!(link.poll_message().unwrap(), None);
    assert_eq!(link.poll_timeout(now), Some(now + second));
    link.queue(&[0; 20]).unwrap();
    assert!(!link.fill(|_, _| panic!("held")).unwrap());
    assert_eq!(link.poll_timeout(now + 5 * second), None);
    link.handle_timeout(now + 5 * second).unwrap();
    link.handle_sent(24).unwrap();
    let later = now + 9 * second;
    assert_eq!(link.poll_timeout(later), Some(later + second));
}
