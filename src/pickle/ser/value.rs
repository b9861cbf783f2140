//! `Serialize` for values and what they are made of.

use serde::ser::{Error, Serialize, SerializeTuple, Serializer};

use crate::pickle::{
    BigInt, ByteArray, Bytes, Change, Dict, FrozenSet, Instance, List, Set, Str, SurrogateStr,
    Tuple, Value, handover,
};

/// Goes whole into values and pickles, with what is shared in it. Other formats get what serde has
/// words for: a set is a sequence, a complex number a pair, and of an instance they get its state,
/// or else the pairs or items that were put into it, or else its arguments. Their serializers
/// recurse: values nested deeper than 128 levels, which is also what `serde_json` reads, are an
/// error there.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (value, depth) = (self, 0);
        Part { value, depth }.serialize(serializer)
    }
}

/// How deep values may be for serializers of others: a value from a peer must not choose how much
/// stack they take.
const FOREIGN_DEPTH: usize = 128;

/// A value at some depth of another.
#[derive(Clone, Copy)]
struct Part<'a> {
    value: &'a Value,
    depth: usize,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        handover::serialize(serializer, || self.value.clone(), Plain(*self))
    }
}

impl<'a> Part<'a> {
    fn inside(self, value: &'a Value) -> Self {
        let depth = self.depth + 1;
        Part { value, depth }
    }
}

/// A value in serde's words alone.
struct Plain<'a>(Part<'a>);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let part = self.0;
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

/// An instance without a state: the pairs of a dict of its own kind, the items of a list or set.
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

/// A number where serde has one that is large enough, otherwise text.
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

/// Python's `int`. Other formats get a number as far as 64 bits hold it, and text beyond.
impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        handover::serialize(serializer, || self.clone().into(), PlainBigInt(self))
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
as_value!(Dict FrozenSet Instance List Set Str SurrogateStr Tuple Bytes ByteArray);
