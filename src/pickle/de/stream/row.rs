//! Lists and tuples.

use serde::de::{DeserializeSeed, SeqAccess, Visitor};

use super::super::super::opcode::*;
use super::opcodes::{Codes, Known};
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

impl End {
    /// What may be the end of a row where it comes next.
    fn codes(self) -> Codes {
        match self {
            End::Counted => Codes {
                first: TUPLE1,
                more: TUPLE3 - TUPLE1,
            },
            End::Tuple => Codes::one(TUPLE),
            End::Batch => Codes::one(APPENDS),
            End::Single | End::Here => Codes::ALL,
        }
    }
}

impl<'de> Stream<'de> {
    /// What fills the container that was just begun.
    #[inline]
    pub(super) fn filling(&mut self, pairs: bool) -> Result<End> {
        let code = self.codes.peek()?;
        if code == MARK {
            self.codes.skip();
            return Ok(End::Batch);
        }
        Ok(self.filling_of_one(code, pairs))
    }

    /// The same where there is no MARK.
    #[inline(never)]
    fn filling_of_one(&mut self, next: u8, pairs: bool) -> End {
        match next {
            APPEND | APPENDS | SETITEM | SETITEMS | TUPLE | TUPLE1 | TUPLE2 | TUPLE3 | BUILD
            | STOP => End::Here,
            _ if self.codes.begins_single(pairs) => End::Single,
            _ => End::Here,
        }
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
        let outermost = self.outermost;
        self.enter(|stream| {
            let mut row = Row {
                stream,
                end,
                ends: end.codes(),
                count: 0,
                outermost,
            };
            let mut result = visitor.visit_seq(&mut row);
            if result.is_ok() && !row.ends()? {
                result = Err(GiveUp);
            }
            result
        })
    }

    /// How many values will come before the opcode that ends them. Where that is far away, they
    /// are taken to be like the first ones as long as nothing but them can come.
    pub(super) fn hint(&self, end: u8, outermost: bool) -> usize {
        let count = self.codes.count(end);
        if count.whole || !outermost || count.bytes == 0 {
            return count.values;
        }
        let left = self.codes.left();
        let like = left as u64 * count.values as u64 / count.bytes as u64;
        usize::try_from(like).map_or(left, |like| like.min(left))
    }
}

struct Row<'s, 'de> {
    stream: &'s mut Stream<'de>,
    end: End,
    /// What may be that.
    ends: Codes,
    /// Items of the tuple, or of the batch.
    count: usize,
    /// Whether it is all that the pickle is.
    outermost: bool,
}

impl Row<'_, '_> {
    /// Whether there are no more items; takes the opcode that says so.
    #[inline(always)]
    fn ends(&mut self) -> Result<bool> {
        match self.stream.codes.is_other(self.ends) {
            true => Ok(false),
            false => self.ends_perhaps(),
        }
    }

    #[inline(never)]
    fn ends_perhaps(&mut self) -> Result<bool> {
        let code = self.stream.codes.peek()?;
        match (self.end, self.count, code) {
            (End::Tuple, _, TUPLE)
            | (End::Counted, 1, TUPLE1)
            | (End::Counted, 2, TUPLE2)
            | (End::Counted, 3, TUPLE3) => self.end_tuple(),
            (End::Tuple | End::Counted, ..) => Ok(false),
            (End::Batch, _, APPENDS) => self.end_batch(),
            (End::Batch, ..) | (End::Single, 0, _) => Ok(false),
            (End::Single, ..) => self.end_single(),
            (End::Here, ..) => Ok(true),
        }
    }

    fn end_batch(&mut self) -> Result<bool> {
        while self.end == End::Batch && self.stream.codes.peek()? == APPENDS {
            self.stream.codes.skip();
            let end = self.stream.after_batch(self.count, false)?;
            self.go_on_to(end);
            self.count = 0;
        }
        Ok(self.end == End::Here)
    }

    fn end_single(&mut self) -> Result<bool> {
        self.stream.codes.expect(APPEND)?;
        self.go_on_to(End::Here);
        Ok(true)
    }

    fn end_tuple(&mut self) -> Result<bool> {
        self.stream.codes.skip();
        self.stream.codes.put(Known::Object)?;
        self.go_on_to(End::Here);
        Ok(true)
    }

    fn go_on_to(&mut self, end: End) {
        self.end = end;
        self.ends = end.codes();
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
        self.stream
            .within(|stream| seed.deserialize(stream))
            .map(Some)
    }

    /// Counted, and not claimed by the pickle: as many at most as it has bytes.
    fn size_hint(&self) -> Option<usize> {
        match self.end {
            End::Batch => Some(self.stream.hint(APPENDS, self.outermost)),
            End::Tuple => Some(self.stream.hint(TUPLE, false)),
            End::Single => 1_usize.checked_sub(self.count),
            End::Counted => None,
            End::Here => Some(0),
        }
    }
}
