//! How far a container has been read.

use super::super::super::opcode::*;
use super::next;
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

/// What ends the items, with the opcode that does where that is the same everywhere.
///
/// In one piece: parts that were written just now make a processor wait where they are read
/// together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends(u32);

impl Ends {
    pub(super) const TUPLE: Ends = Ends(TUPLE as u32);
    pub(super) const COUNTED: Ends = Ends(0x100);
    pub(super) const SINGLE: Ends = Ends(0x101);
    pub(super) const HERE: Ends = Ends(0x102);

    /// As that end, where batches end with this opcode.
    #[inline(always)]
    pub(super) const fn new(end: End, batch: u8) -> Self {
        match end {
            End::Counted => Ends::COUNTED,
            End::Tuple => Ends::TUPLE,
            End::Batch => Ends(batch as u32),
            End::Single => Ends::SINGLE,
            End::Here => Ends::HERE,
        }
    }

    #[inline(always)]
    pub(super) fn end(self) -> End {
        match self {
            Ends::COUNTED => End::Counted,
            Ends::SINGLE => End::Single,
            Ends::HERE => End::Here,
            Ends::TUPLE => End::Tuple,
            _ => End::Batch,
        }
    }

    /// Whether the container does not end at an opcode, as far as can be told at once.
    #[inline(always)]
    fn goes_on_at(self, code: u8) -> bool {
        self.0 < Ends::COUNTED.0 && self.0 != u32::from(code) && code != FRAME
    }
}

/// What comes next in a container.
pub(super) enum Where {
    /// An item, and no end.
    Inside,
    /// An item, which is the first of another batch.
    NextBatch,
    /// What follows the container.
    End,
}

impl Where {
    /// Behind a batch, where what follows it ends like that.
    pub(super) fn behind(end: End) -> Self {
        match end {
            End::Here => Where::End,
            _ => Where::NextBatch,
        }
    }
}

/// The stream in a container.
///
/// The position and the count stay in registers from item to item: what one item writes to memory
/// the next one would have to wait for. So visitors get a cursor by value, whoever reads from it
/// is inlined, and the stream has the position whenever it reads something itself, and in the end.
pub(super) struct Cursor<'s, 'de> {
    pub(super) stream: &'s mut Stream<'de>,
    pub(super) rest: &'de [u8],
    /// How many items of the tuple or batch were begun; of a dict, keys and values.
    pub(super) count: usize,
}

impl Drop for Cursor<'_, '_> {
    /// A visitor may have enough before the end.
    #[inline]
    fn drop(&mut self) {
        self.stream.codes.go_on_at(self.rest);
        self.stream.left_after = Some(self.count);
    }
}

impl<'s, 'de> Cursor<'s, 'de> {
    #[inline(always)]
    pub(super) fn new(stream: &'s mut Stream<'de>, rest: &'de [u8], count: usize) -> Self {
        Cursor {
            stream,
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
                    && self.stream.ends == Ends::new(End::Batch, code)
                    && self.count != full =>
            {
                self.rest = rest;
                self.stream.ends = Ends::HERE;
                true
            }
            _ => false,
        }
    }

    /// Has the stream go on, and goes on behind that.
    #[inline(always)]
    pub(super) fn by_stream<R>(&mut self, read: impl FnOnce(&mut Stream<'de>) -> R) -> R {
        self.stream.codes.go_on_at(self.rest);
        let read = read(self.stream);
        self.rest = self.stream.codes.rest();
        read
    }

    /// Has the stream say whether the items end here.
    #[inline(always)]
    pub(super) fn ends_here(
        &mut self,
        ends: impl FnOnce(&mut Stream<'de>, usize) -> Result<Where>,
    ) -> Result<bool> {
        let count = self.count;
        match self.by_stream(|stream| ends(stream, count)) {
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
        matches!(self.rest, [code, ..] if self.stream.ends.goes_on_at(*code))
    }

    /// The same in a small tuple.
    #[inline(always)]
    pub(super) fn small_tuple_goes_on(&self) -> bool {
        let is_value = |code: u8| code.wrapping_sub(TUPLE1) > TUPLE3 - TUPLE1 && code != FRAME;
        self.stream.ends == Ends::COUNTED && matches!(self.rest, [code, ..] if is_value(*code))
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
        let (value, rest) = next::short_int(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// The float that comes next, if it is one.
    #[inline(always)]
    pub(super) fn float(&mut self) -> Option<f64> {
        let (value, rest) = next::float(self.rest)?;
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
        let text = self.stream.codes.short_known(*number)?;
        self.rest = rest;
        Some(text)
    }

    #[inline(always)]
    pub(super) fn text(&mut self) -> Result<&'de str> {
        match self.known_text() {
            Some(text) => Ok(text),
            None => self.by_stream(Stream::any_text),
        }
    }
}
