//! `Serialize` for values and their parts.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use serde::ser::{Error, Serialize, SerializeTuple, Serializer};

use crate::{
    BigInt, Buffer, ByteArray, Bytes, Change, Class, Dict, FrozenSet, Instance, Limits, List,
    PersistentId, Set, Str, SurrogateStr, Tuple, Value, value_through_serde,
};

/// Values and pickles get the whole value; what is shared stays shared. Other formats get what serde
/// has: a set is a sequence, a complex number a pair, an instance its state, or else the pairs or items
/// that were added to it, or else its arguments. Their serializers recurse: values nested deeper than 128
/// levels, which is also the limit of `serde_json`, are an error there. What is shared is copied, up to
/// 256 MiB.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let copies = Copies::default();
        let part = Part {
            value: self,
            depth: 0,
            again: false,
            copies: &copies,
        };
        part.serialize(serializer)
    }
}

/// Limit of the depth of values for other serializers: a value from a peer must not decide how much
/// stack they take.
const FOREIGN_DEPTH: usize = 128;

/// A value inside another.
#[derive(Clone, Copy)]
struct Part<'a> {
    value: &'a Value,
    depth: usize,
    /// Whether it is in a copy of a shared object.
    again: bool,
    copies: &'a Copies,
}

/// Counts the copies of shared objects, which other formats cannot refer to.
struct Copies {
    seen: RefCell<HashSet<usize>>,
    left: Cell<u64>,
}

impl Default for Copies {
    fn default() -> Self {
        Copies {
            seen: RefCell::default(),
            left: Cell::new(Limits::DEFAULT.growth),
        }
    }
}

impl Copies {
    /// Notes a value, and returns whether it is a copy of an earlier one; `None` if there are too many.
    fn note(&self, value: &Value, inside_copy: bool) -> Option<bool> {
        let again = inside_copy || self.stood_before(value);
        if again {
            let left = self.left.get().checked_sub(size(value))?;
            self.left.set(left);
        }
        Some(again)
    }

    fn stood_before(&self, value: &Value) -> bool {
        let (unique, address) = match value {
            Value::Str(it) if it.len() > SMALL => (it.is_unique(), it.address()),
            Value::Bytes(it) => (it.is_unique(), it.address()),
            Value::ByteArray(it) => (it.is_unique(), it.address()),
            Value::BigInt(it) => (it.is_unique(), it.address()),
            container => match container.handle() {
                Some(handle) => (handle.unique, handle.address),
                None => return false,
            },
        };
        !unique && !self.seen.borrow_mut().insert(address)
    }
}

/// Texts up to this length are about as small as a reference.
const SMALL: usize = 64;

/// Returns the estimated size of a copy.
fn size(value: &Value) -> u64 {
    let length = match value {
        Value::Str(it) => it.len(),
        Value::Bytes(it) => it.len(),
        Value::ByteArray(it) => it.len(),
        Value::BigInt(it) => it.length(),
        _ => 0,
    };
    (size_of::<Value>() + length) as u64
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        value_through_serde::serialize(serializer, || self.value.clone(), Plain(*self))
    }
}

impl<'a> Part<'a> {
    fn inside(self, value: &'a Value) -> Self {
        let depth = self.depth + 1;
        Part {
            value,
            depth,
            ..self
        }
    }
}

