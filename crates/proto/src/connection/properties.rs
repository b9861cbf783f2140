//! Properties that hold for any stream, in pieces of any size.

use proptest::prelude::*;

use super::*;
use crate::frame::Decoder;
use crate::frame::READ_AHEAD;

fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let len = prop_oneof![
        0..20_usize,
        Just(2048),
        Just(2049),
        READ_AHEAD - 3..READ_AHEAD + 3,
        0..40_000_usize
    ];
    let message = (any::<u8>(), len).prop_map(|(byte, len)| vec![byte; len]);
    prop::collection::vec(message, 0..6)
}

/// Sizes of the pieces that are read or written at once.
fn pieces() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..10_usize, 1..20_000_usize], 1..20)
}

proptest! {
    #[test]
    fn messages_arrive_as_they_were_sent(
        messages in messages(),
        pieces in pieces(),
        ahead in any::<bool>(),
        budgeted in any::<bool>(),
        end in any::<prop::sample::Index>(),
    ) {
        let budget = Budget::new(1 << 21, 0);
        let (_, mut sending) = halves(Decoder::new());
        for message in &messages {
            sending.queue(message).unwrap();
        }
        let mut pieces = pieces.iter().cycle();
        let mut wire = Vec::new();
        while let Some(bytes) = sending.poll_transmit() {
            let taken = bytes.len().min(*pieces.next().unwrap());
            wire.extend_from_slice(&bytes[..taken]);
            sending.handle_sent(taken);
        }
        prop_assert_eq!(sending.queued_len(), 0);
        let whole: Vec<u8> = messages.iter().flat_map(|m| Framed::new(m).parts().concat()).collect();
        prop_assert_eq!(&wire, &whole);

        // The stream ends at any point.
        let end = end.index(wire.len() + 1);
        let mut rest = &wire[..end];
        let (mut receiving, _) = halves(Decoder::new());
        receiving.set_read_ahead(ahead);
        receiving.set_budget(budgeted.then_some(&budget));
        let mut received = Vec::new();
        let error = loop {
            match receiving.poll_message().unwrap() {
                Progress::Message => {
                    received.push(receiving.take_message().unwrap());
                    if !ahead {
                        prop_assert!(!receiving.holds_input());
                    }
                }
                Progress::More => {
                    let piece = *pieces.next().unwrap();
                    let filled = receiving.fill(|buffer, max| {
                        let n = rest.len().min(max).min(piece);
                        buffer.extend_from_slice(&rest[..n]);
                        rest = &rest[n..];
                        Ok(n)
                    });
                    if let Err(error) = filled {
                        break error;
                    }
                }
            }
        };
        prop_assert_eq!(&received[..], &messages[..received.len()]);
        let passed: usize = received.iter().map(|m| Framed::new(m).parts().concat().len()).sum();
        prop_assert_eq!(error.is_eof(), passed == end);
        if !error.is_eof() {
            let is_truncated = matches!(error, ReceiveError::Truncated { .. });
            prop_assert!(is_truncated);
        }
        // Another reader can continue with the remaining bytes.
        prop_assert_eq!(&receiving.into_bytes()[..], &wire[passed..end]);
        prop_assert_eq!(budget.bytes_held(), 0);
    }

    #[test]
    fn limits_are_held_whatever_came_before(lens in prop::collection::vec(0..300_u64, 1..8), max in 0..300_u64) {
        let (mut receiving, _) = halves(Decoder::new());
        let body = vec![1; 300];
        for len in &lens {
            let message = &body[..usize::try_from(*len).unwrap()];
            receiving.handle_received(&Framed::new(message).parts().concat()).unwrap();
        }
        for len in lens {
            let polled = receiving.poll_message_max(max);
            prop_assert_eq!(polled.is_ok(), len <= max);
            if len > max {
                prop_assert!(!receiving.is_readable());
                break;
            }
            receiving.skip_message();
        }
    }
}
