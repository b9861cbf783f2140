//! Memory that a machine leaves to the next one.

use crate::decode::graph::Slot;
use crate::decode::memory::memory;

memory! {
    pub(super) struct Scratch<'a> {
        stack: Vec<Slot<'a>>,
        marks: Vec<usize>,
        memo: Vec<Option<Slot<'a>>>,
    }
}
