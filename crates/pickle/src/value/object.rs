//! The types of values. They contain each other and so are defined in one file; their methods are
//! in the files beside it.

use std::sync::{Arc, OnceLock, RwLock, Weak};

use super::bytes::{Buffer, ByteArray, Bytes};
use super::class::Class;
use super::text::{Str, SurrogateStr};
use crate::BigInt;
use crate::key::Index;

/// Any Python value.
///
/// `Display` prints it as Python's `repr` does; `FromStr` reads it as `ast.literal_eval` does.
/// `==` compares types too, unlike Python's: `Value::Int(1)`, `Value::Bool(true)` and
/// `Value::Float(1.0)` differ, and so do dicts and sets in different orders.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// `None`.
    #[default]
    None,
    /// `bool`.
    Bool(bool),
    /// `int` that fits.
    Int(i64),
    /// `int` beyond an `i64`; `Value::from` chooses the variant.
    BigInt(BigInt),
    /// `float`.
    Float(f64),
    /// `complex`: the real and the imaginary part.
    Complex(f64, f64),
    /// `str`.
    Str(Str),
    /// `str` with lone surrogates, which no Rust string can hold.
    SurrogateStr(SurrogateStr),
    /// `bytes`.
    Bytes(Bytes),
    /// `bytearray`.
    ByteArray(ByteArray),
    /// `pickle.PickleBuffer`: bytes that may be sent beside the pickle (protocol 5).
    Buffer(Buffer),
    /// `tuple`.
    Tuple(Tuple),
    /// `list`.
    List(List),
    /// `dict`, in insertion order.
    Dict(Dict),
    /// `set`; readers leave no duplicates in it.
    Set(Set),
    /// `frozenset`; readers leave no duplicates in it.
    FrozenSet(FrozenSet),
    /// A class, function or other global, by name.
    Class(Class),
    /// An object made by a call: callable, arguments, state, items.
    Instance(Instance),
    /// An object outside the pickle, by persistent id (`Pickler.persistent_id`).
    Persistent(PersistentId),
    /// Stands for an enclosing container: the value contains itself.
    Recursive(Anchor),
}

// Decoded data are mostly arrays of values: keep them small.
const _: () = assert!(size_of::<Value>() == 24 || usize::BITS < 64);

/// Python's `tuple`.
#[derive(Clone)]
pub struct Tuple(pub(super) Items);

/// Python's `list`.
#[derive(Clone)]
pub struct List(pub(super) Items);

/// Python's `set`, in the order received.
#[derive(Clone)]
pub struct Set(pub(super) Items);

/// Python's `frozenset`, in the order received.
#[derive(Clone)]
pub struct FrozenSet(pub(super) Items);

/// An object outside the pickle, by the persistent id that `Pickler.persistent_id` returned.
#[derive(Clone)]
pub struct PersistentId(pub(super) Items);

/// Storage of the items.
#[derive(Clone)]
pub(super) enum Items {
    /// As read, with no other data.
    Row(Row<Value>),
    Body(Arc<ItemsBody>),
}

/// Items with further data.
pub(crate) struct ItemsBody {
    pub(super) items: Vec<Value>,
    pub(super) anchor: Option<Anchor>,
    /// Fingerprint of a frozenset with containers in it, computed once.
    pub(super) fingerprint: Option<Box<u128>>,
}

/// Python's `dict`: pairs in insertion order.
///
/// Keys are equal if they are in Python: `1`, `1.0` and `True` are one key. The caller must avoid
/// keys that Python cannot hash (lists, dicts, sets): the peer refuses them.
#[derive(Clone)]
pub struct Dict(pub(super) Pairs);

/// Storage of the pairs.
#[derive(Clone)]
pub(super) enum Pairs {
    /// A few pairs as read, with no other data.
    Row(Row<(Value, Value)>),
    Body(Arc<DictBody>),
}

/// Pairs with further data.
pub(crate) struct DictBody {
    pub(super) pairs: Vec<(Value, Value)>,
    pub(super) anchor: Option<Anchor>,
    /// Made at the first lookup among many keys.
    pub(super) index: OnceLock<Box<Index>>,
}

