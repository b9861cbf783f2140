//! Equality of dictionary keys and set items, as Python's `__hash__` and `__eq__` have it.
//!
//! What Python compares by value is one key where it is equal; instances of classes that are not
//! known to compare so are one key only as the same object, as Python has it unless told
//! otherwise.

mod index;
mod print;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use num_traits::FromPrimitive;

pub(crate) use index::Index;
pub(crate) use print::Prints;

use super::{BigInt, Instance, Value};

/// Below this many keys, comparing each with each is faster than a table.
pub(crate) const FEW: usize = 8;

/// Beyond so many bytes, text and the like are told apart by their prints: one long text may be
/// in many keys.
pub(crate) const LONG: usize = 128;

/// The type that makes a value no key, `None` when it can be one.
pub(crate) fn unhashable(value: &Value) -> Option<&str> {
    unhashable_but(value, &mut HashSet::new())
}

/// The same of one of several values that may have tuples in common, which live as long as `seen`
/// does: each is looked into once.
pub(crate) fn unhashable_but<'a>(value: &'a Value, seen: &mut HashSet<usize>) -> Option<&'a str> {
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::ByteArray(_) => {
                return Some(value.type_name());
            }
            Value::Tuple(items) if items.is_unique() || seen.insert(items.address()) => {
                let unclear = |item: &&Value| item.is_container() || item.as_bytes().is_some();
                pending.extend(items.iter().filter(unclear).rev());
            }
            _ => {}
        }
    }
    None
}

/// Where a key stands among others, which an index may know. A key with an instance in it is
/// found by what it consists of too: whoever looks for one has rarely the same object.
pub(crate) fn position<'a>(
    mut keys: impl Iterator<Item = &'a Value> + Clone,
    wanted: &Value,
    look_up: impl FnOnce(&Key<'_>) -> Option<Option<usize>>,
) -> Option<usize> {
    let mut prints = Prints::default();
    let key = Key::of(wanted, &mut prints);
    let found = look_up(&key).unwrap_or_else(|| {
        let mut prints = Prints::default();
        keys.clone().position(|other| match (other, wanted) {
            (Value::Str(other), Value::Str(wanted)) => other == wanted,
            (Value::Bytes(other), Value::Bytes(wanted)) => other == wanted,
            _ => Key::of(other, &mut prints) == key,
        })
    });
    found.or_else(|| match holds_instance(wanted) {
        true => keys.position(|other| other == wanted),
        false => None,
    })
}

/// Whether an object is in it that only equals itself.
fn holds_instance(key: &Value) -> bool {
    let mut pending = vec![key];
    let mut seen = HashSet::new();
    while let Some(value) = pending.pop() {
        match value.handle() {
            Some(_) if matches!(value, Value::Instance(_)) => return true,
            Some(it) if it.unique || seen.insert(it.address) => value.for_each_child(|child| {
                if child.is_container() {
                    pending.push(child);
                }
            }),
            _ => {}
        }
    }
    false
}

/// Drops items that equal an earlier one.
pub(crate) fn dedupe(items: &mut Vec<Value>, prints: &mut Prints) {
    if let Some(firsts) = first_positions(items.iter(), prints) {
        keep_firsts(items, &firsts);
    }
}

/// Of pairs with equal keys the first key and the last value stay.
pub(crate) fn merge(pairs: &mut Vec<(Value, Value)>, prints: &mut Prints) {
    if let Some(firsts) = first_positions(pairs.iter().map(|(key, _)| key), prints) {
        for (position, first) in firsts.iter().copied().enumerate() {
            if first != position {
                pairs[first].1 = std::mem::take(&mut pairs[position].1);
            }
        }
        keep_firsts(pairs, &firsts);
    }
}

/// For each key where its first equal stands, `None` if all differ.
pub(crate) fn first_positions<'a>(
    keys: impl ExactSizeIterator<Item = &'a Value> + Clone,
    prints: &mut Prints,
) -> Option<Vec<usize>> {
    let count = keys.len();
    if count < 2 || (count <= FEW && few_texts_differ(keys.clone())) {
        return None;
    }
    let mut seen = HashSet::with_capacity(count);
    let mut all = keys.clone();
    if all.all(|key| seen.insert(Key::of(key, prints))) {
        return None;
    }
    let mut seen = HashMap::with_capacity(count);
    let first = |(at, key)| *seen.entry(Key::of(key, prints)).or_insert(at);
    Some(keys.enumerate().map(first).collect())
}

/// Whether these are all text, none of it long, and all differ: the keys of nearly every small
/// dict.
fn few_texts_differ<'a>(keys: impl Iterator<Item = &'a Value>) -> bool {
    let mut texts = [""; FEW];
    for (at, key) in keys.enumerate() {
        match key {
            Value::Str(text) if text.len() <= LONG && !texts[..at].contains(&text.as_str()) => {
                texts[at] = text;
            }
            _ => return false,
        }
    }
    true
}

