//! Python objects as data, so that both sides can build the same.

use std::collections::HashSet;

use num_bigint::BigInt;
use num_traits::FromPrimitive as _;

/// A graph of objects; the last one is what is pickled.
///
/// Tuples, sets and the keys of dicts name earlier objects, and keys only such as can be
/// hashed, each value once. Lists, the values of dicts and what instances hold may name any
/// object: that makes cycles.
#[derive(Debug, Clone)]
pub struct Model {
    /// In the order in which they can be made.
    pub objects: Vec<Object>,
}

/// One object. Numbers are places in [`Model::objects`].
#[derive(Debug, Clone)]
pub enum Object {
    /// `None`
    None,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(BigInt),
    /// `float`, by its bits
    Float(u64),
    /// `complex`, by the bits of both parts
    Complex(u64, u64),
    /// `str`, by its code points, surrogates among them
    Str(Vec<u32>),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `bytearray`
    ByteArray(Vec<u8>),
    /// `tuple`
    Tuple(Vec<usize>),
    /// `list`
    List(Vec<usize>),
    /// `dict`
    Dict(Vec<(usize, usize)>),
    /// `set`
    Set(Vec<usize>),
    /// `frozenset`
    FrozenSet(Vec<usize>),
    /// An instance of a class of `classes.py`: what it is made with, and what it holds then
    Instance(Class, Vec<usize>, Vec<usize>),
}

/// The classes of `classes.py`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// What it holds lies in its `__dict__`
    Attributes,
    /// What it holds lies in its slots
    Slots,
    /// Its `__reduce__` has arguments and items
    Made,
}

impl Class {
    /// Its name in Python.
    pub fn name(self) -> &'static str {
        match self {
            Class::Attributes => "Attributes",
            Class::Slots => "Slots",
            Class::Made => "Made",
        }
    }
}

/// What the attributes and slots are called.
pub const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

impl Object {
    /// Whether other objects are in it.
    pub fn is_container(&self) -> bool {
        matches!(
            self,
            Object::Tuple(_)
                | Object::List(_)
                | Object::Dict(_)
                | Object::Set(_)
                | Object::FrozenSet(_)
                | Object::Instance(..)
        )
    }
}

impl Model {
    /// The place of the object that is pickled.
    pub fn root(&self) -> usize {
        self.objects.len() - 1
    }

    /// The items with each value of Python's `==` once: the first of them.
    pub fn distinct(&self, items: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut seen = HashSet::new();
        let new = |&at: &usize| self.key(at).is_some_and(|key| seen.insert(key));
        items.into_iter().filter(new).collect()
    }

    /// A text that is the same for keys that are equal in Python; None for what has no hash.
    fn key(&self, at: usize) -> Option<String> {
        Some(match &self.objects[at] {
            Object::None => "None".to_owned(),
            Object::Bool(value) => format!("n{}", u8::from(*value)),
            Object::Int(value) => format!("n{value}"),
            Object::Float(bits) => number(f64::from_bits(*bits)),
            Object::Complex(real, imag) if f64::from_bits(*imag) == 0.0 => {
                number(f64::from_bits(*real))
            }
            Object::Complex(real, imag) => {
                let part = |bits: &u64| number(f64::from_bits(*bits));
                format!("c{}+{}", part(real), part(imag))
            }
            Object::Str(points) => format!("s{points:?}"),
            Object::Bytes(bytes) => format!("b{bytes:?}"),
            Object::Tuple(items) => format!("({})", self.keys(items)?.join(",")),
            Object::FrozenSet(items) => {
                let mut keys = self.keys(items)?;
                keys.sort();
                format!("{{{}}}", keys.join(","))
            }
            Object::ByteArray(_)
            | Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Instance(..) => return None,
        })
    }

    fn keys(&self, items: &[usize]) -> Option<Vec<String>> {
        items.iter().map(|&at| self.key(at)).collect()
    }

    /// Whether it can be a key, and is small when written out as a tree.
    pub fn is_small_key(&self, at: usize) -> bool {
        self.key_size(at, 100).is_some()
    }

    /// What is left of `budget` once the object is written out.
    fn key_size(&self, at: usize, budget: usize) -> Option<usize> {
        match &self.objects[at] {
            Object::Tuple(items) | Object::FrozenSet(items) => items
                .iter()
                .try_fold(budget.checked_sub(1)?, |left, &item| {
                    self.key_size(item, left)
                }),
            Object::ByteArray(_)
            | Object::List(_)
            | Object::Dict(_)
            | Object::Set(_)
            | Object::Instance(..) => None,
            _ => budget.checked_sub(1),
        }
    }
}

/// Whole floats are keys as the same `int` is. All NaNs count as one here, which leaves the
/// order of a set's items clear.
fn number(value: f64) -> String {
    match BigInt::from_f64(value) {
        Some(whole) if value.fract() == 0.0 => format!("n{whole}"),
        _ if value.is_nan() => "nan".to_owned(),
        _ => format!("f{value:e}"),
    }
}
