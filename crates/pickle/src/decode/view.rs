//! One level of a value, in a [`Value`] or a graph: what deserializers look at.

use crate::{
    BigInt, Bytes, Change, Class, Construction, InstanceParts, Result, Str, SurrogateStr, Value,
};

/// A node in a tree of values.
pub(crate) trait Tree<'de>: Copy {
    /// Iterates over items.
    type Items: ExactSizeIterator<Item = Self>;
    /// Iterates over keys and values.
    type Pairs: ExactSizeIterator<Item = (Self, Self)>;
    /// Remembers the values that were converted.
    type Kept;

    /// Returns the value, one level deep.
    fn view(self) -> View<'de, Self>;

    /// Returns the value with all that is in it. What is shared stays shared, also among values that were
    /// converted with the same `kept`.
    fn to_value(self, kept: &mut Option<Self::Kept>) -> Result<Value>;

    /// Returns whether all keys of this dict, or items of this set, certainly differ in Python. `false`
    /// if that takes a closer look.
    fn differ(self) -> bool;

    /// Returns its offset in the message, if there is one.
    fn offset(self) -> Option<usize>;

    /// Returns its identity, if it is a shared object.
    fn shared(self) -> Option<usize>;
}

/// Text that may be borrowed from the message.
pub(crate) enum Text<'de> {
    Borrowed(&'de str),
    Shared(Str),
}

/// Bytes that may be borrowed from the message.
#[derive(Clone, Debug)]
pub(crate) enum Blob<'de> {
    Borrowed(&'de [u8]),
    Shared(Bytes),
}

impl Blob<'_> {
    /// How many bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Blob::Borrowed(bytes) => bytes.len(),
            Blob::Shared(bytes) => bytes.len(),
        }
    }
}

/// The type of a container of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContainerKind {
    Tuple,
    List,
    Set,
    FrozenSet,
}

/// A value, one level deep.
pub(crate) enum View<'de, T: Tree<'de>> {
    None,
    Bool(bool),
    Int(i64),
    BigInt(BigInt),
    Float(f64),
    Complex(f64, f64),
    Str(Text<'de>),
    SurrogateStr(SurrogateStr),
    Bytes(Blob<'de>),
    ByteArray(Blob<'de>),
    Buffer(Blob<'de>),
    Items(ContainerKind, T::Items),
    Dict(T::Pairs),
    Class(Class),
    Instance(Box<InstanceView<T>>),
    Persistent(T),
    /// A reference to a container around this node.
    Recursive,
}

/// An instance, one level deep.
pub(crate) struct InstanceView<T> {
    pub(crate) construction: Construction,
    pub(crate) callable: T,
    pub(crate) args: T,
    pub(crate) kwargs: Option<T>,
    /// Returns the last state that it is given.
    pub(crate) state: Option<T>,
    pub(crate) appended: Vec<T>,
    pub(crate) added: Vec<T>,
    pub(crate) pairs: Vec<(T, T)>,
}

impl<'de> Tree<'de> for &'de Value {
    type Items = std::slice::Iter<'de, Value>;
    type Pairs = std::iter::Map<
        std::slice::Iter<'de, (Value, Value)>,
        fn(&'de (Value, Value)) -> (&'de Value, &'de Value),
    >;
    type Kept = ();

    fn view(self) -> View<'de, Self> {
        match self {
            Value::None => View::None,
            Value::Bool(value) => View::Bool(*value),
            Value::Int(value) => View::Int(*value),
            Value::BigInt(value) => View::BigInt(value.clone()),
            Value::Float(value) => View::Float(*value),
            Value::Complex(real, imaginary) => View::Complex(*real, *imaginary),
            Value::Str(text) => View::Str(Text::Borrowed(text)),
            Value::SurrogateStr(text) => View::SurrogateStr(text.clone()),
            Value::Bytes(bytes) => View::Bytes(Blob::Borrowed(bytes)),
            Value::ByteArray(bytes) => View::ByteArray(Blob::Borrowed(bytes)),
            Value::Buffer(bytes) => View::Buffer(Blob::Borrowed(bytes)),
            Value::Tuple(items) => View::Items(ContainerKind::Tuple, items.iter()),
            Value::List(items) => View::Items(ContainerKind::List, items.iter()),
            Value::Set(items) => View::Items(ContainerKind::Set, items.iter()),
            Value::FrozenSet(items) => View::Items(ContainerKind::FrozenSet, items.iter()),
            Value::Dict(dict) => View::Dict(dict.pairs().iter().map(both as fn(_) -> _)),
            Value::Class(class) => View::Class(class.clone()),
            Value::Instance(instance) => View::Instance(Box::new(instance.parts().into())),
            Value::Persistent(id) => View::Persistent(id.id()),
            Value::Recursive(_) => View::Recursive,
        }
    }

    fn to_value(self, _kept: &mut Option<()>) -> Result<Value> {
        Ok(self.clone())
    }

    fn differ(self) -> bool {
        true
    }

    fn offset(self) -> Option<usize> {
        None
    }

    fn shared(self) -> Option<usize> {
        let (unique, address) = match self {
            Value::Str(text) => (text.is_unique(), text.address()),
            Value::Bytes(bytes) => (bytes.is_unique(), bytes.address()),
            Value::Tuple(items) => (items.is_unique(), items.address()),
            Value::List(items) => (items.is_unique(), items.address()),
            Value::Set(items) => (items.is_unique(), items.address()),
            Value::FrozenSet(items) => (items.is_unique(), items.address()),
            Value::Dict(dict) => (dict.is_unique(), dict.address()),
            Value::Instance(instance) => (instance.is_unique(), instance.address()),
            _ => return None,
        };
        (!unique).then_some(address)
    }
}

fn both((key, value): &(Value, Value)) -> (&Value, &Value) {
    (key, value)
}

impl<'de> From<&'de InstanceParts> for InstanceView<&'de Value> {
    fn from(parts: &'de InstanceParts) -> Self {
        let mut view = InstanceView {
            construction: parts.construction,
            callable: &parts.callable,
            args: &parts.args,
            kwargs: Some(&parts.kwargs).filter(|kwargs| !kwargs.is_none()),
            state: None,
            appended: Vec::new(),
            added: Vec::new(),
            pairs: Vec::new(),
        };
        for change in &parts.changes {
            match change {
                Change::State(state) => view.state = Some(state),
                Change::Append(item) => view.appended.push(item),
                Change::Add(item) => view.added.push(item),
                Change::SetItem(key, value) => view.pairs.push((key, value)),
                Change::Call(_) => {}
            }
        }
        view
    }
}
