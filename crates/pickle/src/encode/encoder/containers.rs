//! Opcodes before and after the items of a container.

use super::Encoder;
use crate::Protocol;
use crate::opcode as op;

impl Encoder<'_> {
    /// Writes an empty tuple, which has no number in the memo.
    #[inline]
    pub(crate) fn empty_tuple(&mut self) {
        self.begin();
        self.op(op::EMPTY_TUPLE);
    }

    /// Begins a tuple of that many items; a long one begins with a MARK.
    #[inline]
    pub(crate) fn begin_tuple(&mut self, length: usize) {
        self.begin();
        if length > 3 {
            self.op(op::MARK);
        }
    }

    /// Ends a tuple that has items.
    #[inline]
    pub(crate) fn end_tuple(&mut self, length: usize) {
        self.op(match length {
            1 => op::TUPLE1,
            2 => op::TUPLE2,
            3 => op::TUPLE3,
            _ => op::TUPLE,
        });
    }

    /// Writes an empty list, dict or set to be filled: one of the EMPTY opcodes, and a MARK if its items
    /// begin with one.
    #[inline(always)]
    pub(crate) fn empty(&mut self, code: u8, mark: bool) -> u32 {
        self.begin();
        if self.protocol >= Protocol::V4 {
            self.put([code, op::MEMOIZE, op::MARK], 2 + usize::from(mark));
            return self.next_memo();
        }
        self.old_empty(code, mark)
    }

    #[inline(never)]
    fn old_empty(&mut self, code: u8, mark: bool) -> u32 {
        self.op(code);
        let number = self.memoize();
        if mark {
            self.op(op::MARK);
        }
        number
    }
}
