//! The bytes of a pickle, and how far they are read.

use crate::error::PickleError;

/// Reads opcodes and their arguments. Every length is checked against the bytes that are there.
///
/// Its errors do not know the opcode: the caller adds it with [`PickleError::at`].
#[derive(Debug, Clone)]
pub(crate) struct Source<'a> {
    rest: &'a [u8],
    length: usize,
}

type Result<T> = std::result::Result<T, PickleError>;

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Source {
            rest: bytes,
            length: bytes.len(),
        }
    }

    /// Returns how many bytes are read.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// Returns the bytes that are not read yet.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Skips bytes of the rest.
    #[inline]
    pub(crate) fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((array, rest)) => {
                self.rest = rest;
                Ok(array)
            }
            None => Err(cut_off(N as u64, self.rest.len())),
        }
    }

    /// Reads the next byte: an opcode, too.
    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8> {
        self.array().map(|array| u8::from_le_bytes(*array))
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> Result<u16> {
        self.array().map(|array| u16::from_le_bytes(*array))
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> Result<u32> {
        self.array().map(|array| u32::from_le_bytes(*array))
    }

    #[inline]
    pub(crate) fn i32(&mut self) -> Result<i32> {
        self.array().map(|array| i32::from_le_bytes(*array))
    }

    #[inline]
    pub(crate) fn u64(&mut self) -> Result<u64> {
        self.array().map(|array| u64::from_le_bytes(*array))
    }

    /// Reads a big-endian float, the only big-endian number in pickles.
    #[inline]
    pub(crate) fn f64(&mut self) -> Result<f64> {
        self.array().map(|array| f64::from_be_bytes(*array))
    }

    /// Reads that many bytes, borrowed.
    #[inline]
    pub(crate) fn bytes(&mut self, length: u64) -> Result<&'a [u8]> {
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length));
        match taken {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(cut_off(length, self.rest.len())),
        }
    }

    /// Reads bytes after a length of one byte.
    #[inline]
    pub(crate) fn bytes_u8(&mut self) -> Result<&'a [u8]> {
        let length = self.u8()?;
        self.bytes(length.into())
    }

    /// Reads bytes after an unsigned length of four bytes.
    #[inline]
    pub(crate) fn bytes_u32(&mut self) -> Result<&'a [u8]> {
        let length = self.u32()?;
        self.bytes(length.into())
    }

    /// Reads bytes after a signed length of four bytes.
    #[inline]
    pub(crate) fn bytes_i32(&mut self) -> Result<&'a [u8]> {
        let length = self.i32()?;
        match u64::try_from(length) {
            Ok(length) => self.bytes(length),
            Err(_) => Err(negative_length(length)),
        }
    }

    /// Reads bytes after a length of eight bytes.
    #[inline]
    pub(crate) fn bytes_u64(&mut self) -> Result<&'a [u8]> {
        let length = self.u64()?;
        self.bytes(length)
    }

    /// Reads up to the end of the line, without it.
    #[inline]
    pub(crate) fn line(&mut self) -> Result<&'a [u8]> {
        let Some(length) = self.rest.iter().position(|byte| *byte == b'\n') else {
            return Err(line_without_end());
        };
        let line = &self.rest[..length];
        self.rest = &self.rest[length + 1..];
        Ok(line)
    }
}

#[cold]
fn cut_off(wanted: u64, left: usize) -> PickleError {
    PickleError::cut_off(format!(
        "the pickle is cut off: {wanted} more bytes announced, {left} left; is it a whole message \
         of a pickling peer?"
    ))
}

#[cold]
fn line_without_end() -> PickleError {
    PickleError::cut_off(
        "the pickle is cut off: an argument without the end of its line; is it a whole message \
         of a pickling peer?",
    )
}

/// Shared with the scanner for the end of a pickle.
#[cold]
pub(super) fn negative_length(length: i32) -> PickleError {
    PickleError::malformed(format!(
        "a length of {length}: not written by pickle, or damaged on the way"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_little_endian_but_floats() {
        let mut bytes = vec![
            1, 2, 1, 4, 3, 2, 1, 0xfe, 0xff, 0xff, 0xff, 8, 0, 0, 0, 0, 0, 0, 1,
        ];
        bytes.extend(2.5f64.to_be_bytes());
        let mut source = Source::new(&bytes);
        assert_eq!(source.u8().unwrap(), 1);
        assert_eq!(source.u16().unwrap(), 0x102);
        assert_eq!(source.u32().unwrap(), 0x0102_0304);
        assert_eq!(source.i32().unwrap(), -2);
        assert_eq!(source.u64().unwrap(), 0x0100_0000_0000_0008);
        assert_eq!(source.f64().unwrap(), 2.5);
        assert_eq!(source.offset(), bytes.len());
        assert!(source.rest().is_empty());
    }

    #[test]
    fn lengths_count_what_follows() {
        let mut source =
            Source::new(b"\x01a\x02\0\0\0bc\x01\0\0\0d\x01\0\0\0\0\0\0\0eline\n\nrest");
        assert_eq!(source.bytes_u8().unwrap(), b"a");
        assert_eq!(source.bytes_u32().unwrap(), b"bc");
        assert_eq!(source.bytes_i32().unwrap(), b"d");
        assert_eq!(source.bytes_u64().unwrap(), b"e");
        assert_eq!(source.line().unwrap(), b"line");
        assert_eq!(source.line().unwrap(), b"");
        assert_eq!(source.rest(), b"rest");
    }

    #[test]
    fn what_is_cut_off_is_said_to_be() {
        let text = |result: Result<&[u8]>| result.unwrap_err().to_string();
        assert_eq!(
            text(Source::new(b"\xff\xff\xff\xff\xff\xff\xff\xffab").bytes_u64()),
            "the pickle is cut off: 18446744073709551615 more bytes announced, 2 left; is it a \
             whole message of a pickling peer?"
        );
        for error in [
            Source::new(b"\x03ab").bytes_u8().unwrap_err(),
            Source::new(b"\x03\0\0").bytes_u32().unwrap_err(),
            Source::new(b"abc").line().unwrap_err(),
            Source::new(b"").u8().unwrap_err(),
        ] {
            assert!(error.is_cut_off() && error.is_malformed(), "{error}");
        }
    }

    #[test]
    fn a_negative_length_is_no_length() {
        let error = Source::new(b"\xff\xff\xff\xffa").bytes_i32().unwrap_err();
        assert!(error.is_malformed() && !error.is_cut_off());
        assert!(error.to_string().starts_with("a length of -1: "));
    }
}
