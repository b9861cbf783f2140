//! The objects of a graph.

use super::changes::Changes;
use super::slot::{Row, Slot};
use crate::{BigInt, Buffer, Bytes, Class, Construction, Str, SurrogateStr};

/// An object that has an identity, or does not fit a slot.
pub(crate) struct Cell<'a> {
    pub(crate) content: Content<'a>,
    /// Its number among the cells with more than one reference, 0 for the others.
    pub(crate) shared: u32,
    /// Whether Python refuses it as a key: it is unhashable.
    pub(crate) unhashable: bool,
}

impl<'a> Cell<'a> {
    pub(crate) const TUPLE: Self = Cell::new(Content::Tuple(Row::EMPTY), false);
    pub(crate) const LIST: Self = Cell::new(Content::List(Row::EMPTY), true);
    pub(crate) const DICT: Self = Cell::new(Content::Dict(Row::EMPTY), true);
    pub(crate) const SET: Self = Cell::new(Content::Set(Row::EMPTY), true);

    const fn new(content: Content<'a>, unhashable: bool) -> Self {
        Cell {
            content,
            shared: 0,
            unhashable,
        }
    }
}

/// The content of an object. Rare kinds are boxed to keep cells small.
pub(crate) enum Content<'a> {
    Tuple(Row),
    List(Row),
    Set(Row),
    FrozenSet(Row),
    /// Keys and values, alternating.
    Dict(Row),
    Persistent(Row),
    /// Its number among the objects.
    Instance(u32),
    Class(Class),
    BigInt(BigInt),
    Complex(Box<(f64, f64)>),
    /// Text that is encoded otherwise in the message.
    Str(Box<Str>),
    SurrogateStr(Box<SurrogateStr>),
    /// Bytes that are encoded otherwise in the message.
    Bytes(Bytes),
    #[expect(clippy::redundant_allocation, reason = "a slice takes twice as much")]
    ByteArray(Box<&'a [u8]>),
    OwnByteArray(Bytes),
    Buffer(Box<Buffer>),
}

impl Content<'_> {
    /// Returns whether it holds other values.
    pub(crate) fn is_container(&self) -> bool {
        matches!(
            self,
            Content::Tuple(_)
                | Content::List(_)
                | Content::Set(_)
                | Content::FrozenSet(_)
                | Content::Persistent(_)
                | Content::Dict(_)
                | Content::Instance(_)
        )
    }
}

/// An instance.
pub(crate) struct Object<'a> {
    pub(crate) construction: Construction,
    pub(crate) callable: Slot<'a>,
    pub(crate) args: Slot<'a>,
    pub(crate) kwargs: Option<Slot<'a>>,
    pub(crate) changes: Changes<'a>,
}
