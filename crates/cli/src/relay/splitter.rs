//! Splits a stream of bytes into messages, in bounded memory.

use mpconn::frame::{Decoder, FrameError, Step};

/// Bytes kept of a message that is too long to be decoded.
const BEGINNING: usize = 64;
/// Bytes processed at a time. The rest of a piece is copied after each long message, so large pieces
/// with many of them would take quadratic time.
const PIECE: usize = 1024;
/// Bytes of the header of a long message: -1 in four bytes, then the length in eight.
const LONG_HEADER: usize = 12;

/// What a [`Splitter`] has found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A complete message.
    Message(Vec<u8>),
    /// A message that is too long to be kept.
    Long { size: u64, beginning: Vec<u8> },
    /// From here on the bytes are not messages; these are the first ones.
    NotFrames(Vec<u8>),
}

/// Splits one direction of a connection.
#[derive(Debug)]
pub(crate) struct Splitter {
    /// Longest message that is kept.
    max: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Messages(Decoder),
    /// Inside a message that is too long.
    Skipping {
        size: u64,
        left: u64,
        beginning: Vec<u8>,
    },
    /// The stream is not this protocol.
    Lost,
}

impl Splitter {
    pub(crate) fn new(max: u64) -> Self {
        Splitter {
            max,
            state: State::Messages(Decoder::new()),
        }
    }

    /// Processes the next bytes, and calls `tell` with each message that they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut tell: impl FnMut(Seen)) {
        for piece in bytes.chunks(PIECE) {
            let mut rest = piece.to_vec();
            while let Some(next) = self.step(&rest, &mut tell) {
                rest = next;
            }
        }
    }

    /// Returns whether the stream is inside a message.
    pub(crate) fn is_midway(&self) -> bool {
        match &self.state {
            State::Messages(decoder) => decoder.is_midway(),
            State::Skipping { .. } => true,
            State::Lost => false,
        }
    }

    /// Processes bytes in this state, and returns those for the next state.
    fn step(&mut self, bytes: &[u8], tell: &mut impl FnMut(Seen)) -> Option<Vec<u8>> {
        match &mut self.state {
            State::Messages(decoder) => {
                let error = match decoder.buffer(bytes) {
                    Ok(()) => messages(decoder, self.max, tell)?,
                    Err(error) => error,
                };
                let arrived = decoder.buffered().to_vec();
                self.refused(error, arrived, tell)
            }
            State::Skipping {
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

    /// Handles a header that the decoder refuses: a long message, or no header at all.
    fn refused(
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
        self.state = State::Skipping {
            size: len,
            left: len,
            beginning: Vec::new(),
        };
        Some(arrived[header..].to_vec())
    }
}

/// Tells all complete messages; returns the error that ends them, if there is one.
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

    fn all(splitter: &mut Splitter, pieces: &[&[u8]]) -> Vec<Seen> {
        let mut seen = Vec::new();
        for piece in pieces {
            splitter.feed(piece, |one| seen.push(one));
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
            let mut splitter = Splitter::new(100);
            assert_eq!(all(&mut splitter, &[a, b]), expected, "cut at {cut}");
            assert!(!splitter.is_midway());
        }
    }

    #[test]
    fn long_messages_leave_only_their_beginning() {
        let mut splitter = Splitter::new(10);
        let mut wire = (-1_i32).to_be_bytes().to_vec();
        wire.extend_from_slice(&(1_u64 << 40).to_be_bytes());
        assert_eq!(all(&mut splitter, &[&wire, &[1; 5000], &[2; 5000]]), []);
        let State::Skipping {
            left, beginning, ..
        } = &splitter.state
        else {
            panic!("{splitter:?}");
        };
        assert_eq!(*left, (1 << 40) - 10_000);
        assert_eq!(beginning, &[1; BEGINNING]);
        assert!(splitter.is_midway());
    }

    #[test]
    fn many_long_messages_may_come_at_once() {
        let mut splitter = Splitter::new(0);
        let wire = framed(b"x").repeat(20_000);
        let seen = all(&mut splitter, &[&wire, &framed(b"last")]);
        assert_eq!(seen.len(), 20_001);
        assert!(!splitter.is_midway());
    }

    #[test]
    fn what_is_no_frame_is_told_once() {
        let mut splitter = Splitter::new(10);
        let seen = all(
            &mut splitter,
            &[&[0xff, 0xff, 0xff, 0xfe, 9], &[0, 0, 0, 0]],
        );
        assert_eq!(seen, [Seen::NotFrames(vec![0xff, 0xff, 0xff, 0xfe, 9])]);
    }
}
