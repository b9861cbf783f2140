//! Plans: values of every kind, made from the fuzzer's bytes.

use arbitrary::Arbitrary;

/// A Python value as the fuzzer generates it: keys may repeat, sets hold anything.
#[derive(Debug, Clone, Arbitrary)]
pub enum Plan {
    /// A value that can also be a key.
    Key(Key),
    /// `int` of any size, in little-endian two's complement.
    BigInt(Vec<u8>),
    /// `complex`.
    Complex(f64, f64),
    /// `bytearray`.
    ByteArray(Vec<u8>),
    /// `tuple`.
    Tuple(Vec<Plan>),
    /// `list`.
    List(Vec<Plan>),
    /// `dict`.
    Dict(Vec<(Key, Plan)>),
    /// `set`.
    Set(Vec<Key>),
    /// `shop.Order` with these arguments, this state and these items.
    Instance(Vec<Plan>, Option<Box<Plan>>, Vec<Plan>),
    /// A class by name.
    Class(u8),
    /// A persistent id.
    Persistent(Box<Plan>),
    /// An object made before.
    Again(u8),
    /// An enclosing container.
    Back(u8),
}

/// A hashable value.
#[derive(Debug, Clone, Arbitrary)]
pub enum Key {
    /// `None`.
    None,
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int(i64),
    /// `float`.
    Float(f64),
    /// `str`.
    Str(String),
    /// `str` of any 16-bit units, including lone surrogates.
    Units(Vec<u16>),
    /// `bytes`.
    Bytes(Vec<u8>),
    /// `tuple`.
    Tuple(Vec<Key>),
    /// `frozenset`.
    FrozenSet(Vec<Key>),
}
