//! Objects.

use super::changes::Changes;
use super::slot::{Row, Slot};
use crate::{BigInt, Buffer, Bytes, Class, Construction, Str, SurrogateStr};

/// An object that has identity, or does not fit a slot.
pub(crate) struct Cell<'a> {
    pub(crate) content: Content<'a>,
    /// Its number among the cells that more than one place refers to, 0 for the others.
    pub(crate) shared: u32,
    /// Whether Python refuses it as a key.
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

/// What an object is. Rare ones are boxed: cells are many.
pub(crate) enum Content<'a> {
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

impl Content<'_> {
    /// Whether other values are inside.
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
