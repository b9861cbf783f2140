//! The deserializer of one value, of a graph or a [`Value`](crate::Value).

use num_traits::ToPrimitive;
use serde::de::value::SeqDeserializer;
use serde::de::{Deserializer, Error as _, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::super::view::{Blob, ContainerKind, Text, Tree, View};
use super::access::{Pairs, Style, visit_items};
use super::context::{NodeDeserializer, contains_itself};
use super::instance::InstanceReader;
use super::variant::Variant;
use super::{duplicate_keys, error_text};
use crate::types::numpy;
use crate::value_through_serde;
use crate::{BigInt, PickleError, Result, SurrogateStr};

impl<'de, T: Tree<'de>> NodeDeserializer<'_, 'de, T> {
    fn visit_view<V: Visitor<'de>>(self, view: View<'de, T>, visitor: V) -> Result<V::Value> {
        match view {
            View::None => visitor.visit_unit(),
            View::Bool(value) => visitor.visit_bool(value),
            View::Int(value) => visitor.visit_i64(value),
            View::BigInt(value) => visit_big_int(&value, visitor),
            View::Float(value) => visitor.visit_f64(value),
            View::Complex(real, imaginary) => {
                visitor.visit_seq(SeqDeserializer::new([real, imaginary].into_iter()))
            }
            View::Str(text) => self.visit_text(text, visitor),
            View::SurrogateStr(text) => Err(lone_surrogates(&text)),
            View::Bytes(bytes) | View::ByteArray(bytes) | View::Buffer(bytes) => {
                self.visit_bytes(bytes, visitor)
            }
            View::Items(ContainerKind::Set | ContainerKind::FrozenSet, items)
                if !self.node.differ() =>
            {
                self.visit_items(duplicate_keys::items(items, self.around)?, visitor)
            }
            View::Items(_, items) => self.visit_items(items, visitor),
            View::Dict(pairs) => self.visit_dict(pairs, Style::Keys, visitor),
            View::Instance(instance) => InstanceReader::of(instance).visit_any(self, visitor),
            View::Class(_) | View::Persistent(_) => Err(wrong(&view, &visitor)),
            View::Recursive => Err(contains_itself()),
        }
    }

    fn visit_text<V: Visitor<'de>>(self, text: Text<'de>, visitor: V) -> Result<V::Value> {
        match text {
            Text::Borrowed(text) => {
                self.around.count(self.node, text.len())?;
                visitor.visit_borrowed_str(text)
            }
            Text::Shared(text) => {
                self.around.count(self.node, text.len())?;
                visitor.visit_str(&text)
            }
        }
    }

    fn visit_bytes<V: Visitor<'de>>(self, bytes: Blob<'de>, visitor: V) -> Result<V::Value> {
        self.around.count(self.node, blob(&bytes).len())?;
        match bytes {
            Blob::Borrowed(bytes) => visitor.visit_borrowed_bytes(bytes),
            Blob::Shared(bytes) => visitor.visit_bytes(&bytes),
        }
    }

    pub(super) fn visit_items<V, I>(self, items: I, visitor: V) -> Result<V::Value>
    where
        V: Visitor<'de>,
        I: ExactSizeIterator<Item = T>,
    {
        self.around
            .enter(self.node, |inside| visit_items(items, inside, visitor))
    }

    /// Visits a dict, in which keys may come more than once.
    fn visit_dict<V>(self, pairs: T::Pairs, style: Style, visitor: V) -> Result<V::Value>
    where
        V: Visitor<'de>,
    {
        match self.node.differ() {
            true => self.visit_pairs(pairs, style, visitor),
            false => self.visit_pairs(duplicate_keys::pairs(pairs, self.around)?, style, visitor),
        }
    }

    pub(super) fn visit_pairs<V, I>(self, pairs: I, style: Style, visitor: V) -> Result<V::Value>
    where
        V: Visitor<'de>,
        I: ExactSizeIterator<Item = (T, T)>,
    {
        self.around.enter(self.node, |inside| {
            visitor.visit_map(Pairs::new(pairs, inside, style))
        })
    }

    /// Returns the plain value that an instance stands for: `5` for `cls(5)`.
    fn plain(self) -> Result<(Self, View<'de, T>)> {
        let view = self.node.view();
        if let View::Instance(instance) = view {
            return match InstanceReader::of(instance).only_argument() {
                Some(argument) => {
                    let view = argument.view();
                    let around = self.around;
                    Ok((
                        NodeDeserializer {
                            node: argument,
                            around,
                        },
                        view,
                    ))
                }
                None => Ok((self, self.node.view())),
            };
        }
        Ok((self, view))
    }
}

