//! Tests of framing: pieces of any size, all headers, false lengths.

use proptest::prelude::*;

use super::*;

const NO_LIMIT: u64 = u64::MAX;

fn framed(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = Vec::new();
    for message in messages {
        wire.extend_from_slice(Header::new(message.len() as u64).as_bytes());
        wire.extend_from_slice(message);
    }
    wire
}

/// Feeds the stream in pieces of these sizes, repeating the last one.
fn decode(wire: &[u8], pieces: &[usize], ahead: bool) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::new();
    let mut messages = Vec::new();
    let mut rest = wire;
    let mut pieces = pieces.iter().copied();
    let mut piece = 1;
    loop {
        while decoder.advance(NO_LIMIT).unwrap() == Step::Message {
            messages.push(decoder.take_message().unwrap());
        }
        if rest.is_empty() {
            assert!(decoder.is_empty());
            return messages;
        }
        piece = pieces.next().unwrap_or(piece);
        let filled = decoder.fill(ahead, |vec, room| {
            assert!(room > 0);
            let n = room.min(piece).min(rest.len());
            vec.extend_from_slice(&rest[..n]);
            n
        });
        let n = filled.unwrap();
        rest = &rest[n..];
    }
}

#[test]
fn headers_are_as_cpython_packs_them() {
    assert_eq!(Header::new(0).as_bytes(), [0, 0, 0, 0]);
    assert_eq!(Header::new(16_385).as_bytes(), [0, 0, 0x40, 1]);
    assert_eq!(Header::new(MAX_SHORT).as_bytes(), [0x7f, 0xff, 0xff, 0xff]);
    assert_eq!(
        Header::new(MAX_SHORT + 1).as_bytes(),
        [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0]
    );
}

#[test]
fn a_long_header_with_a_short_length_is_read() {
    let mut decoder = Decoder::new();
    decoder
        .buffer(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 7, 8])
        .unwrap();
    assert_eq!(decoder.advance(2).unwrap(), Step::Message);
    assert_eq!(decoder.take_message().unwrap(), [7, 8]);
}

#[test]
fn negative_lengths_other_than_minus_one_are_bad() {
    for claim in [-2, i32::MIN] {
        let mut decoder = Decoder::new();
        decoder.buffer(&claim.to_be_bytes()).unwrap();
        assert_eq!(decoder.advance(NO_LIMIT), Err(FrameError::Negative(claim)));
        assert_eq!(decoder.buffered(), claim.to_be_bytes());
    }
}

#[test]
fn a_length_over_the_limit_is_bad_and_stays_so() {
    let mut decoder = Decoder::new();
    decoder.buffer(&[0, 0, 1, 1]).unwrap();
    let expected = Err(FrameError::TooLong { len: 257, max: 256 });
    assert_eq!(decoder.advance(256), expected);
    assert_eq!(decoder.advance(256), expected);
}

#[test]
fn a_claim_alone_takes_no_memory() {
    for claim in [1 << 31, 1 << 62, i64::MAX as u64] {
        let mut decoder = Decoder::new();
        decoder.buffer(Header::new(claim).as_bytes()).unwrap();
        assert!(matches!(decoder.advance(NO_LIMIT), Ok(Step::Body(_))));
        let filled = decoder.fill(true, |vec, room| {
            assert!(vec.capacity() <= INITIAL_CAPACITY && room <= INITIAL_CAPACITY);
            vec.extend_from_slice(&vec![0; room]);
        });
        filled.unwrap();
        let filled = decoder.fill(true, |vec, _| {
            assert!(vec.capacity() <= 4 * INITIAL_CAPACITY)
        });
        filled.unwrap();
    }
    let mut decoder = Decoder::new();
    decoder.buffer(Header::new(1 << 63).as_bytes()).unwrap();
    assert!(decoder.advance(NO_LIMIT).is_err());
}

