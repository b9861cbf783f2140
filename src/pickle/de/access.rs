//! How the parts of containers and enums are handed to visitors, noting the path on errors.

use std::vec;

use serde::de::value::U8Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Error, Result, Value, ValueDeserializer};
use crate::pickle::Dict;

/// Visits all items; it is an error to leave some over.
pub(super) fn visit_items<'de, V: Visitor<'de>>(items: Vec<Value>, visitor: V) -> Result<V::Value> {
    let len = items.len();
    let mut items = Items {
        items: items.into_iter(),
        next: 0,
    };
    let value = visitor.visit_seq(&mut items)?;
    match items.items.len() {
        0 => Ok(value),
        left => Err(Error::invalid_length(
            len,
            &&*format!("{} items", len - left),
        )),
    }
}

struct Items {
    items: vec::IntoIter<Value>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        let item = seed.deserialize(ValueDeserializer(item));
        item.map(Some).map_err(|error| error.inside_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The pairs of a dict.
pub(super) struct Pairs {
    pairs: vec::IntoIter<(Value, Value)>,
    open: Option<(Value, Value)>,
}

impl Pairs {
    pub(super) fn new(dict: Dict) -> Self {
        Pairs {
            pairs: dict.into_iter(),
            open: None,
        }
    }
}

impl<'de> MapAccess<'de> for Pairs {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        self.open = self.pairs.next();
        let Some((key, _)) = &self.open else {
            return Ok(None);
        };
        let read = seed.deserialize(KeyDeserializer(key));
        read.map(Some)
            .map_err(|error| error.inside_key(&format!("key {key}")))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some((key, value)) = self.open.take() else {
            return Err(Error::new(
                "a Deserialize that asks for a value before its key",
            ));
        };
        let value = seed.deserialize(ValueDeserializer(value));
        value.map_err(|error| error.inside_key(&key.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len())
    }
}

/// A key that is kept for the path of an error in its value.
pub(super) struct KeyDeserializer<'a>(pub(super) &'a Value);

impl<'de> Deserializer<'de> for KeyDeserializer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Str(text) => visitor.visit_str(text),
            other => ValueDeserializer(other.clone()).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        ValueDeserializer(self.0.clone()).deserialize_option(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        ValueDeserializer(self.0.clone()).deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        ValueDeserializer(self.0.clone()).deserialize_enum(name, variants, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        ValueDeserializer(self.0.clone()).deserialize_seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        ValueDeserializer(self.0.clone()).deserialize_tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        ValueDeserializer(self.0.clone()).deserialize_tuple_struct(name, len, visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Bytes(_) => ValueDeserializer(self.0.clone()).deserialize_string(visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit
        unit_struct map struct identifier ignored_any
    }
}

/// A variant of a Rust enum, as the table in the module's documentation has it.
pub(super) struct Variant {
    name: String,
    content: Content,
}

impl Variant {
    pub(super) fn of(value: Value) -> Result<Self> {
        match value {
            Value::Str(name) => Ok(Variant {
                name,
                content: Content {
                    name: None,
                    value: None,
                },
            }),
            Value::Dict(dict) if dict.len() == 1 => match dict.into_iter().next() {
                Some((Value::Str(name), value)) => {
                    let content = Content {
                        name: Some(name.clone()),
                        value: Some(value),
                    };
                    Ok(Variant { name, content })
                }
                _ => Err(Error::new("the name of an enum's variant has to be text")),
            },
            other => Err(Error::new(format!(
                "a {} for an enum: expected 'Variant' or {{'Variant': content}}",
                other.type_name()
            ))),
        }
    }
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content)> {
        let name: serde::de::value::StringDeserializer<Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.content))
    }
}

/// What is in a variant.
pub(super) struct Content {
    name: Option<String>,
    value: Option<Value>,
}

impl Content {
    fn read<T>(self, read: impl FnOnce(ValueDeserializer) -> Result<T>) -> Result<T> {
        let Some(value) = self.value else {
            return Err(Error::new(
                "this variant has content: expected {'Variant': content}",
            ));
        };
        read(ValueDeserializer(value)).map_err(|error| match self.name {
            Some(name) => error.inside_key(&Value::Str(name).to_string()),
            None => error,
        })
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        match &self.value {
            None | Some(Value::None) => Ok(()),
            Some(_) => Err(Error::new(
                "this variant has no content: expected 'Variant'",
            )),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.read(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.read(|content| content.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.read(|content| content.deserialize_any(visitor))
    }
}

/// A value that serde has no word for, on its way into a [`Value`]: a tag and the content.
pub(super) struct Special {
    tag: u8,
    value: Value,
}

impl Special {
    pub(super) const TUPLE: u8 = 0;
    pub(super) const SET: u8 = 1;
    pub(super) const FROZEN_SET: u8 = 2;
    pub(super) const BIG_INT: u8 = 3;

    /// Gives the value back if serde can say what it is.
    pub(super) fn of(value: Value) -> std::result::Result<Self, Value> {
        let (tag, value) = match value {
            Value::Tuple(items) => (Self::TUPLE, Value::List(items)),
            Value::Set(items) => (Self::SET, Value::List(items)),
            Value::FrozenSet(items) => (Self::FROZEN_SET, Value::List(items)),
            Value::BigInt(int) => (Self::BIG_INT, Value::Bytes(int.to_signed_bytes_le())),
            plain => return Err(plain),
        };
        Ok(Special { tag, value })
    }
}

impl<'de> EnumAccess<'de> for Special {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content)> {
        let tag: U8Deserializer<Error> = self.tag.into_deserializer();
        Ok((
            seed.deserialize(tag)?,
            Content {
                name: None,
                value: Some(self.value),
            },
        ))
    }
}
