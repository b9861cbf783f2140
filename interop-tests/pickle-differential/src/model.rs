//! Python objects as data, from which both sides build the same.

use std::collections::HashSet;

use num_bigint::BigInt;
use num_traits::FromPrimitive as _;

/// A graph of objects; the last one is pickled.
///
/// Tuples, sets and keys of dicts refer to earlier objects, and keys and items of sets are hashable
/// and distinct. Lists, values of dicts and instances may refer to any object, which makes cycles.
#[derive(Debug, Clone)]
pub struct Model {
    /// The objects, in the order in which they can be made.
    pub objects: Vec<Object>,
}

/// An object. Numbers are indices into [`Model::objects`].
#[derive(Debug, Clone)]
pub enum Object {
    /// `None`.
    None,
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int(BigInt),
    /// `float`, as its bits.
    Float(u64),
    /// `complex`, as the bits of both parts.
    Complex(u64, u64),
    /// `str`, as code points, including surrogates.
    Str(Vec<u32>),
    /// `bytes`.
    Bytes(Vec<u8>),
    /// `bytearray`.
    ByteArray(Vec<u8>),
    /// `tuple`.
    Tuple(Vec<usize>),
    /// `list`.
    List(Vec<usize>),
    /// `dict`.
    Dict(Vec<(usize, usize)>),
    /// `set`.
    Set(Vec<usize>),
    /// `frozenset`.
    FrozenSet(Vec<usize>),
    /// An instance of a class of `classes.py`: its arguments, and its content.
    Instance(Class, Vec<usize>, Vec<usize>),
}

/// The classes of `classes.py`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Its content is in its `__dict__`.
    Attributes,
    /// Its content is in its slots.
    Slots,
    /// Its `__reduce__` has arguments and items.
    Made,
}

impl Class {
    /// Returns the name in Python.
    pub fn name(self) -> &'static str {
        match self {
            Class::Attributes => "Attributes",
            Class::Slots => "Slots",
            Class::Made => "Made",
        }
    }
}

/// Names of the attributes and slots.
pub const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

impl Object {
    /// Returns whether it can contain other objects.
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
    /// Returns the index of the object that is pickled.
    pub fn root(&self) -> usize {
        self.objects.len() - 1
    }

    /// Keeps the first of items that are equal in Python.
    pub fn distinct(&self, items: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut seen = HashSet::new();
        let new = |&at: &usize| self.key(at).is_some_and(|key| seen.insert(key));
        items.into_iter().filter(new).collect()
    }

    /// Returns a text that is equal for keys that are equal in Python; `None` if it is not
    /// hashable.
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

    /// Returns whether it can be a key, and is small when written out as a tree.
    pub fn is_small_key(&self, at: usize) -> bool {
        self.key_size(at, 100).is_some()
    }

    /// Returns what is left of `budget` once the object is written out.
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

/// Returns the key of a float. Whole floats equal the same `int`. All NaNs are taken for one, so
/// that the order of a set's items is defined.
fn number(value: f64) -> String {
    match BigInt::from_f64(value) {
        Some(whole) if value.fract() == 0.0 => format!("n{whole}"),
        _ if value.is_nan() => "nan".to_owned(),
        _ => format!("f{value:e}"),
    }
}
