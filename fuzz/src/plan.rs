//! Values of every kind, made of the fuzzer's bytes.

use arbitrary::Arbitrary;

/// A Python value as the fuzzer imagines it: keys may repeat, sets hold anything.
#[derive(Debug, Clone, Arbitrary)]
pub enum Plan {
    /// `None`
    None,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `int` of any size, as two's complement, little-endian
    BigInt(Vec<u8>),
    /// `float`
    Float(f64),
    /// `str`
    Str(String),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `tuple`
    Tuple(Vec<Plan>),
    /// `list`
    List(Vec<Plan>),
    /// `dict`
    Dict(Vec<(Key, Plan)>),
    /// `set`
    Set(Vec<Key>),
    /// `frozenset`
    FrozenSet(Vec<Key>),
}

/// What Python can hash.
#[derive(Debug, Clone, Arbitrary)]
pub enum Key {
    /// `None`
    None,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `float`
    Float(f64),
    /// `str`
    Str(String),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `tuple`
    Tuple(Vec<Key>),
    /// `frozenset`
    FrozenSet(Vec<Key>),
}

impl From<Key> for Plan {
    fn from(key: Key) -> Plan {
        match key {
            Key::None => Plan::None,
            Key::Bool(value) => Plan::Bool(value),
            Key::Int(value) => Plan::Int(value),
            Key::Float(value) => Plan::Float(value),
            Key::Str(text) => Plan::Str(text),
            Key::Bytes(bytes) => Plan::Bytes(bytes),
            Key::Tuple(items) => Plan::Tuple(items.into_iter().map(Plan::from).collect()),
            Key::FrozenSet(items) => Plan::FrozenSet(items),
        }
    }
}
