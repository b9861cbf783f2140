//! A pickle as it was read: all its objects, side by side, with text and bytes still in the
//! message.
//!
//! Objects refer to each other by number, so that sharing and cycles are nothing special, and
//! nothing is deep: a graph is read, dropped and walked without recursion.

use super::{BigInt, Buffer, Bytes, Change, Class, Construction, Result, Str, SurrogateStr, Value};

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
    pub(super) objects: Vec<Object<'a>>,
    /// By memo number of text and bytes: whether it was fetched again, and so is shared.
    pub(super) fetched: Vec<bool>,
}

/// A value where it is used: small ones themselves, the rest by the number of their cell. `at` is
/// the byte in the message where it stands (`u32::MAX` beyond 4 GiB).
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot<'a> {
    None {
        at: u32,
    },
    Bool {
        at: u32,
        value: bool,
    },
    Int {
        at: u32,
        value: i64,
    },
    Float {
        at: u32,
        value: f64,
    },
    /// `memo` is its number in the memo, [`NO_MEMO`] if it is not there.
    Str {
        memo: u32,
        text: &'a str,
    },
    Bytes {
        memo: u32,
        bytes: &'a [u8],
    },
    Cell {
        at: u32,
        id: u32,
    },
}

/// The memo number of what is not in the memo.
pub(super) const NO_MEMO: u32 = u32::MAX;

/// An object that has identity, or does not fit a slot.
pub(super) struct Cell<'a> {
    pub(super) content: Content<'a>,
    /// Whether more than one place refers to it.
    pub(super) shared: bool,
}

/// What an object is.
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
    Str(Str),
    SurrogateStr(SurrogateStr),
    /// Bytes that the message holds in another form, or that came beside it.
    Bytes(Bytes),
    ByteArray(&'a [u8]),
    OwnByteArray(Bytes),
    Buffer(Buffer),
}

/// Where the items of a container are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Row {
    Pool { start: u32, len: u32 },
    Grown(u32),
}

/// An instance.
pub(super) struct Object<'a> {
    pub(super) construction: Construction,
    pub(super) callable: Slot<'a>,
    pub(super) args: Slot<'a>,
    pub(super) kwargs: Option<Slot<'a>>,
    pub(super) changes: Vec<ObjectChange<'a>>,
}

/// As [`Change`], among slots.
pub(super) enum ObjectChange<'a> {
    State(Slot<'a>),
    Append(Slot<'a>),
    SetItem(Slot<'a>, Slot<'a>),
    Add(Slot<'a>),
    Call(Slot<'a>),
}
