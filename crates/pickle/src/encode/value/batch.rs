//! The items of lists, dicts and sets, in groups of a thousand as CPython has them.

use crate::encode::encoder::Encoder;
use crate::opcode as op;

/// No opcode at all: none has this code.
const NOTHING: u8 = 0;

/// Keeps count of the items of one container: call [`item`](Self::item) before each item or pair,
/// [`end`](Self::end) after the last.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    /// How many the current group takes yet.
    left: u16,
    /// What ends the group.
    end: u8,
}

impl Batch {
    /// Of a list of so many.
    #[inline]
    pub(crate) fn list(length: usize) -> Self {
        Batch::new(length, op::APPEND, op::APPENDS)
    }

    /// Of a dict of so many pairs.
    #[inline]
    pub(crate) fn dict(length: usize) -> Self {
        Batch::new(length, op::SETITEM, op::SETITEMS)
    }

    /// Of a set of so many, protocol 4 and 5. There is no opcode for one.
    #[inline]
    pub(crate) fn set(length: usize) -> Self {
        match length {
            0 => Batch::alone(NOTHING),
            _ => Batch::marked(op::ADDITEMS),
        }
    }

    /// The only item of all goes without MARK.
    #[inline]
    fn new(length: usize, one: u8, several: u8) -> Self {
        match length {
            0 => Batch::alone(NOTHING),
            1 => Batch::alone(one),
            _ => Batch::marked(several),
        }
    }

    #[inline]
    fn marked(end: u8) -> Self {
        Batch {
            left: op::BATCH_SIZE,
            end,
        }
    }

    /// A group without MARK, which is never full.
    #[inline]
    fn alone(end: u8) -> Self {
        Batch { left: 2, end }
    }

    /// Whether a MARK goes before the first item, right behind the container's own opcode.
    #[inline]
    pub(crate) fn begins_with_mark(self) -> bool {
        self.left == op::BATCH_SIZE
    }

    /// Before an item or a pair.
    #[inline]
    pub(crate) fn item(&mut self, encoder: &mut Encoder<'_>) {
        if self.left == 0 {
            next_group(self.end, encoder);
            self.left = op::BATCH_SIZE;
        }
        self.left -= 1;
    }

    /// After the last of them. A full last group of a dict or set is followed by an empty one:
    /// CPython looks for more.
    #[inline]
    pub(crate) fn end(self, encoder: &mut Encoder<'_>) {
        if self.end != NOTHING {
            encoder.op(self.end);
        }
        if self.left == 0 && self.end != op::APPENDS {
            encoder.op(op::MARK);
            encoder.op(self.end);
        }
    }
}

/// By value, so that the counts stay in registers.
#[cold]
#[inline(never)]
fn next_group(end: u8, encoder: &mut Encoder<'_>) {
    encoder.op(end);
    encoder.op(op::MARK);
}
