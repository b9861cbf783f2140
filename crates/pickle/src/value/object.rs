//! What values consist of. These types contain each other, so that they are defined in one file;
//! what they can do is in the files beside it.

use std::sync::{Arc, OnceLock, RwLock, Weak};

use super::bytes::{Buffer, ByteArray, Bytes};
use super::class::Class;
use super::text::{Str, SurrogateStr};
use crate::BigInt;
use crate::key::Index;

/// Any Python value.
///
/// `Display` prints it as Python's `repr` does, `FromStr` reads it as `ast.literal_eval` does.
/// `==` compares types too, unlike Python's: `Value::Int(1)`, `Value::Bool(true)` and
/// `Value::Float(1.0)` are three different values, and the order of dicts and sets counts.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// `None`
    #[default]
    None,
    /// `bool`
    Bool(bool),
    /// `int`, as far as it fits
    Int(i64),
    /// `int` beyond an `i64`; `Value::from` puts each integer where it belongs
    BigInt(BigInt),
    /// `float`
    Float(f64),
    /// `complex`: the real and the imaginary part
    Complex(f64, f64),
    /// `str`
    Str(Str),
    /// `str` with lone surrogates in it, which no Rust string can hold
    SurrogateStr(SurrogateStr),
    /// `bytes`
    Bytes(Bytes),
    /// `bytearray`
    ByteArray(ByteArray),
    /// `pickle.PickleBuffer`: bytes that may travel beside the pickle (protocol 5)
    Buffer(Buffer),
    /// `tuple`
    Tuple(Tuple),
    /// `list`
    List(List),
    /// `dict`, in the order of insertion
    Dict(Dict),
    /// `set`; readers leave no duplicates in it
    Set(Set),
    /// `frozenset`; readers leave no duplicates in it
    FrozenSet(FrozenSet),
    /// A class, function or other global, by its name
    Class(Class),
    /// An object made by calling something: class, arguments, state, items
    Instance(Instance),
    /// An object outside of the pickle, by its persistent id (`Pickler.persistent_id`)
    Persistent(PersistentId),
    /// Stands for a container around it: the value contains itself
    Recursive(Anchor),
}

/// What is read is mostly values side by side.
const _: () = assert!(size_of::<Value>() == 24 || usize::BITS < 64);

/// Python's `tuple`.
#[derive(Clone)]
pub struct Tuple(pub(super) Items);

/// Python's `list`.
#[derive(Clone)]
pub struct List(pub(super) Items);

/// Python's `set`, in the order in which it came.
#[derive(Clone)]
pub struct Set(pub(super) Items);

/// Python's `frozenset`, in the order in which it came.
#[derive(Clone)]
pub struct FrozenSet(pub(super) Items);

/// An object outside of the pickle, by its persistent id: what `Pickler.persistent_id` gave.
#[derive(Clone)]
pub struct PersistentId(pub(super) Items);

/// Where the items are.
#[derive(Clone)]
pub(super) enum Items {
    /// As they were read, without anything beside them.
    Row(Row<Value>),
    Body(Arc<ItemsBody>),
}

/// What a handle refers to, where there is more to it than the items.
pub(crate) struct ItemsBody {
    pub(super) items: Vec<Value>,
    pub(super) anchor: Option<Anchor>,
    /// Of a frozenset with containers in it: what it is as a key, taken once.
    pub(super) print: Option<Box<u128>>,
}

/// Key and value pairs in the order of insertion: Python's `dict`.
///
/// Keys are told apart as Python does: `1`, `1.0` and `True` are one key. Keys that Python
/// could not hash (lists, dicts, sets) are for the caller to avoid: the peer refuses them.
#[derive(Clone)]
pub struct Dict(pub(super) Pairs);

/// Where the pairs are.
#[derive(Clone)]
pub(super) enum Pairs {
    /// A few as they were read, without anything beside them.
    Row(Row<(Value, Value)>),
    Body(Arc<DictBody>),
}

/// What a handle refers to, where there is more to it than the pairs.
pub(crate) struct DictBody {
    pub(super) pairs: Vec<(Value, Value)>,
    pub(super) anchor: Option<Anchor>,
    /// Made when a key is first looked for among many.
    pub(super) index: OnceLock<Box<Index>>,
}

/// An object as its pickle makes it: something is called, then changed. Nothing is called here.
///
/// It goes out again as it came in: the same call, the same changes, in the same order.
#[derive(Clone)]
pub struct Instance(pub(super) Arc<InstanceBody>);

pub(crate) struct InstanceBody {
    pub(super) parts: InstanceParts,
    pub(super) anchor: Option<Anchor>,
}

/// What an instance consists of.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct InstanceParts {
    /// How Python makes it.
    pub construction: Construction,
    /// What is called: nearly always a [`Class`].
    pub callable: Value,
    /// With which positional arguments: a tuple, or rarely what becomes one.
    pub args: Value,
    /// With which keyword arguments: a dict; `None` but for [`Construction::NewEx`].
    pub kwargs: Value,
    /// What happens to it then, in order.
    pub changes: Vec<Change>,
}

/// How Python makes an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Construction {
    /// `callable(*args)`: REDUCE
    Call,
    /// `cls.__new__(cls, *args)`: NEWOBJ
    #[default]
    New,
    /// `cls.__new__(cls, *args, **kwargs)`: NEWOBJ_EX
    NewEx,
    /// Python 2's instances of old-style classes: INST and OBJ
    Old,
}

/// What happens to an instance once it is made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Change {
    /// `x.__setstate__(state)`, or the state goes into `x.__dict__`: BUILD
    State(Value),
    /// `x.append(item)`: APPEND, APPENDS
    Append(Value),
    /// `x[key] = value`: SETITEM, SETITEMS
    SetItem(Value, Value),
    /// `x.add(item)`: ADDITEMS
    Add(Value),
    /// A call whose result is thrown away, with `x` as an argument: the `state_setter` of
    /// `__reduce__`
    Call(Value),
}

/// Ties a container to the places inside of it where it appears again.
///
/// `[…, itself]` is a list that carries an anchor, with [`Value::Recursive`] of the same anchor as
/// an item. Nothing leaks: the way back does not keep the container alive.
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
/// What changes it in place ([`List::make_mut`], [`Dict::insert`], [`Instance::make_mut`]) moves
/// it: printing, comparing and [`dumps`](crate::dumps) know it as before, but
/// [`resolve`](Self::resolve) and [`Value::id`] of the way back find nothing. Where there are
/// other handles, they change a copy, in which [`Value::Recursive`] still stands for the original,
/// as in Python's `x.copy()`. `dumps` refuses such a copy: put what `resolve` gives in its place.
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

/// Items and how many handles refer to them, in one allocation.
#[derive(Clone)]
pub(super) struct Row<T: Part>(pub(super) triomphe::Arc<[T]>, pub(super) Level);

/// What a row consists of: values, or pairs of them.
pub(crate) trait Part: Clone + Default {
    /// Takes out what there may be more below of.
    fn take_deep(&mut self, take: &mut impl FnMut(Value));
}

/// A level of containers that is being dropped, until this is. The last field of a container whose
/// items go as its fields do, after it has called [`enter`].
#[derive(Clone)]
pub(super) struct Level;
