//! Nodes: values in a graph.

use super::arena::Graph;
use super::cells::{Content, Object};
use super::slot::{NO_TEXT, Slot};
use crate::{BigInt, Class, Result, Value};

/// A value in a [`Graph`].
///
/// It is a cursor, and cheap to copy. Text and bytes are borrowed from the message if it holds them
/// unencoded.
///
/// ```
/// use mpconn_pickle::Graph;
///
/// // [('a', 1)] * 2
/// let graph = Graph::read(b"\x80\x04](\x8c\x01aK\x01\x86\x94h\0e.")?;
/// let items: Vec<_> = graph.root().items().unwrap().collect();
/// assert_eq!(items[0].type_name(), "tuple");
/// assert!(items[0].is_shared() && items[0].id() == items[1].id());
/// assert_eq!(items[0].items().unwrap().next().unwrap().as_str(), Some("a"));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Node<'g, 'a> {
    pub(super) graph: &'g Graph<'a>,
    pub(super) slot: Slot<'a>,
}

/// The parts of an instance in a [`Graph`]: see [`InstanceParts`](crate::InstanceParts).
///
/// ```
/// use mpconn_pickle::Graph;
///
/// // An Order of the module shop, with its __dict__ {'id': 7}.
/// let graph = Graph::read(b"\x80\x04\x8c\x04shop\x8c\x05Order\x93)\x81}\x8c\x02idK\x07sb.")?;
/// let order = graph.root().as_instance().unwrap();
/// assert!(order.is("shop", "Order"));
/// assert_eq!(order.attribute("id").and_then(|id| id.as_i64()), Some(7));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Copy)]
pub struct InstanceNode<'g, 'a> {
    pub(super) graph: &'g Graph<'a>,
    pub(super) object: &'g Object<'a>,
}

/// The identity of an object in a graph: two nodes with the same id are one object in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId {
    is_text: bool,
    number: u32,
}

impl<'a> Graph<'a> {
    /// Returns the pickled value.
    pub fn root(&self) -> Node<'_, 'a> {
        self.node(self.root)
    }

    /// Returns the whole as a value of its own. What is shared stays shared.
    ///
    /// # Errors
    /// Fails if it is nested deeper than [`Limits::depth`](crate::Limits::depth).
    pub fn to_value(&self) -> Result<Value> {
        self.root().to_value()
    }

