//! What streams remember while they read.

use super::access::Key;
use super::opcodes::Known;
use crate::pickle::memory::{Memory, bounded, emptied, shelf};

#[derive(Default)]
pub(super) struct Scratch<'de> {
    pub(super) memo: Vec<Known<'de>>,
    pub(super) keys: Vec<Key<'de>>,
    pub(super) table: Vec<u32>,
}

shelf!(SCRATCH: Scratch<'static> = Scratch {
    memo: Vec::new(),
    keys: Vec::new(),
    table: Vec::new(),
});

impl Memory for Scratch<'_> {
    #[inline]
    fn bounded(self, most: usize) -> Self {
        Scratch {
            memo: bounded(self.memo, most),
            keys: bounded(self.keys, most),
            table: bounded(self.table, most),
        }
    }
}

impl<'de> Scratch<'de> {
    /// For a message of that length.
    #[inline]
    pub(super) fn take(length: usize) -> Self {
        SCRATCH.take(length)
    }

    /// Leaves it to the next stream.
    #[inline]
    pub(super) fn keep(self, length: usize) {
        SCRATCH.keep(length, self.emptied());
    }

    #[inline]
    fn emptied<'b>(mut self) -> Scratch<'b> {
        self.table.clear();
        Scratch {
            memo: emptied(self.memo),
            keys: emptied(self.keys),
            table: self.table,
        }
    }
}