/// Keeps what stands at its own first position.
pub(crate) fn keep_firsts<T>(items: &mut Vec<T>, firsts: &[usize]) {
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        firsts[at - 1] == at - 1
    });
}

/// The print of a container as a key, to be kept in it.
pub(crate) fn print(container: &Value, prints: &mut Prints) -> u128 {
    prints.of_new(container)
}

/// The print of bytes alone.
pub(crate) fn print_of_bytes(bytes: &[u8]) -> u128 {
    print::of_key(&Key::Bytes(bytes))
}

/// A value as a key: equal where Python would find one with the other.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key<'a> {
    None,
    Int(i64),
    /// Beyond an `i64`, whole floats too.
    BigInt(BigInt),
    /// Not whole, or infinite.
    Float(u64),
    /// With an imaginary part.
    Complex(u64, u64),
    Str(&'a str),
    SurrogateStr(&'a [u8]),
    Bytes(&'a [u8]),
    OtherBytes(&'a [u8]),
    Class(&'a str, &'a str),
    /// One object, by its address.
    Object(usize),
    /// A container, and what is [`LONG`], by its print.
    Print(u128),
    /// NaN, which differs from itself: each time another number.
    Nan(u64),
}

impl<'a> Key<'a> {
    #[inline]
    pub(crate) fn of(value: &'a Value, prints: &mut Prints) -> Self {
        let leaf = prints.leaf(value);
        leaf.unwrap_or_else(|| Key::Print(prints.of(value)))
    }

    pub(crate) fn of_text(text: &'a str) -> Self {
        let key = Key::Str(text);
        match text.len() > LONG {
            true => Key::Print(print::of_key(&key)),
            false => key,
        }
    }

    /// The key of what has nothing else inside that counts.
    fn simple(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::None => Key::None,
            Value::Bool(value) => Key::Int(i64::from(*value)),
            Value::Int(value) => Key::Int(*value),
            Value::BigInt(value) => Key::of_big(value.clone()),
            Value::Float(value) => Key::of_float(*value),
            Value::Complex(real, imaginary) => Key::of_complex(*real, *imaginary),
            Value::Str(text) => Key::Str(text),
            Value::SurrogateStr(text) => Key::SurrogateStr(text.as_bytes()),
            Value::Bytes(bytes) => Key::Bytes(bytes),
            Value::ByteArray(bytes) => Key::OtherBytes(bytes),
            Value::Buffer(bytes) => Key::OtherBytes(bytes),
            Value::Class(class) => Key::Class(class.module(), class.qualname()),
            Value::Recursive(anchor) => Key::Object(anchor.address()),
            Value::Instance(it) if !compares_by_value(it) => Key::Object(it.address()),
            _ => return None,
        })
    }

    fn of_big(value: BigInt) -> Self {
        match i64::try_from(&value) {
            Ok(small) => Key::Int(small),
            Err(_) => Key::BigInt(value),
        }
    }

    fn of_float(value: f64) -> Self {
        const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;
        if value.is_nan() {
            static NEXT: AtomicU64 = AtomicU64::new(0);
            Key::Nan(NEXT.fetch_add(1, Ordering::Relaxed))
        } else if value.fract() != 0.0 || value.is_infinite() {
            Key::Float(value.to_bits())
        } else if (-BEYOND_I64..BEYOND_I64).contains(&value) {
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Key::Int(value as i64)
        } else {
            let big = num_bigint::BigInt::from_f64(value).map(BigInt::wrap);
            big.map_or(Key::Float(value.to_bits()), Key::BigInt)
        }
    }

    fn of_complex(real: f64, imaginary: f64) -> Self {
        if imaginary == 0.0 || real.is_nan() {
            Key::of_float(real)
        } else if imaginary.is_nan() {
            Key::of_float(imaginary)
        } else {
            // Adding zero makes one of the two zeros.
            Key::Complex((real + 0.0).to_bits(), imaginary.to_bits())
        }
    }
}

/// Whether instances of this class are equal, and found as keys, by what they hold.
fn compares_by_value(instance: &Instance) -> bool {
    instance.class().is_some_and(|class| {
        matches!(
            (class.module().as_str(), class.qualname().as_str()),
            (
                "datetime" | "decimal" | "fractions" | "uuid" | "ipaddress",
                _
            ) | ("pathlib" | "pathlib._local" | "zoneinfo", _)
                | ("builtins", "range" | "slice" | "complex" | "bytes")
                | ("_codecs", "encode")
        )
    })
}

#[cfg(test)]
#[path = "key/tests.rs"]
mod tests;