    #[inline]
    pub(crate) fn node<'g>(&'g self, slot: Slot<'a>) -> Node<'g, 'a> {
        Node { graph: self, slot }
    }

    /// The name of the type in Python.
    pub(crate) fn type_name(&self, slot: Slot<'a>) -> &str {
        let id = match slot {
            Slot::None { .. } => return "NoneType",
            Slot::Bool { .. } => return "bool",
            Slot::Int { .. } => return "int",
            Slot::Float { .. } => return "float",
            Slot::Str { .. } => return "str",
            Slot::Bytes { .. } => return "bytes",
            Slot::Cell { id, .. } => id,
        };
        match &self.cell(id).content {
            Content::Tuple(_) => "tuple",
            Content::List(_) => "list",
            Content::Set(_) => "set",
            Content::FrozenSet(_) => "frozenset",
            Content::Dict(_) => "dict",
            Content::Persistent(_) => "persistent id",
            Content::Instance(number) => {
                self.instance(*number).class().map_or("object", Class::name)
            }
            Content::Class(_) => "type",
            Content::BigInt(_) => "int",
            Content::Complex(_) => "complex",
            Content::Str(_) | Content::SurrogateStr(_) => "str",
            Content::Bytes(_) => "bytes",
            Content::ByteArray(_) | Content::OwnByteArray(_) => "bytearray",
            Content::Buffer(_) => "PickleBuffer",
        }
    }

    /// Text without lone surrogates.
    pub(crate) fn text(&self, slot: Slot<'a>) -> Option<&str> {
        match slot {
            Slot::Str { text, .. } => Some(text),
            Slot::Cell { id, .. } => match &self.cell(id).content {
                Content::Str(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn instance(&self, number: u32) -> InstanceNode<'_, 'a> {
        InstanceNode::new(self, number)
    }
}

impl<'g, 'a> Node<'g, 'a> {
    #[inline]
    pub(super) fn content(self) -> Option<&'g Content<'a>> {
        match self.slot {
            Slot::Cell { id, .. } => Some(&self.graph.cell(id).content),
            _ => None,
        }
    }

    /// Returns the name of its type in Python: `type(x).__name__`. For an instance that is the name of
    /// its class, as far as the pickle tells.
    pub fn type_name(self) -> &'g str {
        self.graph.type_name(self.slot)
    }

    /// Returns whether this is `None`.
    pub fn is_none(self) -> bool {
        matches!(self.slot, Slot::None { .. })
    }

    /// Returns the truth value, if this is a `bool`.
    pub fn as_bool(self) -> Option<bool> {
        match self.slot {
            Slot::Bool { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Returns the number, if this is an `int` that fits.
    pub fn as_i64(self) -> Option<i64> {
        match self.slot {
            Slot::Int { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Returns the number, if this is an `int` of any size.
    pub fn as_big_int(self) -> Option<BigInt> {
        match (self.slot, self.content()) {
            (Slot::Int { value, .. }, _) => Some(value.into()),
            (_, Some(Content::BigInt(value))) => Some(value.clone()),
            _ => None,
        }
    }

    /// Returns the number, if this is a `float`.
    pub fn as_f64(self) -> Option<f64> {
        match self.slot {
            Slot::Float { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Returns the real and the imaginary part, if this is a `complex`.
    pub fn as_complex(self) -> Option<(f64, f64)> {
        match self.content() {
            Some(Content::Complex(parts)) => Some(**parts),
            _ => None,
        }
    }

    /// Returns the text, if this is a `str` without lone surrogates.
    pub fn as_str(self) -> Option<&'g str> {
        self.graph.text(self.slot)
    }

    /// Returns the bytes, if this is a `bytes`, `bytearray` or buffer.
    pub fn as_bytes(self) -> Option<&'g [u8]> {
        match (self.slot, self.content()) {
            (Slot::Bytes { bytes, .. }, _) => Some(bytes),
            (_, Some(Content::Bytes(bytes) | Content::OwnByteArray(bytes))) => Some(bytes),
            (_, Some(Content::ByteArray(bytes))) => Some(bytes),
            (_, Some(Content::Buffer(buffer))) => Some(buffer),
            _ => None,
        }
    }

    /// Returns the items, if this is a `tuple`, `list`, `set` or `frozenset`. Equal items of a set are all
    /// returned, as the pickle has them.
    pub fn items(self) -> Option<Items<'g, 'a>> {
        match self.content()? {
            Content::Tuple(row)
            | Content::List(row)
            | Content::Set(row)
            | Content::FrozenSet(row) => Some(Items {
                graph: self.graph,
                slots: self.graph.row(*row).iter(),
            }),
            _ => None,
        }
    }

    /// Returns keys and values as written, if this is a `dict`. Of equal keys the last counts.
    pub fn pairs(self) -> Option<Pairs<'g, 'a>> {
        match self.content()? {
            Content::Dict(row) => Some(Pairs {
                graph: self.graph,
                slots: self.graph.row(*row).chunks_exact(2),
            }),
            _ => None,
        }
    }

    /// Returns the value of a `dict` for a key of text, or the attribute of an instance.
    pub fn get(self, key: &str) -> Option<Node<'g, 'a>> {
        match self.content()? {
            Content::Instance(number) => self.graph.instance(*number).attribute(key),
            _ => {
                let mut pairs = self.pairs()?.rev();
                pairs.find_map(|(name, value)| (name.as_str() == Some(key)).then_some(value))
            }
        }
    }

    /// Returns the class or function, if this is one.
    pub fn as_class(self) -> Option<&'g Class> {
        match self.content() {
            Some(Content::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// Returns the parts of an instance, if this is one.
    pub fn as_instance(self) -> Option<InstanceNode<'g, 'a>> {
        match self.content() {
            Some(Content::Instance(number)) => Some(self.graph.instance(*number)),
            _ => None,
        }
    }

    /// Returns the persistent id, if this is an object outside the pickle.
    pub fn persistent_id(self) -> Option<Node<'g, 'a>> {
        match self.content() {
            Some(Content::Persistent(row)) => {
                let slot = self.graph.row(*row).first();
                slot.map(|slot| self.graph.node(*slot))
            }
            _ => None,
        }
    }

    /// Returns its identity. `None` for values without one: numbers, `None`, and text that the pickle does
    /// not memoize.
    pub fn id(self) -> Option<NodeId> {
        match self.slot {
            Slot::Cell { id: number, .. } => Some(NodeId {
                is_text: false,
                number,
            }),
            Slot::Str { id: number, .. } | Slot::Bytes { id: number, .. } if number != NO_TEXT => {
                Some(NodeId {
                    is_text: true,
                    number,
                })
            }
            _ => None,
        }
    }

    /// Returns whether other places refer to the object, too.
    pub fn is_shared(self) -> bool {
        match self.slot {
            Slot::Cell { id, .. } => self.graph.cell(id).shared != 0,
            Slot::Str { id, .. } | Slot::Bytes { id, .. } => {
                let fetched = self.graph.fetched.get(id as usize);
                fetched.is_some_and(|number| *number != 0)
            }
            _ => false,
        }
    }

    /// Returns its offset in the message: that of its opcode, or of the beginning of its text or bytes.
    /// `None` beyond 4 GiB.
    pub fn offset(self) -> Option<usize> {
        let start = match self.slot {
            Slot::Str { text, .. } => text.as_ptr(),
            Slot::Bytes { bytes, .. } => bytes.as_ptr(),
            Slot::None { at }
            | Slot::Bool { at, .. }
            | Slot::Int { at, .. }
            | Slot::Float { at, .. }
            | Slot::Cell { at, .. } => return (at != u32::MAX).then_some(at as usize),
        };
        start.addr().checked_sub(self.graph.message.as_ptr().addr())
    }

    /// Returns the value with all that is in it, as a value of its own.
    ///
    /// # Errors
    /// Fails if it is nested deeper than [`Limits::depth`](crate::Limits::depth).
    pub fn to_value(self) -> Result<Value> {
        crate::decode::graph::Converter::new(self.graph, None).run(self.slot)
    }
}

impl std::fmt::Debug for Node<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("type", &self.type_name())
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

/// Iterates over the items of a container: [`Node::items`].
#[derive(Clone, Debug)]
pub struct Items<'g, 'a> {
    graph: &'g Graph<'a>,
    slots: std::slice::Iter<'g, Slot<'a>>,
}

/// Iterates over keys and values of a dict: [`Node::pairs`].
#[derive(Clone, Debug)]
pub struct Pairs<'g, 'a> {
    graph: &'g Graph<'a>,
    slots: std::slice::ChunksExact<'g, Slot<'a>>,
}

impl<'g, 'a> Items<'g, 'a> {
    fn node(&self, slot: &Slot<'a>) -> Node<'g, 'a> {
        self.graph.node(*slot)
    }
}

impl<'g, 'a> Pairs<'g, 'a> {
    fn node(&self, pair: &[Slot<'a>]) -> (Node<'g, 'a>, Node<'g, 'a>) {
        (self.graph.node(pair[0]), self.graph.node(pair[1]))
    }
}

macro_rules! iterate {
    ($name:ident, $item:ty) => {
        impl<'g, 'a> Iterator for $name<'g, 'a> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                let next = self.slots.next()?;
                Some(self.node(next))
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.slots.size_hint()
            }
        }

        impl DoubleEndedIterator for $name<'_, '_> {
            fn next_back(&mut self) -> Option<Self::Item> {
                let next = self.slots.next_back()?;
                Some(self.node(next))
            }
        }

        impl ExactSizeIterator for $name<'_, '_> {}
        impl std::iter::FusedIterator for $name<'_, '_> {}
    };
}
iterate!(Items, Node<'g, 'a>);
iterate!(Pairs, (Node<'g, 'a>, Node<'g, 'a>));
