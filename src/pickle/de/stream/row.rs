//! Lists and tuples.

use std::mem::replace;

use serde::de::Visitor;

use super::super::super::opcode::*;
use super::item::{Few, Row};
use super::next::Codes;
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

    /// A list, or a tuple whose form is known. With `FEW` the type says how many there are.
    pub(super) fn visit_row<const FEW: bool, V: Visitor<'de>>(
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
        self.enter(Inside::row(end, self.outermost), |stream| {
            let mut result = match FEW {
                true => visitor.visit_seq(Few(stream)),
                false => visitor.visit_seq(Row::new(stream)),
            };
            if result.is_ok() && !stream.row_ends()? {
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

/// How far a container has been read.
///
/// It stands beside the opcodes, and who reads the items has one pointer to both: a compiler then
/// sees that nothing else changes them, and keeps them in registers from item to item.
pub(super) struct Inside {
    pub(super) end: End,
    /// What may be that.
    pub(super) ends: Codes,
    /// Items of the tuple, or of the batch.
    pub(super) count: usize,
    /// Whether it is all that the pickle is.
    pub(super) outermost: bool,
}

impl Inside {
    /// Not in a container, or where it has no items to count.
    pub(super) const fn nothing() -> Self {
        Inside {
            end: End::Here,
            ends: Codes::ALL,
            count: 0,
            outermost: false,
        }
    }

    fn row(end: End, outermost: bool) -> Self {
        Inside {
            end,
            ends: end.codes(),
            count: 0,
            outermost,
        }
    }

    pub(super) fn dict(end: End, outermost: bool) -> Self {
        Inside {
            ends: match end {
                End::Batch => Codes::one(SETITEMS),
                _ => Codes::ALL,
            },
            ..Inside::row(end, outermost)
        }
    }

    /// Field by field: what was written in parts just now makes a processor wait where it is read
    /// in one piece.
    #[inline(always)]
    pub(super) fn replace(&mut self, by: Inside) -> Inside {
        Inside {
            end: replace(&mut self.end, by.end),
            ends: replace(&mut self.ends, by.ends),
            count: replace(&mut self.count, by.count),
            outermost: replace(&mut self.outermost, by.outermost),
        }
    }
}

/// What ends rows.
impl Stream<'_> {
    /// Whether there are no more items; takes the opcode that says so.
    #[inline(always)]
    pub(super) fn row_ends(&mut self) -> Result<bool> {
        match self.codes.is_other(self.inside.ends) {
            true => Ok(false),
            false => self.row_ends_perhaps(),
        }
    }

    #[inline(never)]
    pub(super) fn row_ends_perhaps(&mut self) -> Result<bool> {
        let code = self.codes.peek()?;
        match (self.inside.end, self.inside.count, code) {
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
        while self.inside.end == End::Batch && self.codes.peek()? == APPENDS {
            self.codes.skip();
            let end = self.after_batch(self.inside.count, false)?;
            self.go_on_to(end);
            self.inside.count = 0;
        }
        Ok(self.inside.end == End::Here)
    }

    fn end_single(&mut self) -> Result<bool> {
        self.codes.expect(APPEND)?;
        self.go_on_to(End::Here);
        Ok(true)
    }

    fn end_tuple(&mut self) -> Result<bool> {
        self.codes.skip();
        self.codes.put(Known::Object)?;
        self.go_on_to(End::Here);
        Ok(true)
    }

    fn go_on_to(&mut self, end: End) {
        self.inside.end = end;
        self.inside.ends = end.codes();
    }

    #[inline(never)]
    pub(super) fn row_hint(&self) -> Option<usize> {
        match self.inside.end {
            End::Batch => Some(self.hint(APPENDS, self.inside.outermost)),
            End::Tuple => Some(self.hint(TUPLE, false)),
            End::Single => 1_usize.checked_sub(self.inside.count),
            End::Counted => None,
            End::Here => Some(0),
        }
    }
}
