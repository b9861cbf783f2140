//! `Deserialize` for the types that a [`Value`] consists of: [`Dict`], [`List`], [`Str`] and so on.

use serde::de::{Deserialize, Deserializer, Error, Unexpected};

use crate::{
    Buffer, ByteArray, Bytes, Class, Dict, FrozenSet, Instance, List, PersistentId, Set, Str,
    SurrogateStr, Tuple, Value,
};

macro_rules! from_value {
    ($($(#[$doc:meta])* $name:ident $expected:literal { $($pattern:pat => $made:expr),+ })*) => {$(
        $(#[$doc])*
        ///
        /// What is shared in it stays shared. A subclass is another type: read a [`Value`] for those.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match Value::deserialize(deserializer)? {
                    $($pattern => Ok($made),)+
                    other => Err(D::Error::invalid_type(
                        Unexpected::Other(other.type_name()),
                        &$expected,
                    )),
                }
            }
        }
    )*};
}

from_value! {
    /// From a `dict`.
    Dict "a dict" { Value::Dict(dict) => dict }
    /// From a `list`.
    List "a list" { Value::List(list) => list }
    /// From a `tuple`, or from a `list`: most formats have no tuples.
    Tuple "a tuple" { Value::Tuple(tuple) => tuple, Value::List(list) => list.into_vec().into() }
    /// From a `set`, or from a `list`: most formats have no sets.
    Set "a set" { Value::Set(set) => set, Value::List(list) => list.into_vec().into() }
    /// From a `frozenset`, or from a `list`: most formats have no sets.
    FrozenSet "a frozenset" {
        Value::FrozenSet(set) => set,
        Value::List(list) => list.into_vec().into()
    }
    /// From a `str`.
    Str "a str" { Value::Str(text) => text }
    /// From a `str` with lone surrogates.
    SurrogateStr "a str with lone surrogates" { Value::SurrogateStr(text) => text }
    /// From `bytes`.
    Bytes "bytes" { Value::Bytes(bytes) => bytes }
    /// From a `bytearray`, or from `bytes`: most formats have one type of bytes.
    ByteArray "a bytearray" {
        Value::ByteArray(bytes) => bytes,
        Value::Bytes(bytes) => bytes.into()
    }
    /// From a `PickleBuffer`, or from what it is in a pickle that has no buffers beside it: read-only from
    /// `bytes`, writable from a `bytearray`.
    Buffer "a PickleBuffer" {
        Value::Buffer(buffer) => buffer,
        Value::Bytes(bytes) => Buffer::readonly(bytes),
        Value::ByteArray(bytes) => Buffer::writable(bytes.into_vec())
    }
    /// From a class or function.
    Class "a class" { Value::Class(class) => class }
    /// From an instance of any class.
    Instance "an instance" { Value::Instance(instance) => instance }
    /// From a persistent id.
    PersistentId "a persistent id" { Value::Persistent(id) => id }
}
