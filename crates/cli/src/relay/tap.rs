//! Takes the messages out of bytes that pass by, in bounded memory.

use mpconn::frame::{Decoder, FrameError, Step};

/// How much is kept of a message that is too long to be decoded.
const BEGINNING: usize = 64;
/// Bytes that are taken in at a time. What follows a message that is too long is copied, so that
/// many of them in a large piece would cost the square of its size.
const PIECE: usize = 1024;
/// A length above 0x7fffffff stands in eight bytes after the four of -1.
const LONG_HEADER: usize = 12;

/// What a [`Tap`] saw.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A whole message.
    Message(Vec<u8>),
    /// A message longer than is kept: its size and how it begins.
    Long { size: u64, beginning: Vec<u8> },
    /// From here on the bytes are no messages; these are the first of them.
    NotFrames(Vec<u8>),
}

/// One direction of a connection, as an onlooker.
#[derive(Debug)]
pub(crate) struct Tap {
    /// Messages of up to that many bytes are kept as a whole.
    max: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Messages(Decoder),
    /// Inside a message that is too long.
    Passing {
        size: u64,
        left: u64,
        beginning: Vec<u8>,
    },
    /// The stream cannot be followed any more.
    Lost,
}

impl Tap {
    pub(crate) fn new(max: u64) -> Self {
        Tap {
            max,
            state: State::Messages(Decoder::new()),
        }
    }

    /// Takes the next bytes in, and tells of what they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut tell: impl FnMut(Seen)) {
        for piece in bytes.chunks(PIECE) {
            let mut rest = piece.to_vec();
            while let Some(next) = self.step(&rest, &mut tell) {
                rest = next;
            }
        }
    }

    /// Whether the stream stands inside a message.
    pub(crate) fn is_midway(&self) -> bool {
        match &self.state {
            State::Messages(decoder) => decoder.is_midway(),
            State::Passing { .. } => true,
            State::Lost => false,
        }
    }

    /// Goes on until another state is needed for the bytes that it returns.
    fn step(&mut self, bytes: &[u8], tell: &mut impl FnMut(Seen)) -> Option<Vec<u8>> {
        match &mut self.state {
            State::Messages(decoder) => {
                let error = match decoder.buffer(bytes) {
                    Ok(()) => messages(decoder, self.max, tell)?,
                    Err(error) => error,
                };
                let arrived = decoder.buffered().to_vec();
                self.unfollowed(error, arrived, tell)
            }
            State::Passing {
                size,
                left,
                beginning,
            } => {
                let wanted = BEGINNING.saturating_sub(beginning.len());
                let here = usize::try_from(*left).map_or(bytes.len(), |n| n.min(bytes.len()));
                beginning.extend_from_slice(&bytes[..here.min(wanted)]);
                *left -= here as u64;
                if *left > 0 {
                    return None;
                }
                tell(Seen::Long {
                    size: *size,
                    beginning: std::mem::take(beginning),
                });
                self.state = State::Messages(Decoder::new());
                Some(bytes[here..].to_vec())
            }
            State::Lost => None,
        }
    }

    /// A header that the decoder does not take: a long message, or no header at all.
    fn unfollowed(
        &mut self,
        error: FrameError,
        mut arrived: Vec<u8>,
        tell: &mut impl FnMut(Seen),
    ) -> Option<Vec<u8>> {
        let FrameError::TooLong { len, .. } = error else {
            self.state = State::Lost;
            arrived.truncate(BEGINNING);
            tell(Seen::NotFrames(arrived));
            return None;
        };
        let header = if arrived.starts_with(&[0xff; 4]) {
            LONG_HEADER
        } else {
            4
        };
        self.state = State::Passing {
            size: len,
            left: len,
            beginning: Vec::new(),
        };
        Some(arrived[header..].to_vec())
    }
}

/// All whole messages that are there; the error that ends them, if one does.
fn messages(decoder: &mut Decoder, max: u64, tell: &mut impl FnMut(Seen)) -> Option<FrameError> {
    loop {
        match decoder.advance(max) {
            Ok(Step::Message) => match decoder.take_message() {
                Ok(message) => tell(Seen::Message(message)),
                Err(error) => return Some(error),
            },
            Ok(_) => return None,
            Err(error) => return Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mpconn::frame::Header;

    fn framed(message: &[u8]) -> Vec<u8> {
        [Header::new(message.len() as u64).as_bytes(), message].concat()
    }

    fn all(tap: &mut Tap, pieces: &[&[u8]]) -> Vec<Seen> {
        let mut seen = Vec::new();
        for piece in pieces {
            tap.feed(piece, |one| seen.push(one));
        }
        seen
    }

    #[test]
    fn messages_come_out_however_they_were_cut() {
        let wire = [framed(b""), framed(b"abc"), framed(&[7; 300])].concat();
        let expected = vec![
            Seen::Message(vec![]),
            Seen::Message(b"abc".to_vec()),
            Seen::Long {
                size: 300,
                beginning: vec![7; BEGINNING],
            },
        ];
        for cut in 0..=wire.len() {
            let (a, b) = wire.split_at(cut);
            let mut tap = Tap::new(100);
            assert_eq!(all(&mut tap, &[a, b]), expected, "cut at {cut}");
            assert!(!tap.is_midway());
        }
    }

    #[test]
    fn long_messages_leave_only_their_beginning() {
        let mut tap = Tap::new(10);
        let mut wire = (-1_i32).to_be_bytes().to_vec();
        wire.extend_from_slice(&(1_u64 << 40).to_be_bytes());
        assert_eq!(all(&mut tap, &[&wire, &[1; 5000], &[2; 5000]]), []);
        let State::Passing {
            left, beginning, ..
        } = &tap.state
        else {
            panic!("{tap:?}");
        };
        assert_eq!(*left, (1 << 40) - 10_000);
        assert_eq!(beginning, &[1; BEGINNING]);
        assert!(tap.is_midway());
    }

    #[test]
    fn many_long_messages_may_come_at_once() {
        let mut tap = Tap::new(0);
        let wire = framed(b"x").repeat(20_000);
        let seen = all(&mut tap, &[&wire, &framed(b"last")]);
        assert_eq!(seen.len(), 20_001);
        assert!(!tap.is_midway());
    }

    #[test]
    fn what_is_no_frame_is_told_once() {
        let mut tap = Tap::new(10);
        let seen = all(&mut tap, &[&[0xff, 0xff, 0xff, 0xfe, 9], &[0, 0, 0, 0]]);
        assert_eq!(seen, [Seen::NotFrames(vec![0xff, 0xff, 0xff, 0xfe, 9])]);
    }
}
