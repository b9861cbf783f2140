//! [`Value`]: any Python value.
//!
//! A [`Value`] behaves like a reference to a Python object: containers, text and bytes are handles
//! to shared data. Cloning one is cheap and `ptr_eq` is Python's `is`. A change through `make_mut`
//! leaves other handles as they were.

mod anchor;
mod bytes;
mod class;
mod compare;
mod convert;
mod dict;
mod discard;
mod handle;
mod instance;
mod items;
mod object;
mod place;
mod row;
mod text;

pub use bytes::{Buffer, ByteArray, Bytes};
pub use class::Class;
pub(crate) use handle::Handle;
pub(super) use items::OpenRow;
pub use object::{
    Anchor, Change, Construction, Dict, FrozenSet, Instance, InstanceParts, List, PersistentId,
    Set, Tuple, Value,
};
pub use text::{Str, SurrogateStr};

impl Value {
    /// Makes a `list`.
    pub fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Self {
        Value::List(items.into_iter().collect())
    }

    /// Makes a `tuple`.
    pub fn tuple<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Self {
        Value::Tuple(items.into_iter().collect())
    }

    /// Makes a `dict`; of equal keys the first key and the last value stay.
    pub fn dict<K: Into<Value>, V: Into<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Value::Dict(pairs.into_iter().collect())
    }

    /// Returns `type(x).__name__`. For an instance that is the name of its class, as far as the
    /// pickle has it.
    pub fn type_name(&self) -> &str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Complex(..) => "complex",
            Value::Str(_) | Value::SurrogateStr(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::ByteArray(_) => "bytearray",
            Value::Buffer(_) => "PickleBuffer",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::FrozenSet(_) => "frozenset",
            Value::Class(_) => "type",
            Value::Instance(instance) => instance.class().map_or("object", Class::name),
            Value::Persistent(_) => "persistent id",
            Value::Recursive(_) => "recursive reference",
        }
    }

    /// Returns whether this is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// Returns the truth value of a `bool`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the number, if this is an `int` that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::BigInt(value) => i64::try_from(value).ok(),
            _ => None,
        }
    }

    /// Returns the number, if this is a `float`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the text, if this is a `str` without lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the bytes, if this is a `bytes`, `bytearray` or buffer.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(value) => Some(value),
            Value::ByteArray(value) => Some(value),
            Value::Buffer(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the items, if this is a `tuple`, `list`, `set` or `frozenset`.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(items) => Some(items),
            Value::List(items) => Some(items),
            Value::Set(items) => Some(items),
            Value::FrozenSet(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the dict, if this is a `dict`.
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Value::Dict(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the class or function, if this is one.
    pub fn as_class(&self) -> Option<&Class> {
        match self {
            Value::Class(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the instance, if this is one.
    pub fn as_instance(&self) -> Option<&Instance> {
        match self {
            Value::Instance(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the value of a `dict` for a key of text (`x.get(key)`), or an instance's attribute.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Dict(dict) => dict.get_str(key),
            Value::Instance(instance) => instance.attribute(key),
            _ => None,
        }
    }

    /// Returns whether it can contain values, and so be part of a cycle or deep.
    pub(crate) fn is_container(&self) -> bool {
        matches!(
            self,
            Value::Tuple(_)
                | Value::List(_)
                | Value::Dict(_)
                | Value::Set(_)
                | Value::FrozenSet(_)
                | Value::Instance(_)
                | Value::Persistent(_)
        )
    }
}
