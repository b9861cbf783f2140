//! Access to the parts of containers for visitors. Errors get a path and an offset.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::super::view::{Blob, Text, Tree, View};
use super::context::Inside;
use crate::{PickleError, Result};

use super::error_text;

/// Reads a value. An error gets its offset.
pub(super) fn read<'de, T: Tree<'de>, S: DeserializeSeed<'de>>(
    seed: S,
    node: T,
    inside: Inside<'_, 'de, T>,
) -> Result<S::Value> {
    let place = inside.place(node)?;
    seed.deserialize(place)
        .map_err(|error| error.at_byte(node.offset()))
}

/// Visits all items. Fails if some are left over.
pub(super) fn visit_items<'de, T, I, V>(
    items: I,
    inside: Inside<'_, 'de, T>,
    visitor: V,
) -> Result<V::Value>
where
    T: Tree<'de>,
    I: ExactSizeIterator<Item = T>,
    V: Visitor<'de>,
{
    let len = items.len();
    let mut items = Items {
        items,
        inside,
        next: 0,
    };
    let value = visitor.visit_seq(&mut items)?;
    match items.items.len() {
        0 => Ok(value),
        left => Err(PickleError::invalid_length(
            len,
            &&*format!("{} items", len - left),
        )),
    }
}

struct Items<'c, 'de, T: Tree<'de>, I> {
    items: I,
    inside: Inside<'c, 'de, T>,
    next: usize,
}

impl<'de, T: Tree<'de>, I: ExactSizeIterator<Item = T>> SeqAccess<'de> for Items<'_, 'de, T, I> {
    type Error = PickleError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        let item = read(seed, item, self.inside);
        item.map(Some).map_err(|error| error.inside_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The types of keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Of any type.
    Keys,
    /// The names of a struct's fields.
    Fields,
    /// The same, of attributes in Python.
    Attributes,
}

/// The pairs of a dict, or the attributes of an instance.
pub(super) struct Pairs<'c, 'de, T: Tree<'de>, I> {
    pairs: I,
    inside: Inside<'c, 'de, T>,
    style: Style,
    /// An attribute before the others.
    first: Option<(&'static str, T)>,
    open: Option<(Key<T>, T)>,
}

/// The key whose value comes next.
enum Key<T> {
    Node(T),
    Name(&'static str),
}

impl<'c, 'de, T: Tree<'de>, I> Pairs<'c, 'de, T, I> {
    pub(super) fn new(pairs: I, inside: Inside<'c, 'de, T>, style: Style) -> Self {
        Pairs {
            pairs,
            inside,
            style,
            first: None,
            open: None,
        }
    }

    pub(super) fn with_first(mut self, first: Option<(&'static str, T)>) -> Self {
        self.first = first;
        self
    }
}

impl<'de, T: Tree<'de>, I: ExactSizeIterator<Item = (T, T)>> MapAccess<'de>
    for Pairs<'_, 'de, T, I>
{
    type Error = PickleError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if let Some((name, value)) = self.first.take() {
            self.open = Some((Key::Name(name), value));
            let name: serde::de::value::StrDeserializer<'_, PickleError> =
                serde::de::IntoDeserializer::into_deserializer(name);
            return seed.deserialize(name).map(Some);
        }
        let Some((key, value)) = self.pairs.next() else {
            return Ok(None);
        };
        self.open = Some((Key::Node(key), value));
        let read = match self.style {
            Style::Keys => read(seed, key, self.inside),
            Style::Fields | Style::Attributes => seed
                .deserialize(Field(key))
                .map_err(|error| error.at_byte(key.offset())),
        };
        read.map(Some).map_err(|error| match self.style {
            Style::Keys => error.inside_key(&format!("key {}", error_text::key(key))),
            _ => error,
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some((key, value)) = self.open.take() else {
            return Err(PickleError::new(
                "a Deserialize that asks for a value before its key",
            ));
        };
        read(seed, value, self.inside).map_err(|error| match key {
            Key::Name(name) => error.inside_attribute(name),
            Key::Node(key) => match self.style {
                Style::Attributes => error.inside_attribute(&error_text::name(key)),
                _ => error.inside_key(&error_text::key(key)),
            },
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len() + usize::from(self.first.is_some()))
    }
}

/// The name of a field. A key of another type is a name that no field has.
struct Field<T>(T);

impl<'de, T: Tree<'de>> Deserializer<'de> for Field<T> {
    type Error = PickleError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0.view() {
            View::Str(Text::Borrowed(name)) => visitor.visit_borrowed_str(name),
            View::Str(Text::Shared(name)) => visitor.visit_str(&name),
            View::Bytes(Blob::Borrowed(name)) => visitor.visit_borrowed_bytes(name),
            View::Bytes(Blob::Shared(name)) => visitor.visit_bytes(&name),
            _ => visitor.visit_str(&format!("[{}]", error_text::key(self.0))),
        }
    }

    /// A name may be a unit variant, too.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.0.view() {
            View::Str(Text::Borrowed(name)) => {
                visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(name))
            }
            View::Str(Text::Shared(name)) => {
                visitor.visit_enum(serde::de::value::StrDeserializer::new(&name))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct option map struct identifier
        ignored_any
    }
}