/// A value in serde's data model alone.
struct Plain<'a>(Part<'a>);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut part = self.0;
        part.again = part.copies.note(part.value, part.again).ok_or_else(|| {
            S::Error::custom(
                "a value of which shared parts grow beyond 256 MiB when they are copied, since \
                 this format cannot refer to them: send a pickle",
            )
        })?;
        match part.value {
            Value::None => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::BigInt(value) => PlainBigInt(value).serialize(serializer),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Complex(real, imaginary) => (real, imaginary).serialize(serializer),
            Value::Str(text) => serializer.serialize_str(text),
            Value::SurrogateStr(text) => {
                serializer.serialize_str(&String::from_utf8_lossy(text.as_bytes()))
            }
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::ByteArray(bytes) => serializer.serialize_bytes(bytes),
            Value::Buffer(bytes) => serializer.serialize_bytes(bytes),
            Value::Class(class) => serializer.collect_str(class),
            Value::Recursive(_) => Err(S::Error::custom(
                "a value that contains itself, which this format cannot express: send a pickle",
            )),
            _ if part.depth >= FOREIGN_DEPTH => Err(S::Error::custom(format_args!(
                "a value nested deeper than {FOREIGN_DEPTH} levels, for which this format recurses: send a \
                 pickle, which has no limit, or use Value::to_json",
            ))),
            Value::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                for item in items {
                    tuple.serialize_element(&part.inside(item))?;
                }
                tuple.end()
            }
            Value::List(items) => collect(part, items, serializer),
            Value::Set(items) => collect(part, items, serializer),
            Value::FrozenSet(items) => collect(part, items, serializer),
            Value::Dict(dict) => {
                let pairs = dict.pairs().iter();
                serializer.collect_map(pairs.map(|(k, v)| (part.inside(k), part.inside(v))))
            }
            Value::Instance(instance) => match instance.state() {
                Some(state) => part.inside(state).serialize(serializer),
                None => filled(part, instance, serializer),
            },
            Value::Persistent(id) => part.inside(id.id()).serialize(serializer),
        }
    }
}

/// Serializes an instance without a state: the pairs or items that were added to it.
fn filled<S: Serializer>(
    part: Part<'_>,
    instance: &Instance,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let changes = &instance.parts().changes;
    let pairs = changes.iter().filter_map(|change| match change {
        Change::SetItem(key, value) => Some((key.clone(), value.clone())),
        _ => None,
    });
    let pairs: Vec<(Value, Value)> = pairs.collect();
    if !pairs.is_empty() {
        let dict = Dict::from_pairs(pairs);
        let pairs = dict.pairs().iter();
        return serializer.collect_map(pairs.map(|(k, v)| (part.inside(k), part.inside(v))));
    }
    let items = changes.iter().filter_map(|change| match change {
        Change::Append(item) | Change::Add(item) => Some(part.inside(item)),
        _ => None,
    });
    let items: Vec<Part<'_>> = items.collect();
    match items.is_empty() {
        true => part.inside(&instance.parts().args).serialize(serializer),
        false => serializer.collect_seq(items),
    }
}

fn collect<S: Serializer>(
    part: Part<'_>,
    items: &[Value],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(items.iter().map(|item| part.inside(item)))
}

/// A number of up to 64 bits, text beyond.
struct PlainBigInt<'a>(&'a BigInt);

impl Serialize for PlainBigInt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(small) = i64::try_from(self.0) {
            serializer.serialize_i64(small)
        } else if let Ok(positive) = u64::try_from(self.0) {
            serializer.serialize_u64(positive)
        } else {
            serializer.collect_str(self.0)
        }
    }
}

/// Python's `int`. Other formats get a number of up to 64 bits, and text beyond.
impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        value_through_serde::serialize(serializer, || self.clone().into(), PlainBigInt(self))
    }
}

macro_rules! as_value {
    ($($name:ident)*) => {$(
        /// As the [`Value`] that it is.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Value::from(self.clone()).serialize(serializer)
            }
        }
    )*};
}
as_value! {
    Buffer ByteArray Bytes Class Dict FrozenSet Instance List PersistentId Set Str SurrogateStr Tuple
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use super::*;

    #[test]
    fn shared_parts_are_not_copied_without_end() {
        // 2 to the power of 60 items, in 60 lists; and long leaves in many places.
        let mut nested = Value::None;
        for _ in 0..60 {
            nested = Value::list([nested.clone(), nested]);
        }
        let text = Value::list(vec![Value::from("x".repeat(1 << 20)); 100_000]);
        for value in [nested, text] {
            let copies = Copies {
                left: Cell::new(4 << 20),
                ..Copies::default()
            };
            let part = Part {
                value: &value,
                depth: 0,
                again: false,
                copies: &copies,
            };
            let error = serde_json::to_writer(std::io::sink(), &part).unwrap_err();
            assert!(error.to_string().contains("send a pickle"), "{error}");
        }
        let twice = Value::list(vec![Value::from("x".repeat(1000)); 2]);
        serde_json::to_writer(std::io::sink(), &twice).unwrap();
    }
}
