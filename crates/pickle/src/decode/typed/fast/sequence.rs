//! Reads lists and tuples.

use serde::de::Visitor;

use super::container_end::{BATCH, End, Ends, Following};
use super::cursor::Cursor;
use super::fallback::{Fallback, Result};
use super::item::{Few, Row};
use super::memo::Known;
use super::reader::Reader;
use crate::opcode::*;

impl<'de> Reader<'de> {
    /// Returns how the container that was just begun is filled.
    #[inline]
    pub(super) fn filling(&mut self, pairs: bool) -> Result<End> {
        let code = self.codes.peek()?;
        if code == MARK {
            self.codes.skip();
            return Ok(End::Batch);
        }
        Ok(self.filling_of_one(code, pairs))
    }

    /// The same without a MARK.
    #[inline(never)]
    fn filling_of_one(&mut self, next: u8, pairs: bool) -> End {
        match next {
            APPEND | APPENDS | SETITEM | SETITEMS | TUPLE | TUPLE1 | TUPLE2 | TUPLE3 | BUILD
            | STOP => End::Here,
            _ if self.codes.begins_single(pairs) => End::Single,
            _ => End::Here,
        }
    }

    /// Returns what follows a batch of that many items, which this opcode ends, and empty batches after it.
    pub(super) fn end_batch(&mut self, code: u8, mut count: usize) -> Result<End> {
        loop {
            self.codes.skip();
            let end = match count {
                BATCH => self.filling(code == SETITEMS)?,
                _ => End::Here,
            };
            if end != End::Batch || self.codes.peek()? != code {
                return Ok(end);
            }
            count = 0;
        }
    }

    /// Returns the end of the container that this opcode begins, and where its items are.
    #[inline(always)]
    pub(super) fn begin(
        &mut self,
        code: u8,
        rare: impl FnOnce(&mut Self) -> Result<End>,
    ) -> Result<(End, &'de [u8])> {
        if let Some(rest) = self.codes.begin_batch(code) {
            return Ok((End::Batch, rest));
        }
        let end = rare(self);
        let end = self.noted(end)?;
        Ok((end, self.codes.rest()))
    }

    /// Returns whether the container ends where its visitor has stopped.
    #[inline(always)]
    pub(super) fn has_ended(
        &mut self,
        ends: impl FnOnce(&mut Self, usize) -> Result<Following>,
    ) -> Result<bool> {
        let count = self.left_after.take().ok_or(Fallback)?;
        Ok(self.ends == Ends::HERE || matches!(ends(self, count)?, Following::End))
    }

    /// Reads a list or tuple whose end is known. With `FEW` the type gives the number of items.
    pub(super) fn visit_row<const FEW: bool, V: Visitor<'de>>(
        &mut self,
        visitor: V,
        end: Option<End>,
    ) -> Result<V::Value> {
        let (end, rest) = match end {
            Some(end) => (end, self.codes.rest()),
            None => self.begin(EMPTY_LIST, Reader::begin_rare_row)?,
        };
        self.enter_container(Ends::new(end, APPENDS), |reader| {
            let cursor = Cursor::new(reader, rest, 0);
            let mut result = match FEW {
                true => visitor.visit_seq(Few(cursor)),
                false => visitor.visit_seq(Row(cursor)),
            };
            if result.is_ok() && !reader.has_ended(Reader::row_ends)? {
                result = Err(Fallback);
            }
            result
        })
    }

    #[inline(never)]
    fn begin_rare_row(&mut self) -> Result<End> {
        match self.codes.next()? {
            EMPTY_LIST => {
                self.codes.put(Known::Object)?;
                self.filling(false)
            }
            MARK => Ok(End::Tuple),
            _ => Ok(End::Here),
        }
    }

    /// Estimates how many values come before the opcode that ends them. If that is far away, the rest is
    /// taken to be like the first ones.
    pub(super) fn hint(&self, end: u8, rest: &[u8], outermost: bool) -> usize {
        let count = self.codes.count(end, rest);
        if count.whole || !outermost || count.bytes == 0 {
            return count.values;
        }
        let left = rest.len();
        let like = left as u64 * count.values as u64 / count.bytes as u64;
        usize::try_from(like).map_or(left, |like| like.min(left))
    }
}

/// Ends of lists and tuples.
impl Cursor<'_, '_> {
    #[inline(always)]
    pub(super) fn row_hint(&self) -> Option<usize> {
        match self.reader.ends.end() {
            End::Batch => Some(
                self.reader
                    .hint(APPENDS, self.rest, self.reader.in_outermost()),
            ),
            End::Tuple => Some(self.reader.hint(TUPLE, self.rest, false)),
            End::Single => 1_usize.checked_sub(self.count),
            End::Counted => None,
            End::Here => Some(0),
        }
    }

    /// Returns whether there are no more items, and takes the opcode that ends them.
    #[inline(always)]
    pub(super) fn row_ends(&mut self) -> Result<bool> {
        match self.goes_on() {
            true => Ok(false),
            false => self.ends_here(Reader::row_ends),
        }
    }
}

impl Reader<'_> {
    /// Returns what follows in a list or tuple, after that many items of its tuple or batch.
    #[cold]
    #[inline(never)]
    pub(super) fn row_ends(&mut self, count: usize) -> Result<Following> {
        if self.ends.end() == End::Batch && count != BATCH && self.codes.takes(APPENDS) {
            self.ends = Ends::HERE;
            return Ok(Following::End);
        }
        let code = self.codes.peek()?;
        let end = match (self.ends.end(), count, code) {
            (End::Batch, _, APPENDS) => self.end_batch(APPENDS, count)?,
            (End::Tuple, _, TUPLE)
            | (End::Counted, 1, TUPLE1)
            | (End::Counted, 2, TUPLE2)
            | (End::Counted, 3, TUPLE3) => {
                self.codes.skip();
                self.codes.put(Known::Object)?;
                End::Here
            }
            (End::Single, 1.., _) => {
                self.codes.expect(APPEND)?;
                End::Here
            }
            (End::Here, ..) => End::Here,
            (End::Tuple | End::Counted | End::Batch | End::Single, ..) => {
                return Ok(Following::Inside);
            }
        };
        self.ends = Ends::new(end, APPENDS);
        Ok(Following::after_batch(end))
    }
}
