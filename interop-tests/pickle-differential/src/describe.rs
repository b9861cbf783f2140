//! Describes a value as text: types, bits and sharing. `description.py` does the same in Python.

use std::collections::HashMap;
use std::fmt::Write as _;

use num_bigint::BigInt;

use crate::codec::{self, Identity, Value};

/// A value as far as both sides have it.
#[derive(Debug)]
pub enum Shape<'a> {
    /// `None`.
    None,
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int(BigInt),
    /// `float`.
    Float(f64),
    /// `complex`.
    Complex(f64, f64),
    /// `str`, as code points.
    Str(Vec<u32>),
    /// `bytes`.
    Bytes(&'a [u8]),
    /// `bytearray`.
    ByteArray(&'a [u8]),
    /// `tuple`.
    Tuple(Vec<&'a Value>),
    /// `list`.
    List(Vec<&'a Value>),
    /// `dict`.
    Dict(Vec<(&'a Value, &'a Value)>),
    /// `set`.
    Set(Vec<&'a Value>),
    /// `frozenset`.
    FrozenSet(Vec<&'a Value>),
    /// An instance of a class of `classes.py`: the class and the content.
    Instance(&'a str, Vec<&'a Value>),
    /// A reference to an enclosing container, by its identity.
    Back,
    /// A value that no test makes.
    Other(String),
}

/// Returns the description of a value. With `sharing`, each object with an identity gets a
/// number where it first appears (`list#0[]`) and is only referred to later (`@0`).
pub fn describe(value: &Value, sharing: bool) -> String {
    let mut out = String::new();
    let mut seen = sharing.then(HashMap::new);
    write(&mut out, value, &mut seen);
    out
}

type Seen = Option<HashMap<Identity, usize>>;

fn write(out: &mut String, value: &Value, seen: &mut Seen) {
    let shape = codec::shape(value);
    let number = match (seen.as_mut(), has_identity(&shape), codec::identity(value)) {
        (Some(seen), true, Some(identity)) => {
            if let Some(number) = seen.get(&identity) {
                let _ = write!(out, "@{number}");
                return;
            }
            let number = seen.len();
            seen.insert(identity, number);
            format!("#{number}")
        }
        // No other reference: it gets a number of its own.
        (Some(seen), true, None) => {
            let number = seen.len();
            seen.insert(Identity::Lone(number), number);
            format!("#{number}")
        }
        _ => String::new(),
    };
    let _ = match shape {
        Shape::None => write!(out, "None"),
        Shape::Bool(true) => write!(out, "True"),
        Shape::Bool(false) => write!(out, "False"),
        Shape::Int(value) => write!(out, "int:{value:x}"),
        Shape::Float(value) => write!(out, "float:{:016x}", value.to_bits()),
        Shape::Complex(real, imag) => {
            write!(
                out,
                "complex:{:016x},{:016x}",
                real.to_bits(),
                imag.to_bits()
            )
        }
        Shape::Str(points) => write!(out, "str{number}\"{}\"", text(&points)),
        Shape::Bytes(bytes) => write!(out, "bytes{number}:{}", hex(bytes)),
        Shape::ByteArray(bytes) => write!(out, "bytearray{number}:{}", hex(bytes)),
        Shape::Tuple(items) => return list(out, &format!("tuple{number}["), items, seen),
        Shape::List(items) => return list(out, &format!("list{number}["), items, seen),
        Shape::Set(items) => return list(out, &format!("set{number}["), sorted(items), seen),
        Shape::FrozenSet(items) => {
            return list(out, &format!("frozenset{number}["), sorted(items), seen);
        }
        Shape::Dict(pairs) => {
            let items = pairs.into_iter().flat_map(|(key, value)| [key, value]);
            return list(out, &format!("dict{number}["), items.collect(), seen);
        }
        Shape::Instance(class, items) => {
            return list(out, &format!("{class}{number}["), items, seen);
        }
        Shape::Back => write!(out, "a way back to nowhere"),
        Shape::Other(what) => write!(out, "other:{what}"),
    };
}

/// CPython has one empty tuple and one `'a'`, whose sharing does not count.
fn has_identity(shape: &Shape<'_>) -> bool {
    match shape {
        Shape::Str(points) => points.len() > 1,
        Shape::Bytes(bytes) => bytes.len() > 1,
        Shape::Tuple(items) | Shape::FrozenSet(items) => !items.is_empty(),
        Shape::ByteArray(_) | Shape::List(_) | Shape::Dict(_) | Shape::Set(_) => true,
        Shape::Instance(..) | Shape::Back => true,
        _ => false,
    }
}

fn list(out: &mut String, open: &str, items: Vec<&Value>, seen: &mut Seen) {
    out.push_str(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        write(out, item, seen);
    }
    out.push(']');
}

/// Sorts a set by the descriptions of its items without numbers.
fn sorted(mut items: Vec<&Value>) -> Vec<&Value> {
    items.sort_by_cached_key(|item| describe(item, false));
    items
}

fn text(points: &[u32]) -> String {
    let mut out = String::with_capacity(points.len());
    for &point in points {
        match char::from_u32(point) {
            Some(c @ (' '..='~')) if c != '"' && c != '\\' => out.push(c),
            _ => {
                let _ = write!(out, "\\{point:x};");
            }
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