impl<'de, T: Tree<'de>> Deserializer<'de> for NodeDeserializer<'_, 'de, T> {
    type Error = PickleError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let view = self.node.view();
        if let View::Items(..) | View::Dict(_) | View::Instance(_) = view {
            self.around.buffered()?;
        }
        self.visit_view(view, visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (place, view) = self.plain()?;
        match view {
            View::Bytes(bytes) | View::ByteArray(bytes) => Err(bytes_for_text(blob(&bytes))),
            view => place.visit_view(view, visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (place, view) = self.plain()?;
        match view {
            View::SurrogateStr(text) => visitor.visit_bytes(text.as_bytes()),
            view => place.visit_view(view, visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (place, view) = self.plain()?;
        match view {
            View::BigInt(value) => match value.inner().to_f64() {
                Some(float) if float.is_finite() => visitor.visit_f64(float),
                _ => visit_big_int(&value, visitor),
            },
            view => place.visit_view(view, visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.node.view() {
            View::None => visitor.visit_none(),
            _ => visitor.visit_some(NodeDeserializer {
                node: self.node,
                around: self.around.wrapped()?,
            }),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.node.view() {
            View::Items(ContainerKind::Tuple, items) if items.len() == 0 => visitor.visit_unit(),
            view => self.visit_view(view, visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        match self.node.view() {
            View::Instance(instance) => {
                InstanceReader::of(instance).check_named(name, &visitor)?;
                visitor.visit_unit()
            }
            _ => self.deserialize_unit(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name == value_through_serde::VALUE {
            return value_through_serde::hand_over(self.around.to_value(self.node)?, visitor);
        }
        if name == numpy::VIEW {
            return numpy::visit_view(self.node, visitor);
        }
        let inner = NodeDeserializer {
            node: self.node,
            around: self.around.wrapped()?,
        };
        match self.node.view() {
            View::Instance(instance) => {
                InstanceReader::of(instance).visit_newtype(inner, name, visitor)
            }
            _ => visitor.visit_newtype_struct(inner),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.node.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) | View::Buffer(bytes) => {
                let bytes = blob(&bytes);
                self.around.count(self.node, bytes.len())?;
                visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied()))
            }
            View::Instance(instance) => InstanceReader::of(instance).visit_seq(self, visitor),
            view => self.visit_view(view, visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        match self.node.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) if blob(&bytes).len() != len => {
                Err(PickleError::invalid_length(blob(&bytes).len(), &visitor))
            }
            View::Instance(instance) => {
                InstanceReader::of(instance).visit_tuple(self, len, visitor)
            }
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        if let View::Instance(instance) = self.node.view() {
            InstanceReader::of(instance).check(name, &visitor)?;
        }
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.node.view() {
            View::Instance(instance) => InstanceReader::of(instance).visit_map(self, visitor),
            view => self.visit_view(view, visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.node.view() {
            View::Dict(pairs) => self.visit_dict(pairs, Style::Fields, visitor),
            View::Instance(instance) => {
                let made = InstanceReader::of(instance);
                made.check(name, &visitor)?;
                made.visit_struct(self, fields, visitor)
            }
            view => self.visit_view(view, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        // An enum in a variant is one level more.
        self.around.enter(self.node, |inside| {
            visitor.visit_enum(Variant::of(self.node, inside, name)?)
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (place, view) = self.plain()?;
        place.visit_view(view, visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bool(visitor)
    }

    forward_to_deserialize_any! { identifier }
}

fn blob<'a>(blob: &'a Blob<'_>) -> &'a [u8] {
    match blob {
        Blob::Borrowed(bytes) => bytes,
        Blob::Shared(bytes) => bytes,
    }
}

fn visit_big_int<'de, V: Visitor<'de>>(value: &BigInt, visitor: V) -> Result<V::Value> {
    if let Ok(value) = i64::try_from(value) {
        visitor.visit_i64(value)
    } else if let Ok(value) = u64::try_from(value) {
        visitor.visit_u64(value)
    } else if let Ok(value) = u128::try_from(value) {
        visitor.visit_u128(value)
    } else if let Ok(value) = i128::try_from(value) {
        visitor.visit_i128(value)
    } else {
        let size = format!("an int of {} bits (BigInt holds any)", value.inner().bits());
        Err(PickleError::invalid_value(
            Unexpected::Other(&size),
            &visitor,
        ))
    }
}

/// Returns the error for a value of another type than the visitor expects.
pub(super) fn wrong<'de, T: Tree<'de>, V: Visitor<'de>>(
    found: &View<'de, T>,
    visitor: &V,
) -> PickleError {
    PickleError::invalid_type(Unexpected::Other(&error_text::kind(found)), visitor)
}

fn bytes_for_text(bytes: &[u8]) -> PickleError {
    PickleError::new(format!(
        "bytes of length {} where text is expected: have the peer decode() them, or read them \
         into a Vec<u8> or serde_bytes::ByteBuf",
        bytes.len()
    ))
}

fn lone_surrogates(text: &SurrogateStr) -> PickleError {
    PickleError::new(format!(
        "text of {} bytes with lone surrogates, which no Rust string holds: read it into a Value, \
         or as bytes",
        text.as_bytes().len()
    ))
}
