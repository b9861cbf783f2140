//! A pickle as it was read: all its objects, side by side, with text and bytes still in the
//! message.
//!
//! Objects refer to each other by number, so that sharing and cycles are nothing special, and
//! nothing is deep: a graph is read, dropped and walked without recursion.
//!
//! ```
//! use mpconn_pickle::Graph;
//!
//! // {'name': 'tea', 'prices': (3, 4.5)}
//! let message = b"\x80\x04}(\x8c\x04name\x8c\x03tea\x8c\x06prices\
//!                 K\x03G@\x12\0\0\0\0\0\0\x86u.";
//! let graph = Graph::read(message)?;
//! let root = graph.root();
//! assert_eq!(root.get("name").and_then(|name| name.as_str()), Some("tea"));
//! let prices = root.get("prices").and_then(|prices| prices.items()).unwrap();
//! assert_eq!(prices.len(), 2);
//! # Ok::<(), mpconn_pickle::Error>(())
//! ```

mod changes;
mod instance;
mod node;
mod pickles;
mod rows;
mod tree;

pub(super) use changes::Changes;
pub use instance::{ChangeNode, InstanceNode};
pub use node::{Items, Node, NodeId, Pairs};
pub use pickles::{Pickles, pickles, pickles_with};

use std::ops::Range;

use super::read::{LongKeys, Machine};
use super::{
    BigInt, Buffer, Bytes, Class, Construction, ReadOptions, Result, Str, SurrogateStr, Value,
};

/// What a pickle holds, borrowing from the message.
pub struct Graph<'a> {
    pub(super) message: &'a [u8],
    /// Where the pickle ends in the message, behind its STOP.
    pub(super) end: usize,
    /// What PROTO said, 0 if there was none.
    pub(super) protocol: u8,
    pub(super) root: Slot<'a>,
    pub(super) cells: Vec<Cell<'a>>,
    /// The items of all containers that were filled in one go.
    pub(super) pool: Vec<Slot<'a>>,
    /// The items of those that were filled in several.
    pub(super) grown: Vec<Vec<Slot<'a>>>,
    /// How many items left the stack, but not for the pool.
    pub(super) moved: usize,
    pub(super) objects: Vec<Object<'a>>,
    /// How many texts have a [`TextId`].
    pub(super) texts: u32,
    /// By [`TextId`]: the number among the texts that were fetched again, 0 for the others and for
    /// those beyond its end.
    pub(super) fetched: Vec<u32>,
    /// How many texts were fetched again.
    pub(super) shared_texts: u32,
    /// How many cells were.
    pub(super) shared_cells: u32,
    /// How deep values may be.
    pub(super) depth: usize,
    /// The prints of long keys that are shared.
    pub(super) long_keys: LongKeys,
}

/// Tells text and bytes apart that stand in the memo.
pub(super) type TextId = u32;

/// The number of what is not in the memo.
pub(super) const NO_TEXT: TextId = u32::MAX;

/// A value where it is used: small ones themselves, the rest by the number of their cell. `at` is
/// the byte in the message where it stands (`u32::MAX` beyond 4 GiB).
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot<'a> {
    None { at: u32 },
    Bool { at: u32, value: bool },
    Int { at: u32, value: i64 },
    Float { at: u32, value: f64 },
    Str { id: TextId, text: &'a str },
    Bytes { id: TextId, bytes: &'a [u8] },
    Cell { at: u32, id: u32 },
}

/// An object that has identity, or does not fit a slot.
pub(super) struct Cell<'a> {
    pub(super) content: Content<'a>,
    /// Its number among the cells that more than one place refers to, 0 for the others.
    pub(super) shared: u32,
    /// Whether Python refuses it as a key.
    pub(super) unhashable: bool,
}

impl<'a> Cell<'a> {
    pub(super) const TUPLE: Self = Cell::new(Content::Tuple(Row::EMPTY), false);
    pub(super) const LIST: Self = Cell::new(Content::List(Row::EMPTY), true);
    pub(super) const DICT: Self = Cell::new(Content::Dict(Row::EMPTY), true);
    pub(super) const SET: Self = Cell::new(Content::Set(Row::EMPTY), true);

    const fn new(content: Content<'a>, unhashable: bool) -> Self {
        Cell {
            content,
            shared: 0,
            unhashable,
        }
    }
}

