//! The position in a container.

use super::container_end::{End, Ends, Following};
use super::fallback::{Fallback, Result};
use super::peek;
use super::reader::Reader;
use crate::opcode::*;

/// The reader, in a container.
///
/// Position and count stay in registers from item to item, as each item would otherwise wait for what
/// the last one wrote to memory. So visitors get a cursor by value, its methods are inlined, and the
/// reader gets the position back when it reads something itself, and at the end.
pub(super) struct Cursor<'s, 'de> {
    pub(super) reader: &'s mut Reader<'de>,
    pub(super) rest: &'de [u8],
    /// Number of items of the tuple or batch that are begun; of a dict, keys and values.
    pub(super) count: usize,
}

impl Drop for Cursor<'_, '_> {
    /// A visitor may stop before the end.
    #[inline]
    fn drop(&mut self) {
        self.reader.codes.go_on_at(self.rest);
        self.reader.left_after = Some(self.count);
    }
}

impl<'s, 'de> Cursor<'s, 'de> {
    #[inline(always)]
    pub(super) fn new(reader: &'s mut Reader<'de>, rest: &'de [u8], count: usize) -> Self {
        Cursor {
            reader,
            rest,
            count,
        }
    }

    /// Reads the end of the last batch: one that is not full is the last.
    #[inline(always)]
    pub(super) fn ends_with(&mut self, code: u8, full: usize) -> bool {
        match self.rest {
            [first, rest @ ..]
                if *first == code
                    && self.reader.ends == Ends::new(End::Batch, code)
                    && self.count != full =>
            {
                self.rest = rest;
                self.reader.ends = Ends::HERE;
                true
            }
            _ => false,
        }
    }

    /// Lets the reader read, and goes on after that.
    #[inline(always)]
    pub(super) fn by_reader<R>(&mut self, read: impl FnOnce(&mut Reader<'de>) -> R) -> R {
        self.reader.codes.go_on_at(self.rest);
        let read = read(self.reader);
        self.rest = self.reader.codes.rest();
        read
    }

    /// Asks the reader whether the items end here.
    #[inline(always)]
    pub(super) fn ends_here(
        &mut self,
        ends: impl FnOnce(&mut Reader<'de>, usize) -> Result<Following>,
    ) -> Result<bool> {
        let count = self.count;
        match self.by_reader(|reader| ends(reader, count)) {
            Ok(Following::Inside) => Ok(false),
            Ok(Following::NextBatch) => {
                self.count = 0;
                Ok(false)
            }
            Ok(Following::End) => Ok(true),
            Err(Fallback) => Err(self.give_up()),
        }
    }

    /// Returns whether the next opcode certainly does not end the items.
    #[inline(always)]
    pub(super) fn goes_on(&self) -> bool {
        matches!(self.rest, [code, ..] if self.reader.ends.goes_on_at(*code))
    }

    /// The same, in a small tuple.
    #[inline(always)]
    pub(super) fn small_tuple_goes_on(&self) -> bool {
        let is_value = |code: u8| code.wrapping_sub(TUPLE1) > TUPLE3 - TUPLE1 && code != FRAME;
        self.reader.ends == Ends::COUNTED && matches!(self.rest, [code, ..] if is_value(*code))
    }

    #[inline(always)]
    pub(super) fn noted<R>(&mut self, result: Result<R>) -> Result<R> {
        if result.is_err() {
            self.give_up();
        }
        result
    }

    #[inline(always)]
    pub(super) fn give_up(&mut self) -> Fallback {
        self.rest = &[];
        Fallback
    }

    /// Reads the next value, if it is a short integer.
    #[inline(always)]
    pub(super) fn int(&mut self) -> Option<i64> {
        let (value, rest) = peek::short_int(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// Reads the next value, if it is a float.
    #[inline(always)]
    pub(super) fn float(&mut self) -> Option<f64> {
        let (value, rest) = peek::float(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// Reads the next value, if it is a `bool`.
    #[inline(always)]
    pub(super) fn bool(&mut self) -> Option<bool> {
        let (value, rest) = match self.rest {
            [NEWTRUE, rest @ ..] => (true, rest),
            [NEWFALSE, rest @ ..] => (false, rest),
            _ => return None,
        };
        self.rest = rest;
        Some(value)
    }

    /// Reads the next value, if it is a GET of a short text.
    #[inline(always)]
    pub(super) fn known_text(&mut self) -> Option<&'de str> {
        let [BINGET, number, rest @ ..] = self.rest else {
            return None;
        };
        let text = self.reader.codes.short_known(*number)?;
        self.rest = rest;
        Some(text)
    }

    #[inline(always)]
    pub(super) fn text(&mut self) -> Result<&'de str> {
        match self.known_text() {
            Some(text) => Ok(text),
            None => self.by_reader(Reader::any_text),
        }
    }
}
