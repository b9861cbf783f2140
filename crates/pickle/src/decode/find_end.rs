//! Finds the end of a pickle while its bytes come in, without building anything.
//!
//! A pickle does not begin with its length: its STOP ends it. A reader of several pickles in a stream
//! looks at each opcode, and skips the argument of each, which may hold bytes that look like a STOP.

use super::source::negative_length;
use crate::error::PickleError;
use crate::opcode::{self, Layout};

/// A scanner for the STOP of a pickle that comes in pieces. Keeps no bytes.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    limit: u64,
    /// Number of bytes scanned.
    read: u64,
    /// The last opcode and where it stands, for errors.
    opcode: (u64, u8),
    buffers: usize,
    state: State,
}

/// What the next bytes are.
#[derive(Debug, Clone, Copy)]
enum State {
    Opcode,
    Length(Length),
    /// That many bytes of an argument, to be skipped.
    Skip(u64),
    /// That many lines, to be skipped.
    Lines(u8),
    Ended,
}

/// A length, of which some bytes have come.
#[derive(Debug, Clone, Copy)]
struct Length {
    bytes: [u8; 8],
    known: usize,
    width: usize,
    signed: bool,
}

impl Extent {
    /// Starts before a pickle of at most `limit` bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Extent {
            limit,
            read: 0,
            opcode: (0, 0),
            buffers: 0,
            state: State::Opcode,
        }
    }

    /// Scans the next bytes. Returns how many of them belong to the pickle if its STOP is among
    /// them, and `None` if the pickle goes on. After the end, none of them belong to it.
    ///
    /// # Errors
    ///
    /// Fails at an unknown opcode, at a negative length, and as soon as the pickle is known to be
    /// longer than the limit: at a length that exceeds it, for example.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Option<usize>, PickleError> {
        let mut rest = bytes;
        let mut outcome = Ok(());
        while outcome.is_ok() && !rest.is_empty() && !self.has_ended() {
            let taken;
            (taken, outcome) = self.advance(rest);
            rest = &rest[taken..];
            self.read += taken as u64;
        }
        let (offset, code) = self.opcode;
        // An offset that does not fit is of bytes that were never in memory at once.
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let outcome = outcome.and_then(|()| self.check(0));
        outcome.map_err(|error| error.at(offset, opcode::name(code)))?;
        Ok(self.has_ended().then_some(bytes.len() - rest.len()))
    }

    /// Returns whether the STOP has been seen.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Returns how many bytes belong to the pickle so far.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// Returns how many bytes at least come before the next opcode. The caller may read that many
    /// at once, memory permitting.
    pub(crate) fn wanted(&self) -> u64 {
        match self.state {
            State::Skip(left) => left.saturating_add(1),
            State::Ended => 0,
            _ => 1,
        }
    }

    /// Returns the error for a pickle that ends here.
    pub(crate) fn cut_off(&self) -> PickleError {
        let message = match self.state {
            State::Opcode | State::Ended => "no STOP where the input ends",
            _ => "the input ends in its argument",
        };
        let (offset, code) = self.opcode;
        let message = format!("the pickle is cut off: {message}");
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        PickleError::cut_off(message).at(offset, opcode::name(code))
    }

    /// Returns how many out-of-band buffers the pickle has asked for so far.
    #[cfg(test)]
    fn buffers(&self) -> usize {
        self.buffers
    }

    /// Scans at least one of the bytes, which are not empty.
    #[inline]
    fn advance(&mut self, bytes: &[u8]) -> (usize, Result<(), PickleError>) {
        match &mut self.state {
            State::Opcode => {
                self.opcode = (self.read, bytes[0]);
                let next = after_opcode(bytes[0]);
                self.buffers += usize::from(bytes[0] == opcode::NEXT_BUFFER);
                (1, next.map(|state| self.state = state))
            }
            State::Skip(left) => {
                let here = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= here as u64;
                if *left == 0 {
                    self.state = State::Opcode;
                }
                (here, Ok(()))
            }
            State::Lines(left) => match bytes.iter().position(|byte| *byte == b'\n') {
                None => (bytes.len(), Ok(())),
                Some(end) => {
                    *left -= 1;
                    if *left == 0 {
                        self.state = State::Opcode;
                    }
                    (end + 1, Ok(()))
                }
            },
            State::Length(length) => {
                let taken = length.fill(bytes);
                let known = length.value().transpose();
                (taken, known.map_or(Ok(()), |value| self.skip(taken, value)))
            }
            State::Ended => (0, Ok(())),
        }
    }

    fn skip(&mut self, taken: usize, value: Result<u64, PickleError>) -> Result<(), PickleError> {
        let length = value?;
        // The length itself is not counted as read yet, and a STOP has to follow.
        self.check(length.saturating_add(taken as u64 + 1))?;
        self.state = if length == 0 {
            State::Opcode
        } else {
            State::Skip(length)
        };
        Ok(())
    }

    /// Fails if that many more bytes exceed the limit.
    fn check(&self, more: u64) -> Result<(), PickleError> {
        let length = self.read.saturating_add(more);
        if length <= self.limit {
            return Ok(());
        }
        let limit = self.limit;
        Err(PickleError::limit(format!(
            "the pickle has {length} bytes or more, and the limit is {limit}: raise it if the \
             sender is trusted"
        )))
    }
}

