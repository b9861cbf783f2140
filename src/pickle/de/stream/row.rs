//! Lists and tuples.

use serde::de::{DeserializeSeed, SeqAccess, Visitor};

use super::super::super::opcode::*;
use super::opcodes::Known;
use super::{GiveUp, Result, Stream};

/// How many items picklers put between a MARK and its APPENDS or SETITEMS.
pub(super) const BATCH: usize = 1000;

/// What ends the items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// TUPLE1 to TUPLE3, which say how many there were.
    Counted,
    /// TUPLE, as there was a MARK.
    Tuple,
    /// APPENDS or SETITEMS, as there was a MARK.
    Batch,
    /// APPEND or SETITEM, behind the only one.
    Single,
    /// There are no more.
    Here,
}

impl<'de> Stream<'de> {
    /// What fills the container that was just begun.
    #[inline]
    pub(super) fn filling(&mut self, pairs: bool) -> Result<End> {
        Ok(match self.codes.peek()? {
            MARK => {
                self.codes.skip();
                End::Batch
            }
            APPEND | APPENDS | SETITEM | SETITEMS | TUPLE | TUPLE1 | TUPLE2 | TUPLE3 | BUILD
            | STOP => End::Here,
            _ if self.codes.begins_single(pairs) => End::Single,
            _ => End::Here,
        })
    }

    /// What follows a batch.
    #[inline]
    pub(super) fn after_batch(&mut self, count: usize, pairs: bool) -> Result<End> {
        match count {
            BATCH => self.filling(pairs),
            _ => Ok(End::Here),
        }
    }

    /// A list, or a tuple whose form is known.
    pub(super) fn visit_row<V: Visitor<'de>>(
        &mut self,
        visitor: V,
        end: Option<End>,
    ) -> Result<V::Value> {
        let end = match end {
            Some(end) => end,
            None => match self.codes.next()? {
                EMPTY_LIST => {
                    self.codes.put(Known::Object)?;
                    self.filling(false)?
                }
                MARK => End::Tuple,
                _ => End::Here,
            },
        };
        self.enter(|stream| {
            let mut row = Row {
                stream,
                end,
                count: 0,
            };
            let value = visitor.visit_seq(&mut row)?;
            match row.ends()? {
                true => Ok(value),
                false => Err(GiveUp),
            }
        })
    }
}

struct Row<'s, 'de> {
    stream: &'s mut Stream<'de>,
    end: End,
    /// Items of the tuple, or of the batch.
    count: usize,
}

impl Row<'_, '_> {
    /// Whether there are no more items; takes the opcode that says so.
    #[inline(always)]
    fn ends(&mut self) -> Result<bool> {
        let code = self.stream.codes.peek()?;
        match (self.end, code) {
            (End::Batch, APPENDS) => self.end_batch(),
            (End::Batch, _) | (End::Single, _) => Ok(false),
            (End::Here, _) => Ok(true),
            _ => self.ends_tuple(code),
        }
    }

    #[inline(never)]
    fn end_batch(&mut self) -> Result<bool> {
        while self.end == End::Batch && self.stream.codes.peek()? == APPENDS {
            self.stream.codes.skip();
            self.end = self.stream.after_batch(self.count, false)?;
            self.count = 0;
        }
        Ok(self.end == End::Here)
    }

    fn ends_tuple(&mut self, code: u8) -> Result<bool> {
        match (self.end, code) {
            (End::Tuple, TUPLE) => self.end_tuple(),
            (End::Counted, TUPLE1) if self.count == 1 => self.end_tuple(),
            (End::Counted, TUPLE2) if self.count == 2 => self.end_tuple(),
            (End::Counted, TUPLE3) if self.count == 3 => self.end_tuple(),
            _ => Ok(false),
        }
    }

    fn end_tuple(&mut self) -> Result<bool> {
        self.stream.codes.skip();
        self.stream.codes.put(Known::Object)?;
        self.end = End::Here;
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Row<'_, 'de> {
    type Error = GiveUp;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.ends()? {
            return Ok(None);
        }
        self.count += 1;
        let item = self.stream.within(|stream| seed.deserialize(stream))?;
        if self.end == End::Single {
            self.stream.codes.expect(APPEND)?;
            self.end = End::Here;
        }
        Ok(Some(item))
    }
}
