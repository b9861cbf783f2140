//! The bytes of a pickle and how far they have been read.

use super::Result;
use crate::pickle::error::Error;

/// Reads arguments of opcodes. Every length is held against the bytes that are there.
pub(super) struct Source<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Source { bytes, offset: 0 }
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.offset..]
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some(array) = self.rest().first_chunk::<N>() else {
            return Err(cut_off(N as u64, self.rest().len()));
        };
        self.offset += N;
        Ok(*array)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// The one number in pickles that is big-endian.
    pub(super) fn f64(&mut self) -> Result<f64> {
        self.array().map(f64::from_be_bytes)
    }

    pub(super) fn bytes(&mut self, length: u64) -> Result<&'a [u8]> {
        let rest = self.rest();
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| rest.get(..length));
        let taken = taken.ok_or_else(|| cut_off(length, rest.len()))?;
        self.offset += taken.len();
        Ok(taken)
    }

    /// After a length of one byte.
    pub(super) fn bytes_u8(&mut self) -> Result<&'a [u8]> {
        let length = self.u8()?;
        self.bytes(length.into())
    }

    /// After an unsigned length of four bytes.
    pub(super) fn bytes_u32(&mut self) -> Result<&'a [u8]> {
        let length = self.u32()?;
        self.bytes(length.into())
    }

    /// After a signed length of four bytes.
    pub(super) fn bytes_i32(&mut self) -> Result<&'a [u8]> {
        let length = self.i32()?;
        let length = u64::try_from(length).map_err(|_| {
            Error::new(format!(
                "a length of {length}: not written by pickle, or damaged on the way"
            ))
        })?;
        self.bytes(length)
    }

    /// After a length of eight bytes.
    pub(super) fn bytes_u64(&mut self) -> Result<&'a [u8]> {
        let length = self.u64()?;
        self.bytes(length)
    }

    /// Up to the end of the line, which is consumed and not handed out.
    pub(super) fn line(&mut self) -> Result<&'a [u8]> {
        let rest = self.rest();
        let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
            return Err(Error::new(
                "the pickle is cut off: an argument without the end of its line",
            ));
        };
        self.offset += length + 1;
        Ok(&rest[..length])
    }
}

fn cut_off(wanted: u64, left: usize) -> Error {
    Error::new(format!(
        "the pickle is cut off: {wanted} more bytes announced, {left} left; is it a whole message \
         of a pickling peer?"
    ))
}
