//! How far a container has been read.

use super::container_end::{End, Ends, Where};
use super::fallback::{GiveUp, Result};
use super::peek;
use super::reader::Reader;
use crate::opcode::*;

/// The reader in a container.
///
/// The position and the count stay in registers from item to item: what one item writes to memory
/// the next one would have to wait for. So visitors get a cursor by value, whoever reads from it
/// is inlined, and the reader has the position whenever it reads something itself, and in the end.
pub(super) struct Cursor<'s, 'de> {
    pub(super) reader: &'s mut Reader<'de>,
    pub(super) rest: &'de [u8],
    /// How many items of the tuple or batch were begun; of a dict, keys and values.
    pub(super) count: usize,
}

impl Drop for Cursor<'_, '_> {
    /// A visitor may have enough before the end.
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

    /// Takes the end of the last batch, which is the last if it is not full.
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

    /// Has the reader go on, and goes on behind that.
    #[inline(always)]
    pub(super) fn by_reader<R>(&mut self, read: impl FnOnce(&mut Reader<'de>) -> R) -> R {
        self.reader.codes.go_on_at(self.rest);
        let read = read(self.reader);
        self.rest = self.reader.codes.rest();
        read
    }

    /// Has the reader say whether the items end here.
    #[inline(always)]
    pub(super) fn ends_here(
        &mut self,
        ends: impl FnOnce(&mut Reader<'de>, usize) -> Result<Where>,
    ) -> Result<bool> {
        let count = self.count;
        match self.by_reader(|reader| ends(reader, count)) {
            Ok(Where::Inside) => Ok(false),
            Ok(Where::NextBatch) => {
                self.count = 0;
                Ok(false)
            }
            Ok(Where::End) => Ok(true),
            Err(GiveUp) => Err(self.give_up()),
        }
    }

    /// Whether an opcode comes next that does not end the items, as far as can be told at once.
    #[inline(always)]
    pub(super) fn goes_on(&self) -> bool {
        matches!(self.rest, [code, ..] if self.reader.ends.goes_on_at(*code))
    }

    /// The same in a small tuple.
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
    pub(super) fn give_up(&mut self) -> GiveUp {
        self.rest = &[];
        GiveUp
    }

    /// The integer that comes next, if it is a short one.
    #[inline(always)]
    pub(super) fn int(&mut self) -> Option<i64> {
        let (value, rest) = peek::short_int(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// The float that comes next, if it is one.
    #[inline(always)]
    pub(super) fn float(&mut self) -> Option<f64> {
        let (value, rest) = peek::float(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// The `bool` that comes next, if it is one.
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

    /// The text that comes next, where it is a short one that came before.
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
