//! Memory that a graph leaves to the next one.

use super::arena::Graph;
use super::cells::{Cell, Object};
use super::slot::Slot;
use crate::decode::memory::memory;

memory! {
    pub(super) struct Rows<'a> {
        cells: Vec<Cell<'a>>,
        pool: Vec<Slot<'a>>,
        objects: Vec<Object<'a>>,
    }
}

impl Graph<'_> {
    /// Takes over the memory of an earlier graph.
    #[inline]
    pub(crate) fn take_rows(&mut self) {
        let length = self.message.len();
        Rows::take_into(length, &mut self.cells, &mut self.pool, &mut self.objects);
    }
}

/// Leaves its memory to the next graph.
impl Drop for Graph<'_> {
    #[inline]
    fn drop(&mut self) {
        let length = self.message.len();
        Rows::keep_of(length, &mut self.cells, &mut self.pool, &mut self.objects);
    }
}
