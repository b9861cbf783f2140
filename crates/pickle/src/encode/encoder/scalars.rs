//! `None`, booleans and numbers.

use super::Encoder;
use crate::opcode as op;
use crate::{PickleError, Result};

impl Encoder<'_> {
    #[inline]
    pub(crate) fn none(&mut self) {
        self.begin();
        self.op(op::NONE);
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) {
        self.begin();
        self.op(if value { op::NEWTRUE } else { op::NEWFALSE });
    }

    #[inline(always)]
    pub(crate) fn int(&mut self, value: i64) {
        self.begin();
        let Ok(large) = i32::try_from(value) else {
            return self.long_of_8(value);
        };
        let (code, length) = match value {
            0..=0xff => (op::BININT1, 1),
            0x100..=0xffff => (op::BININT2, 2),
            _ => (op::BININT, 4),
        };
        // Writes all bytes, the unused ones to be overwritten: no branch to mispredict.
        let [a, b, c, d] = large.to_le_bytes();
        self.put([code, a, b, c, d], 1 + length);
    }

    #[inline(never)]
    fn long_of_8(&mut self, value: i64) {
        let unused = if value < 0 {
            value.leading_ones()
        } else {
            value.leading_zeros()
        };
        // One bit is for the sign.
        let length = 8 - (unused as usize - 1) / 8;
        self.signed_bytes(&value.to_le_bytes()[..length]);
    }

    /// Writes an integer beyond an `i64`: two's complement, little-endian, in as few bytes as hold it.
    pub(crate) fn long(&mut self, bytes: &[u8]) -> Result<()> {
        self.begin();
        if u8::try_from(bytes.len()).is_ok() {
            self.signed_bytes(bytes);
            return Ok(());
        }
        let length = i32::try_from(bytes.len()).map_err(|_| {
            PickleError::unsupported(format!(
                "an int of {} bytes: pickles hold up to 2147483647; send it as bytes",
                bytes.len()
            ))
        })?;
        let [a, b, c, d] = length.to_le_bytes();
        self.put([op::LONG4, a, b, c, d], 5);
        self.content(bytes);
        Ok(())
    }

    /// Writes LONG1: up to 255 bytes.
    fn signed_bytes(&mut self, bytes: &[u8]) {
        self.put([op::LONG1, low_byte(bytes.len())], 2);
        self.content(bytes);
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) {
        self.begin();
        let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
        self.put([op::BINFLOAT, a, b, c, d, e, f, g, h], 9);
    }
}

/// Returns the lowest byte; the others are zero.
#[inline]
fn low_byte(length: usize) -> u8 {
    length.to_le_bytes()[0]
}
