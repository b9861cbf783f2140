//! Batches of items of lists, dicts and sets, as CPython writes them.

use crate::encode::encoder::Encoder;
use crate::opcode as op;

/// Stands for no opcode.
const NOTHING: u8 = 0;

/// Counts the items of one container. Call [`item`](Self::item) before each item or pair, and
/// [`end`](Self::end) after the last.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    /// Number of items that still fit the current batch.
    left: u16,
    /// The opcode that ends the batch.
    end: u8,
}

impl Batch {
    /// Starts a list of that many items.
    #[inline]
    pub(crate) fn list(length: usize) -> Self {
        Batch::new(length, op::APPEND, op::APPENDS)
    }

    /// Starts a dict of that many pairs.
    #[inline]
    pub(crate) fn dict(length: usize) -> Self {
        Batch::new(length, op::SETITEM, op::SETITEMS)
    }

    /// Starts a set of that many items, protocol 4 and 5. A single item has no opcode of its own.
    #[inline]
    pub(crate) fn set(length: usize) -> Self {
        match length {
            0 => Batch::alone(NOTHING),
            _ => Batch::marked(op::ADDITEMS),
        }
    }

    /// A single item has no MARK.
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

    /// A batch without MARK, which is never full.
    #[inline]
    fn alone(end: u8) -> Self {
        Batch { left: 2, end }
    }

    /// Returns whether a MARK follows the opcode of the container.
    #[inline]
    pub(crate) fn begins_with_mark(self) -> bool {
        self.left == op::BATCH_SIZE
    }

    /// Call before an item or a pair.
    #[inline]
    pub(crate) fn item(&mut self, encoder: &mut Encoder<'_>) {
        if self.left == 0 {
            next_group(self.end, encoder);
            self.left = op::BATCH_SIZE;
        }
        self.left -= 1;
    }

    /// Call after the last of them. After a full last batch of a dict or set CPython writes an empty one.
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

/// By value, so that the count stays in a register.
#[cold]
#[inline(never)]
fn next_group(end: u8, encoder: &mut Encoder<'_>) {
    encoder.op(end);
    encoder.op(op::MARK);
}
