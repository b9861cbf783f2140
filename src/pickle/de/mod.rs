//! From a [`Value`] to anything that serde knows.

mod access;
mod visitor;

use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::error::Error;
use super::{BigInt, Value};
use access::{Pairs, Special, Variant, visit_items};

/// The name under which a [`Value`] asks for itself, to get what serde has no word for.
const VALUE: &str = "$mpconn::Value";

type Result<T> = std::result::Result<T, Error>;

/// Turns a Python value into any type that serde can deserialize; the table in
/// [`crate::pickle`] says from what. Text and bytes are moved, not copied.
///
/// ```
/// use mpconn::pickle::{Value, from_value};
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// struct Task {
///     name: String,
///     retries: Option<u8>,
/// }
///
/// let value: Value = "{'name': 'sweep', 'retries': 3}".parse()?;
/// let task: Task = from_value(value)?;
/// assert_eq!(task, Task { name: "sweep".into(), retries: Some(3) });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A value of another shape; the message names the place ([`Error::path`]).
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    T::deserialize(ValueDeserializer(value))
}

struct ValueDeserializer(Value);

impl<'de> Deserializer<'de> for ValueDeserializer {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::None => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Int(value) => visitor.visit_i64(value),
            Value::BigInt(value) => visit_big_int(&value, visitor),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Str(value) => visitor.visit_string(value),
            Value::Bytes(value) => visitor.visit_byte_buf(value),
            Value::Tuple(items)
            | Value::List(items)
            | Value::Set(items)
            | Value::FrozenSet(items) => visit_items(items, visitor),
            Value::Dict(dict) => visitor.visit_map(Pairs::new(dict)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Value::Bytes(bytes) = &self.0 {
            return Err(bytes_for_text(bytes));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::None => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match &self.0 {
            Value::Tuple(items) if items.is_empty() => visitor.visit_unit(),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name != VALUE {
            return visitor.visit_newtype_struct(self);
        }
        match Special::of(self.0) {
            Ok(special) => visitor.visit_enum(special),
            Err(plain) => ValueDeserializer(plain).deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Bytes(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.into_iter())),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        match &self.0 {
            Value::Bytes(bytes) if bytes.len() != len => {
                Err(Error::invalid_length(bytes.len(), &visitor))
            }
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(Variant::of(self.0)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bytes byte_buf map struct identifier
    }
}

fn visit_big_int<'de, V: Visitor<'de>>(value: &BigInt, visitor: V) -> Result<V::Value> {
    if let Ok(value) = u64::try_from(value) {
        visitor.visit_u64(value)
    } else if let Ok(value) = u128::try_from(value) {
        visitor.visit_u128(value)
    } else if let Ok(value) = i128::try_from(value) {
        visitor.visit_i128(value)
    } else {
        let size = format!("an int of {} bits (Value holds any)", value.0.bits());
        Err(Error::invalid_value(Unexpected::Other(&size), &visitor))
    }
}

fn bytes_for_text(bytes: &[u8]) -> Error {
    Error::new(format!(
        "bytes of length {} where text is expected: have the peer decode() them, or read them \
         into a Vec<u8> or serde_bytes::ByteBuf",
        bytes.len()
    ))
}

#[cfg(test)]
mod tests;
