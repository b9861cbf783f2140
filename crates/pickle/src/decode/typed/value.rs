//! `Deserialize` for [`Value`] and [`BigInt`].

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::value_through_serde;
use crate::{BigInt, Dict, Value};

impl<'de> Deserialize<'de> for Value {
    /// From any self-describing format. From pickles and other values every Python type is kept, and what
    /// is shared stays shared.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(value_through_serde::VALUE, ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for BigInt {
    /// From any integer.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Int(value) => Ok(value.into()),
            Value::BigInt(value) => Ok(value),
            other => Err(D::Error::invalid_type(
                Unexpected::Other(other.type_name()),
                &"an int",
            )),
        }
    }
}

struct ValueVisitor;

macro_rules! visit_into {
    ($($method:ident($rust:ty))*) => {$(
        fn $method<E: Error>(self, value: $rust) -> Result<Value, E> {
            Ok(value.into())
        }
    )*};
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that Python knows")
    }

    visit_into! {
        visit_bool(bool)
        visit_i64(i64) visit_i128(i128)
        visit_u64(u64) visit_u128(u128)
        visit_f64(f64)
        visit_char(char) visit_str(&str) visit_string(String)
        visit_bytes(&[u8]) visit_byte_buf(Vec<u8>)
    }

    /// Also called when a deserializer of this crate has left a value of any type.
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(value_through_serde::take().unwrap_or_default())
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::with_capacity(capacity(seq.size_hint()));
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut pairs: Vec<(Value, Value)> = Vec::with_capacity(capacity(map.size_hint()));
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        match &pairs[..] {
            [(Value::Str(key), Value::Str(digits))] if *key == JSON_NUMBER => number(digits),
            _ => Ok(Value::Dict(Dict::from_pairs(pairs))),
        }
    }
}

/// The name by which serde_json marks a number whose digits it keeps (feature `arbitrary_precision`).
const JSON_NUMBER: &str = "$serde_json::private::Number";

fn number<E: Error>(digits: &str) -> Result<Value, E> {
    if let Ok(int) = digits.parse::<BigInt>() {
        return Ok(int.into());
    }
    let float = digits.parse::<f64>().map(Value::Float);
    float.map_err(|_| E::invalid_value(Unexpected::Str(digits), &"a number"))
}

fn capacity(hint: Option<usize>) -> usize {
    // A hint, which must not decide how much memory is taken.
    hint.unwrap_or(0).min(1 << 12)
}
