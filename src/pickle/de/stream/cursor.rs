//! How far a container has been read.

use super::super::super::opcode::*;
use super::next::{self, Codes};
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

/// What ends the items, and what may be that where it comes next.
///
/// In one piece: parts that were written just now make a processor wait where they are read
/// together.
#[derive(Clone, Copy)]
pub(super) struct Ends(u32);

impl Ends {
    pub(super) const HERE: Ends = Ends::new(End::Here, Codes::ALL);

    #[inline(always)]
    pub(super) const fn new(end: End, codes: Codes) -> Self {
        Ends(u32::from_le_bytes([end as u8, codes.first, codes.more, 0]))
    }

    #[inline(always)]
    pub(super) fn end(self) -> End {
        const ENDS: [End; 4] = [End::Counted, End::Tuple, End::Batch, End::Single];
        let [end, ..] = self.0.to_le_bytes();
        ENDS.get(usize::from(end)).copied().unwrap_or(End::Here)
    }

    #[inline(always)]
    fn codes(self) -> Codes {
        let [_, first, more, _] = self.0.to_le_bytes();
        Codes { first, more }
    }
}

/// The stream in a container.
///
/// The position and the count stay in registers from item to item: what one item writes to memory
/// the next one would have to wait for. So visitors get a cursor by value, whoever reads from it is
/// inlined, and the stream has the position whenever it reads something itself, and in the end.
pub(super) struct Cursor<'s, 'de> {
    pub(super) stream: &'s mut Stream<'de>,
    pub(super) rest: &'de [u8],
    /// Items of the tuple, or of the batch.
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

    /// Takes the end of the last batch.
    #[inline(always)]
    pub(super) fn ends_with(&mut self, code: u8) -> bool {
        match self.rest {
            [first, rest @ ..]
                if *first == code
                    && self.stream.ends.end() == End::Batch
                    && self.count != BATCH =>
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

    /// Whether an opcode comes next that does not end the items, as far as can be told at once.
    #[inline(always)]
    pub(super) fn goes_on(&self) -> bool {
        next::begins_with_other(self.rest, self.stream.ends.codes())
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

    #[inline(always)]
    pub(super) fn int(&mut self) -> Result<i64> {
        match next::short_int(self.rest) {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            None => self.by_stream(|stream| stream.codes.rare_int()),
        }
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
