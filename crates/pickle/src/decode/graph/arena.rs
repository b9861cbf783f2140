//! The graph itself: all objects of a pickle, by number.

use super::cells::{Cell, Object};
use super::long_keys::LongKeys;
use super::slot::{Row, Slot};

/// What a pickle holds, borrowing from the message.
pub struct Graph<'a> {
    pub(crate) message: &'a [u8],
    /// Where the pickle ends in the message, behind its STOP.
    pub(crate) end: usize,
    /// What PROTO said, 0 if there was none.
    pub(crate) protocol: u8,
    pub(crate) root: Slot<'a>,
    pub(crate) cells: Vec<Cell<'a>>,
    /// The items of all containers that were filled in one go.
    pub(crate) pool: Vec<Slot<'a>>,
    /// The items of those that were filled in several.
    pub(crate) grown: Vec<Vec<Slot<'a>>>,
    /// How many items left the stack, but not for the pool.
    pub(crate) moved: usize,
    pub(crate) objects: Vec<Object<'a>>,
    /// How many texts have a [`TextId`](super::slot::TextId).
    pub(crate) texts: u32,
    /// By [`TextId`](super::slot::TextId): the number among the texts that were fetched again, 0 for the others and for
    /// those beyond its end.
    pub(crate) fetched: Vec<u32>,
    /// How many texts were fetched again.
    pub(crate) shared_texts: u32,
    /// How many cells were.
    pub(crate) shared_cells: u32,
    /// How deep values may be.
    pub(crate) depth: usize,
    /// The prints of long keys that are shared.
    pub(crate) long_keys: LongKeys,
}

impl<'a> Graph<'a> {
    /// An empty one, which is filled where it stands: it is large.
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

    /// Where the pickle ends in the message, behind its STOP: another may begin there.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The protocol that the pickle says it is written in; 0 for protocols 0 and 1, which say
    /// nothing.
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
