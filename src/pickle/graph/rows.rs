//! The memory of graphs.

use super::{Cell, Graph, Object, Slot};
use crate::pickle::memory::memory;

memory! {
    pub(super) struct Rows<'a> {
        cells: Vec<Cell<'a>>,
        pool: Vec<Slot<'a>>,
        objects: Vec<Object<'a>>,
    }
}

/// Leaves its memory to the next graph.
impl Drop for Graph<'_> {
    #[inline]
    fn drop(&mut self) {
        let rows = Rows {
            cells: std::mem::take(&mut self.cells),
            pool: std::mem::take(&mut self.pool),
            objects: std::mem::take(&mut self.objects),
        };
        rows.keep(self.message.len());
    }
}
