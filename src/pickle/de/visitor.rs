//! `Deserialize` for [`Value`] itself.

use std::fmt;

use serde::de::{
    Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::VALUE;
use super::access::Special;
use crate::pickle::{BigInt, Dict, Value};

impl<'de> Deserialize<'de> for Value {
    /// From any format that describes itself; with [`from_value`](crate::pickle::from_value)
    /// every type of Python's survives.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, ValueVisitor)
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

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::None)
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

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
        Items.visit_seq(items).map(Value::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut pairs = Vec::with_capacity(capacity(map.size_hint()));
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Value::Dict(Dict::from_pairs(pairs)))
    }

    /// What comes from this crate's own deserializer, with a number for a name.
    fn visit_enum<A: EnumAccess<'de>>(self, special: A) -> Result<Value, A::Error> {
        let (tag, content) = special.variant::<u8>()?;
        match tag {
            Special::TUPLE => content.tuple_variant(0, Items).map(Value::Tuple),
            Special::SET => content.tuple_variant(0, Items).map(Value::Set),
            Special::FROZEN_SET => content.tuple_variant(0, Items).map(Value::FrozenSet),
            Special::BIG_INT => content.struct_variant(&[], Int).map(Value::from),
            _ => Err(Error::custom("an enum has no form of its own in Python")),
        }
    }
}

fn capacity(hint: Option<usize>) -> usize {
    // A hint, not to be trusted with memory.
    hint.unwrap_or(0).min(1 << 16)
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Value>, A::Error> {
        let mut items = Vec::with_capacity(capacity(seq.size_hint()));
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

struct Int;

impl Visitor<'_> for Int {
    type Value = BigInt;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of an integer")
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<BigInt, E> {
        Ok(BigInt::from_signed_bytes_le(&bytes))
    }
}