#[test]
fn a_body_can_be_moved_out_and_back() {
    let message: Vec<u8> = (0..20_000u32).map(|i| (i % 251) as u8).collect();
    let wire = framed(std::slice::from_ref(&message));
    let mut decoder = Decoder::new();
    decoder.buffer(&wire[..5000]).unwrap();
    decoder.advance(NO_LIMIT).unwrap();
    let mut target = vec![0; message.len()];
    assert_eq!(decoder.move_body(&mut target), 4996);
    decoder.restore_body(&target[..4996]).unwrap();
    decoder.buffer(&wire[5000..]).unwrap();
    assert_eq!(decoder.advance(NO_LIMIT).unwrap(), Step::Message);
    assert_eq!(decoder.take_message().unwrap(), message);
}

#[test]
fn a_message_just_too_long_for_the_buffer_takes_nothing_of_the_next() {
    // The buffer also has room for the header, so that such a message fits as a whole.
    for len in READ_AHEAD - 12..READ_AHEAD + 20 {
        let messages = [vec![1; len], b"next".to_vec(), vec![2; len], Vec::new()];
        for piece in [usize::MAX, len, len + 5, 7] {
            assert_eq!(
                decode(&framed(&messages), &[piece], true),
                messages,
                "{len}"
            );
        }
    }
}

#[test]
fn remaining_bytes_can_be_taken_at_any_point() {
    let wire = framed(&[vec![1; 9000], b"two".to_vec()]);
    for cut in [0, 3, 4, 5, 8000, 9004, 9006, wire.len()] {
        let mut decoder = Decoder::new();
        decoder.buffer(&wire[..cut.min(4)]).unwrap();
        decoder.advance(NO_LIMIT).unwrap();
        decoder.buffer(&wire[cut.min(4)..cut]).unwrap();
        decoder.advance(NO_LIMIT).unwrap();
        assert_eq!(decoder.into_bytes(), &wire[..cut]);
    }
}

#[test]
fn without_reading_ahead_no_byte_of_the_next_message_is_taken() {
    let messages = vec![b"one".to_vec(), Vec::new(), vec![1; 9000], b"two".to_vec()];
    let wire = framed(&messages);
    assert_eq!(decode(&wire, &[usize::MAX], false), messages);
    let mut decoder = Decoder::new();
    let mut rest = &wire[..];
    while decoder.advance(NO_LIMIT).unwrap() != Step::Message {
        let filled = decoder.fill(false, |vec, room| {
            vec.extend_from_slice(&rest[..room]);
            room
        });
        let n = filled.unwrap();
        rest = &rest[n..];
    }
    assert_eq!(rest.len(), wire.len() - 7);
}

proptest! {
    #[test]
    fn messages_arrive_in_pieces_of_any_size(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20),
        big in prop::option::of(prop_oneof![READ_AHEAD - 20..READ_AHEAD + 20, 0..3 * READ_AHEAD]),
        pieces in prop::collection::vec(1usize..5000, 1..50),
        ahead: bool,
    ) {
        let mut messages = messages;
        if let Some(len) = big {
            messages.insert(messages.len() / 2, vec![0xa5; len]);
        }
        prop_assert_eq!(decode(&framed(&messages), &pieces, ahead), messages);
    }

    #[test]
    fn garbage_never_panics(wire in prop::collection::vec(any::<u8>(), 0..300), max: u32) {
        let mut decoder = Decoder::new();
        decoder.buffer(&wire).unwrap();
        while let Ok(Step::Message) = decoder.advance(max.into()) {
            decoder.take_message().unwrap();
        }
    }
}

#[test]
fn buffering_much_and_filling_go_together() {
    let mut decoder = Decoder::new();
    let messages = [Header::new(3).as_bytes(), b"abc"].concat().repeat(5000);
    decoder.buffer(&messages[..messages.len() - 1]).unwrap();
    let room = |_: &mut Vec<u8>, room: usize| room;
    assert_ne!(decoder.fill(true, room), Ok(0));
    for _ in 1..5000 {
        assert_eq!(decoder.advance(10), Ok(Step::Message));
        decoder.skip_message();
    }
    assert_eq!(decoder.advance(10), Ok(Step::Body(1)));
    assert_eq!(decoder.fill(false, room), Ok(1));
}