/// An object as its pickle describes it: a call, then changes. Nothing is called here.
///
/// It is written as it was read: the same call and the same changes, in the same order.
#[derive(Clone)]
pub struct Instance(pub(super) Arc<InstanceBody>);

pub(crate) struct InstanceBody {
    pub(super) parts: InstanceParts,
    pub(super) anchor: Option<Anchor>,
}

/// The parts of an instance.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct InstanceParts {
    /// How Python makes the object.
    pub construction: Construction,
    /// The callable: nearly always a [`Class`].
    pub callable: Value,
    /// The positional arguments: a tuple, or rarely an instance that becomes one.
    pub args: Value,
    /// The keyword arguments: a dict for [`Construction::NewEx`], otherwise `None`.
    pub kwargs: Value,
    /// The changes that follow, in order.
    pub changes: Vec<Change>,
}

/// How Python makes an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Construction {
    /// `callable(*args)`: REDUCE.
    Call,
    /// `cls.__new__(cls, *args)`: NEWOBJ.
    #[default]
    New,
    /// `cls.__new__(cls, *args, **kwargs)`: NEWOBJ_EX.
    NewEx,
    /// Python 2's instances of old-style classes: INST and OBJ.
    Old,
}

/// A change of an instance after it is made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// `x.__setstate__(state)`, or the state goes into `x.__dict__`: BUILD.
    State(Value),
    /// `x.append(item)`: APPEND, APPENDS.
    Append(Value),
    /// `x[key] = value`: SETITEM, SETITEMS.
    SetItem(Value, Value),
    /// `x.add(item)`: ADDITEMS.
    Add(Value),
    /// A call with `x` as an argument, whose result is dropped: the `state_setter` of
    /// `__reduce__`.
    Call(Value),
}

/// Ties a container to the places in it where it appears again.
///
/// `[…, itself]` is a list that carries an anchor and has a [`Value::Recursive`] of the same anchor
/// as an item. Nothing leaks: the back reference does not keep the container alive.
///
/// To change such a container, take it apart and tie it again:
///
/// ```
/// use mpconn_pickle::{Anchor, List, Protocol, Value, dumps};
///
/// let anchor = Anchor::new();
/// let list = List::with_anchor(vec![Value::Recursive(anchor.clone())], &anchor);
/// let mut items = list.into_vec();
/// items.push(1.into());
/// let list = Value::from(List::with_anchor(items, &anchor));
/// assert_eq!(list.to_string(), "[[...], 1]");
/// assert!(anchor.resolve().is_some_and(|found| found.id() == list.id()));
/// # assert!(dumps(&list, Protocol::V5).is_ok());
/// ```
///
/// A change in place ([`List::make_mut`], [`Dict::insert`], [`Instance::make_mut`]) moves the
/// container. Printing, comparing and [`dumps`](crate::dumps) still work, but
/// [`resolve`](Self::resolve) and [`Value::id`] of the back reference return `None`. If there are
/// other handles, the change makes a copy in which [`Value::Recursive`] still stands for the
/// original, as in Python's `x.copy()`. `dumps` refuses such a copy: replace the back reference by
/// what `resolve` returns.
#[derive(Clone)]
pub struct Anchor(pub(super) Arc<RwLock<Option<Target>>>);

/// The container, while it lives.
pub(crate) enum Target {
    Tuple(Weak<ItemsBody>),
    List(Weak<ItemsBody>),
    Set(Weak<ItemsBody>),
    FrozenSet(Weak<ItemsBody>),
    PersistentId(Weak<ItemsBody>),
    Dict(Weak<DictBody>),
    Instance(Weak<InstanceBody>),
}

/// Items and their reference count, in one allocation.
#[derive(Clone)]
pub(super) struct Row<T: Part>(pub(super) triomphe::Arc<[T]>, pub(super) Level);

/// An item of a row: a value, or a pair of values.
pub(crate) trait Part: Clone + Default {
    /// Moves out the values that may be deep.
    fn take_deep(&mut self, take: &mut impl FnMut(Value));
}

/// A level of containers being dropped, until this is. It is the last field of a container that
/// has called `discard::enter`, so that it outlives the items.
#[derive(Clone)]
pub(super) struct Level;