impl Length {
    /// Takes the missing bytes of the length, and returns how many those were.
    fn fill(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.width - self.known);
        self.bytes[self.known..self.known + taken].copy_from_slice(&bytes[..taken]);
        self.known += taken;
        taken
    }

    fn value(&self) -> Result<Option<u64>, PickleError> {
        if self.known < self.width {
            return Ok(None);
        }
        let value = u64::from_le_bytes(self.bytes);
        let [a, b, c, d, ..] = self.bytes;
        match i32::from_le_bytes([a, b, c, d]) {
            negative @ ..0 if self.signed => Err(negative_length(negative)),
            _ => Ok(Some(value)),
        }
    }
}

#[inline]
fn after_opcode(code: u8) -> Result<State, PickleError> {
    let Some(opcode) = opcode::describe(code) else {
        return Err(PickleError::malformed(format!(
            "no opcode has the code {code:#04x}: the bytes before it are damaged, or it is no \
             pickle"
        )));
    };
    let length = |width: u8, signed| {
        State::Length(Length {
            bytes: [0; 8],
            known: 0,
            width: width.into(),
            signed,
        })
    };
    Ok(match opcode.argument.layout() {
        Layout::Fixed(0) if code == opcode::STOP => State::Ended,
        Layout::Fixed(0) => State::Opcode,
        Layout::Fixed(width) => State::Skip(width.into()),
        Layout::Lines(lines) => State::Lines(lines),
        Layout::Counted(width) => length(width, false),
        Layout::SignedCounted => length(4, true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pickles with arguments of every layout, `.` and line ends in them.
    const SAMPLES: &[&[u8]] = &[
        b"N.",
        b"\x80\x02K.\x85.",
        b"(I12\nL34L\nF2.5\nS'a.b'\nV.\np0\nt.",
        b"c.os\n.path\n(i.a\n.b\nP.\n.",
        b"\x80\x04\x95\x05\0\0\0\0\0\0\0\x8c\x02.\n\x94.",
        b"(T\x02\0\0\0..U\x02..X\x02\0\0\0..B\x02\0\0\0..C\x02..t.",
        b"\x8d\x02\0\0\0\0\0\0\0..\x8e\x02\0\0\0\0\0\0\0..\x96\x02\0\0\0\0\0\0\0..\x87.",
        b"\x8a\x02..\x8b\x02\0\0\0..G........J....M..\x82.\x83..\x84....r....(.",
        b"\x80\x05\x97\x98\x97\x86.",
        b"X\0\0\0\0.",
    ];

    fn whole(pickle: &[u8]) -> Option<usize> {
        Extent::new(u64::MAX).push(pickle).unwrap()
    }

    #[test]
    fn the_end_is_found_however_the_bytes_are_split() {
        for sample in SAMPLES {
            let followed = [sample, &b"N.more"[..]].concat();
            assert_eq!(whole(&followed), Some(sample.len()), "{sample:?}");
            for split in 0..sample.len() {
                let mut extent = Extent::new(sample.len() as u64);
                let (first, second) = followed.split_at(split);
                assert_eq!(extent.push(first).unwrap(), None, "{sample:?} at {split}");
                assert!(extent.wanted() >= 1 && extent.wanted() <= (sample.len() - split) as u64);
                assert_eq!(extent.push(second).unwrap(), Some(sample.len() - split));
                assert_eq!(extent.read(), sample.len() as u64);
                assert_eq!(extent.push(b"N.").unwrap(), Some(0));
            }
        }
    }

    #[test]
    fn the_end_is_found_byte_by_byte() {
        for sample in SAMPLES {
            let mut extent = Extent::new(sample.len() as u64);
            let (last, before) = sample.split_last().unwrap();
            for byte in before {
                assert_eq!(extent.push(&[*byte]).unwrap(), None);
                assert_eq!(extent.push(b"").unwrap(), None);
            }
            assert_eq!(extent.push(&[*last]).unwrap(), Some(1));
            assert_eq!(extent.wanted(), 0);
        }
    }

    #[test]
    fn buffers_that_come_beside_the_pickle_are_counted() {
        let mut extent = Extent::new(100);
        extent.push(b"\x80\x05\x97\x98C\x01\x97").unwrap();
        assert_eq!(extent.buffers(), 1);
        extent.push(b"\x97\x86.\x97").unwrap();
        assert_eq!(extent.buffers(), 2);
    }

    #[test]
    fn a_length_over_the_limit_fails_before_its_bytes_come() {
        let mut extent = Extent::new(1000);
        assert_eq!(extent.push(b"\x80\x04B\xe0\x03\0").unwrap(), None);
        // 7 bytes, 992 announced, and the STOP.
        let mut fits = extent.clone();
        assert_eq!(fits.push(b"\0").unwrap(), None);
        assert_eq!(fits.wanted(), 993);
        assert_eq!(fits.push(&[b'x'; 992]).unwrap(), None);
        assert_eq!(fits.push(b".").unwrap(), Some(1));
        let error = Extent::new(999).push(b"\x80\x04B\xe0\x03\0\0").unwrap_err();
        assert!(error.is_limit());
        assert_eq!(
            (error.offset(), error.opcode()),
            (Some(2), Some("BINBYTES"))
        );
        let error = Extent::new(u64::MAX - 1).push(&[&[0x8e][..], &[0xff; 8]].concat());
        assert!(error.unwrap_err().is_limit());
    }

    #[test]
    fn a_pickle_over_the_limit_fails() {
        let mut extent = Extent::new(10);
        assert_eq!(extent.push(b"S'endless ").unwrap(), None);
        assert!(extent.push(b"l").unwrap_err().is_limit());
        assert_eq!(Extent::new(3).push(b"NN0.").unwrap_err().offset(), Some(3));
        assert_eq!(Extent::new(4).push(b"NN0.NNNN").unwrap(), Some(4));
    }

    #[test]
    fn what_is_no_pickle_is_told() {
        let error = Extent::new(100).push(b"N\xff").unwrap_err();
        assert!(error.is_malformed());
        assert_eq!(error.offset(), Some(1));
        let error = Extent::new(100).push(b"T\xff\xff\xff\xff").unwrap_err();
        assert!(error.to_string().contains("a length of -1"), "{error}");
        // Unsigned lengths have no sign.
        assert!(
            Extent::new(100)
                .push(b"B\xff\xff\xff\xff")
                .unwrap_err()
                .is_limit()
        );
    }
}
