//! Values of every kind, made of the fuzzer's bytes.

use arbitrary::Arbitrary;

/// A Python value as the fuzzer imagines it: keys may repeat, sets hold anything.
#[derive(Debug, Clone, Arbitrary)]
pub enum Plan {
    /// What can be a key as well
    Key(Key),
    /// `int` of any size, as two's complement, little-endian
    BigInt(Vec<u8>),
    /// `complex`
    Complex(f64, f64),
    /// `bytearray`
    ByteArray(Vec<u8>),
    /// `tuple`
    Tuple(Vec<Plan>),
    /// `list`
    List(Vec<Plan>),
    /// `dict`
    Dict(Vec<(Key, Plan)>),
    /// `set`
    Set(Vec<Key>),
    /// `shop.Order`, made with these arguments, given this state and these items
    Instance(Vec<Plan>, Option<Box<Plan>>, Vec<Plan>),
    /// A class by its name
    Class(u8),
    /// A persistent id
    Persistent(Box<Plan>),
    /// An object that was made before
    Again(u8),
    /// A container around it
    Back(u8),
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
    /// `str` of any 16-bit units, lone surrogates among them
    Units(Vec<u16>),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `tuple`
    Tuple(Vec<Key>),
    /// `frozenset`
    FrozenSet(Vec<Key>),
}