/// What an object is. Rare ones are boxed: cells are many.
pub(super) enum Content<'a> {
    Tuple(Row),
    List(Row),
    Set(Row),
    FrozenSet(Row),
    /// Keys and values in turns.
    Dict(Row),
    Persistent(Row),
    /// Its number among the objects.
    Instance(u32),
    Class(Class),
    BigInt(BigInt),
    Complex(Box<(f64, f64)>),
    /// Text that the message holds in another form.
    Str(Box<Str>),
    SurrogateStr(Box<SurrogateStr>),
    /// Bytes that the message holds in another form.
    Bytes(Bytes),
    #[expect(clippy::redundant_allocation, reason = "a slice takes twice as much")]
    ByteArray(Box<&'a [u8]>),
    OwnByteArray(Bytes),
    Buffer(Box<Buffer>),
}

/// Where the items of a container are: from `start` on in the pool, or by themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    start: u32,
    len: u32,
}

impl Row {
    pub(super) const EMPTY: Row = Row { start: 0, len: 0 };

    /// Where none starts in the pool.
    const GROWN: u32 = u32::MAX;

    #[inline]
    pub(super) fn in_pool(start: usize, len: usize) -> Option<Row> {
        match (u32::try_from(start), u32::try_from(len)) {
            (Ok(start), Ok(len)) if start != Row::GROWN => Some(Row { start, len }),
            _ => None,
        }
    }

    /// That number among those that have grown.
    pub(super) fn grown(number: usize) -> Option<Row> {
        let len = u32::try_from(number).ok()?;
        let start = Row::GROWN;
        Some(Row { start, len })
    }

    /// Its number among those that have grown, or its place in the pool.
    #[inline]
    pub(super) fn place(self) -> std::result::Result<usize, Range<usize>> {
        let (start, len) = (self.start as usize, self.len as usize);
        match self.start {
            Row::GROWN => Ok(len),
            _ => Err(start..start + len),
        }
    }

    /// Whether it is in the pool, and empty.
    #[inline]
    pub(super) fn is_new(self) -> bool {
        self.len == 0 && self.start != Row::GROWN
    }
}

/// An instance.
pub(super) struct Object<'a> {
    pub(super) construction: Construction,
    pub(super) callable: Slot<'a>,
    pub(super) args: Slot<'a>,
    pub(super) kwargs: Option<Slot<'a>>,
    pub(super) changes: Changes<'a>,
}

/// As [`Change`](super::Change), among slots.
#[derive(Clone, Copy)]
pub(super) enum ObjectChange<'a> {
    State(Slot<'a>),
    Append(Slot<'a>),
    SetItem(Slot<'a>, Slot<'a>),
    Add(Slot<'a>),
    Call(Slot<'a>),
}

impl<'a> Graph<'a> {
    /// Reads the pickle that the message begins with.
    ///
    /// Nothing is imported or called. What follows the pickle is left alone: see [`end`](Self::end).
    ///
    /// # Errors
    /// What CPython's unpickler refuses, and what exceeds the default [`Limits`](super::Limits).
    pub fn read(message: &'a [u8]) -> Result<Self> {
        Graph::read_with(message, ReadOptions::defaults())
    }

    /// As [`read`](Self::read), with options.
    ///
    /// # Errors
    /// As [`read`](Self::read), and what the options forbid.
    pub fn read_with(message: &'a [u8], options: &ReadOptions) -> Result<Self> {
        // Filled where it is handed on: it is large.
        let mut read = Ok(Graph::new(message, options.limits.depth));
        if let Ok(graph) = &mut read
            && let Err(error) = graph.fill(options)
        {
            read = Err(error);
        }
        read
    }

    /// An empty one, which is filled where it stands: it is large.
    #[inline(always)]
    pub(super) fn new(message: &'a [u8], depth: usize) -> Self {
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

    /// Reads its message.
    pub(super) fn fill(&mut self, options: &ReadOptions) -> Result<()> {
        self.take_rows();
        Machine::new(self, options).run()
    }

    /// What was pickled.
    pub fn root(&self) -> Node<'_, 'a> {
        self.node(self.root)
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

    /// All of it as a value of its own, with what is shared still shared.
    ///
    /// # Errors
    /// What is nested deeper than [`Limits::depth`](super::Limits::depth) says.
    pub fn to_value(&self) -> Result<Value> {
        self.root().to_value()
    }

    #[inline]
    pub(super) fn node<'g>(&'g self, slot: Slot<'a>) -> Node<'g, 'a> {
        Node { graph: self, slot }
    }

    #[inline]
    pub(super) fn cell(&self, id: u32) -> &Cell<'a> {
        &self.cells[id as usize]
    }

    #[inline]
    pub(super) fn row(&self, row: Row) -> &[Slot<'a>] {
        match row.place() {
            Err(place) => &self.pool[place],
            Ok(number) => &self.grown[number],
        }
    }

    pub(super) fn object(&self, number: u32) -> &Object<'a> {
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
