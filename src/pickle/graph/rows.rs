//! The memory of graphs.

use super::{Cell, Graph, Object, Slot};
use crate::pickle::memory::{Memory, bounded, emptied, shelf};

#[derive(Default)]
pub(super) struct Rows<'a> {
    pub(super) cells: Vec<Cell<'a>>,
    pub(super) pool: Vec<Slot<'a>>,
    pub(super) objects: Vec<Object<'a>>,
}

shelf!(ROWS: Rows<'static> = Rows {
    cells: Vec::new(),
    pool: Vec::new(),
    objects: Vec::new(),
});

impl Memory for Rows<'_> {
    #[inline]
    fn bounded(self, most: usize) -> Self {
        Rows {
            cells: bounded(self.cells, most),
            pool: bounded(self.pool, most),
            objects: bounded(self.objects, most),
        }
    }
}

impl<'a> Rows<'a> {
    /// For a message of that length.
    #[inline]
    pub(super) fn take(length: usize) -> Self {
        ROWS.take(length)
    }

    #[inline]
    fn emptied<'b>(self) -> Rows<'b> {
        Rows {
            cells: emptied(self.cells),
            pool: emptied(self.pool),
            objects: emptied(self.objects),
        }
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
        ROWS.keep(self.message.len(), rows.emptied());
    }
}
