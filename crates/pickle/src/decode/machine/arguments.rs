//! Opcodes that push their argument.

use super::execute::Machine;
use super::text::{self, Decoded, Number};
use crate::decode::graph::{Content, NO_TEXT, Slot};
use crate::opcode::*;
use crate::pytext::utf8;
use crate::{BigInt, Bytes, PickleError, Result, Str, SurrogateStr};

impl<'a> Machine<'a, '_> {
    #[inline]
    pub(super) fn push_text(&mut self, bytes: &'a [u8], at: u32) -> Result<()> {
        match utf8(bytes) {
            Some(text) => {
                match self.stored_next() {
                    Some(index) => {
                        let id = self.graph.new_text()?;
                        self.push_and_put(|| Slot::Str { id, text }, index);
                    }
                    None => self.stack.push(Slot::Str { id: NO_TEXT, text }),
                }
                Ok(())
            }
            None => {
                let decoded = text::surrogates(bytes)?;
                self.push_decoded(decoded, at)
            }
        }
    }

    #[inline]
    pub(super) fn push_bytes(&mut self, bytes: &'a [u8]) {
        self.stack.push(Slot::Bytes { id: NO_TEXT, bytes });
    }

    #[inline]
    pub(super) fn push_int(&mut self, value: i64, at: u32) {
        self.stack.push(Slot::Int { at, value });
    }

    /// The argument of LONG1 and LONG4.
    pub(super) fn push_long(&mut self, bytes: &[u8], at: u32) -> Result<()> {
        if bytes.len() <= 8 {
            let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
            let mut padded = [if negative { 0xff } else { 0 }; 8];
            padded[..bytes.len()].copy_from_slice(bytes);
            self.push_int(i64::from_le_bytes(padded), at);
            return Ok(());
        }
        let value = BigInt::from_signed_bytes_le(bytes);
        self.push_big(value, at)
    }

    fn push_big(&mut self, value: BigInt, at: u32) -> Result<()> {
        match i64::try_from(&value) {
            Ok(value) => {
                self.push_int(value, at);
                Ok(())
            }
            Err(_) => self.push_cell(Content::BigInt(value), at),
        }
    }

    fn push_number(&mut self, number: Number, at: u32) -> Result<()> {
        match number {
            Number::Bool(value) => self.stack.push(Slot::Bool { at, value }),
            Number::Int(value) => self.push_int(value, at),
            Number::Big(value) => return self.push_big(value, at),
        }
        Ok(())
    }

    fn push_decoded(&mut self, decoded: Decoded<'a>, at: u32) -> Result<()> {
        match decoded {
            Decoded::Borrowed(text) => self.stack.push(Slot::Str { id: NO_TEXT, text }),
            Decoded::Bytes(bytes) => self.push_bytes(bytes),
            Decoded::Text(text) => {
                return self.push_cell(Content::Str(Box::new(Str::from(text))), at);
            }
            Decoded::Surrogates(bytes) => {
                let text = SurrogateStr::from_checked(&bytes);
                return self.push_cell(Content::SurrogateStr(Box::new(text)), at);
            }
            Decoded::OwnBytes(bytes) => {
                return self.push_cell(Content::Bytes(Bytes::from(bytes)), at);
            }
        }
        Ok(())
    }

    /// Opcodes that Python 3 hardly ever writes.
    pub(super) fn push_rare(&mut self, code: u8, at: u32) -> Result<()> {
        let choice = self.options.python2_str;
        match code {
            LONG4 => {
                let bytes = self.source.bytes_i32()?;
                self.push_long(bytes, at)
            }
            INT => {
                let number = text::int(self.source.line()?)?;
                self.push_number(number, at)
            }
            LONG => {
                let number = text::long(self.source.line()?)?;
                self.push_number(number, at)
            }
            FLOAT => {
                let value = text::float(self.source.line()?)?;
                self.stack.push(Slot::Float { at, value });
                Ok(())
            }
            UNICODE => {
                let decoded = text::unicode(self.source.line()?)?;
                self.push_decoded(decoded, at)
            }
            STRING => {
                let decoded = text::string(self.source.line()?, choice)?;
                self.push_decoded(decoded, at)
            }
            SHORT_BINSTRING => {
                let decoded = text::python2(self.source.bytes_u8()?, choice)?;
                self.push_decoded(decoded, at)
            }
            BINSTRING => {
                let decoded = text::python2(self.source.bytes_i32()?, choice)?;
                self.push_decoded(decoded, at)
            }
            _ => Err(PickleError::malformed(format!(
                "no opcode of pickles: 0x{code:02x}; is it a pickle?"
            ))),
        }
    }
}
