//! The graph: all objects of a pickle, by number.

use super::cells::{Cell, Object};
use super::long_keys::LongKeys;
use super::slot::{Row, Slot};

/// The objects of a pickle, borrowed from its message.
pub struct Graph<'a> {
    pub(crate) message: &'a [u8],
    /// Offset in the message after the STOP of the pickle.
    pub(crate) end: usize,
    /// Argument of PROTO, or 0 without one.
    pub(crate) protocol: u8,
    pub(crate) root: Slot<'a>,
    pub(crate) cells: Vec<Cell<'a>>,
    /// Items of the containers that were filled by one opcode.
    pub(crate) pool: Vec<Slot<'a>>,
    /// Items of the containers that were filled by several.
    pub(crate) grown: Vec<Vec<Slot<'a>>>,
    /// Number of items that left the stack without going to the pool.
    pub(crate) moved: usize,
    pub(crate) objects: Vec<Object<'a>>,
    /// Number of texts that have a [`TextId`](super::slot::TextId).
    pub(crate) texts: u32,
    /// By [`TextId`](super::slot::TextId): the number of a text among those that a GET fetched. 0 for
    /// the others, and for those past its end.
    pub(crate) fetched: Vec<u32>,
    /// Number of texts that a GET fetched.
    pub(crate) shared_texts: u32,
    /// Number of cells that a GET fetched.
    pub(crate) shared_cells: u32,
    /// Limit of the depth of values.
    pub(crate) depth: usize,
    /// Fingerprints of long keys that are shared.
    pub(crate) long_keys: LongKeys,
}

impl<'a> Graph<'a> {
    /// Returns an empty graph. Fill it in place: it is large to move.
    #[inline(always)]
    pub(crate) fn new(message: &'a [u8], depth: usize) -> Self {
        Graph {
            message,
            end: 0,
            protocol: 0,
            root: Slot::None { at: 0 },
            cells: Vec::new(),
            pool: Vec::new(),
            grown: Vec::new(),
            moved: 0,
            objects: Vec::new(),
            texts: 0,
            fetched: Vec::new(),
            shared_texts: 0,
            shared_cells: 0,
            depth,
            long_keys: LongKeys::default(),
        }
    }

    /// Returns the offset after the STOP, where another pickle may begin.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Returns the protocol that the pickle names; 0 for protocols 0 and 1, which name none.
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    #[inline]
    pub(crate) fn cell(&self, id: u32) -> &Cell<'a> {
        &self.cells[id as usize]
    }

    #[inline]
    pub(crate) fn row(&self, row: Row) -> &[Slot<'a>] {
        match row.place() {
            Err(place) => &self.pool[place],
            Ok(number) => &self.grown[number],
        }
    }

    pub(crate) fn object(&self, number: u32) -> &Object<'a> {
        &self.objects[number as usize]
    }
}

impl std::fmt::Debug for Graph<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph")
            .field("protocol", &self.protocol)
            .field("end", &self.end)
            .field("objects", &self.cells.len())
            .finish_non_exhaustive()
    }
}
