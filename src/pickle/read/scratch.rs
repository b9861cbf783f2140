//! What machines work with, and do not hand out.

use crate::pickle::graph::Slot;
use crate::pickle::memory::{Memory, bounded, emptied, shelf};

#[derive(Default)]
pub(super) struct Scratch<'a> {
    pub(super) stack: Vec<Slot<'a>>,
    pub(super) marks: Vec<usize>,
    pub(super) memo: Vec<Option<Slot<'a>>>,
}

shelf!(SCRATCH: Scratch<'static> = Scratch {
    stack: Vec::new(),
    marks: Vec::new(),
    memo: Vec::new(),
});

impl Memory for Scratch<'_> {
    #[inline]
    fn bounded(self, most: usize) -> Self {
        Scratch {
            stack: bounded(self.stack, most),
            marks: bounded(self.marks, most),
            memo: bounded(self.memo, most),
        }
    }
}

impl<'a> Scratch<'a> {
    /// For a message of that length.
    #[inline]
    pub(super) fn take(length: usize) -> Self {
        SCRATCH.take(length)
    }

    /// Leaves it to the next machine.
    #[inline]
    pub(super) fn keep(self, length: usize) {
        SCRATCH.keep(length, self.emptied());
    }

    #[inline]
    fn emptied<'b>(mut self) -> Scratch<'b> {
        self.marks.clear();
        Scratch {
            stack: emptied(self.stack),
            marks: self.marks,
            memo: emptied(self.memo),
        }
    }
}
