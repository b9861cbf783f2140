//! Enums: in their documented form, or as members of Python's `enum.Enum`.

use std::borrow::Cow;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};

use super::super::view::{Text, Tree, View};
use super::context::{Inside, contains_itself};
use super::error_text;
use super::instance::{InstanceReader, Member};
use crate::{PickleError, Result};

/// A variant and its content, as in the table of the module's documentation.
pub(super) struct Variant<'c, 'de, T: Tree<'de>> {
    name: Cow<'de, str>,
    content: Content<'c, 'de, T>,
}

impl<'c, 'de, T: Tree<'de>> Variant<'c, 'de, T> {
    pub(super) fn of(node: T, inside: Inside<'c, 'de, T>, type_name: &str) -> Result<Self> {
        match node.view() {
            View::Str(name) => Ok(Variant::unit(text(name), inside)),
            View::Dict(mut pairs) if pairs.len() == 1 => match pairs.next() {
                Some((key, value)) => Variant::with_content(key, value, inside),
                None => Err(not_a_variant("a dict")),
            },
            View::Instance(instance) => {
                let member = InstanceReader::of(instance).member(type_name, |found| {
                    not_a_variant(&error_text::with_article(found))
                })?;
                let name = match member {
                    Member::Value(member) | Member::Name(member) => member_name(member),
                };
                Ok(Variant::unit(name, inside))
            }
            View::Recursive => Err(contains_itself()),
            view => Err(not_a_variant(&error_text::a_kind(&view))),
        }
    }

    fn unit(name: Cow<'de, str>, inside: Inside<'c, 'de, T>) -> Self {
        let content = Content {
            inside,
            value: None,
        };
        Variant { name, content }
    }

    fn with_content(key: T, value: T, inside: Inside<'c, 'de, T>) -> Result<Self> {
        let View::Str(name) = key.view() else {
            return Err(PickleError::new(
                "the name of an enum's variant has to be text",
            ));
        };
        Ok(Variant {
            name: text(name),
            content: Content {
                inside,
                value: Some((key, value)),
            },
        })
    }
}

fn text(text: Text<'_>) -> Cow<'_, str> {
    match text {
        Text::Borrowed(text) => Cow::Borrowed(text),
        Text::Shared(text) => Cow::Owned(text.as_str().into()),
    }
}

/// Returns the name of the variant for the value of a member: its text, or its number in decimal.
fn member_name<'de>(value: impl Tree<'de>) -> Cow<'de, str> {
    match value.view() {
        View::Str(name) => text(name),
        View::Int(number) => number.to_string().into(),
        // For example a tuple, as Python writes it.
        _ => error_text::key(value).into(),
    }
}

#[cold]
fn not_a_variant(found: &str) -> PickleError {
    PickleError::new(format!(
        "{found} for an enum: expected 'Variant' or {{'Variant': content}}"
    ))
}

impl<'c, 'de, T: Tree<'de>> EnumAccess<'de> for Variant<'c, 'de, T> {
    type Error = PickleError;
    type Variant = Content<'c, 'de, T>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant)> {
        let name: serde::de::value::CowStrDeserializer<'_, PickleError> =
            self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.content))
    }
}

/// The content of a variant.
pub(super) struct Content<'c, 'de, T: Tree<'de>> {
    inside: Inside<'c, 'de, T>,
    value: Option<(T, T)>,
}

impl<'c, 'de, T: Tree<'de>> Content<'c, 'de, T> {
    fn wanted(self) -> Result<(T, T, Inside<'c, 'de, T>)> {
        match self.value {
            Some((key, value)) => Ok((key, value, self.inside)),
            None => Err(PickleError::new(
                "this variant has content: expected {'Variant': content}",
            )),
        }
    }
}

/// Adds the place in a content to an error.
fn noted<'de, R, T: Tree<'de>>(result: Result<R>, key: T, value: T) -> Result<R> {
    result.map_err(|error| {
        let error = error.at_byte(value.offset());
        error.inside_key(&error_text::key(key))
    })
}

impl<'de, T: Tree<'de>> VariantAccess<'de> for Content<'_, 'de, T> {
    type Error = PickleError;

    fn unit_variant(self) -> Result<()> {
        match self.value.map(|(_, value)| value.view()) {
            None | Some(View::None) => Ok(()),
            Some(_) => Err(PickleError::new(
                "this variant has no content: expected 'Variant'",
            )),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        let (key, value, inside) = self.wanted()?;
        let read = inside
            .place(value)
            .and_then(|place| seed.deserialize(place));
        noted(read, key, value)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        let (key, value, inside) = self.wanted()?;
        let place = inside.place(value);
        let read = place.and_then(|place| place.deserialize_tuple(len, visitor));
        noted(read, key, value)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let (key, value, inside) = self.wanted()?;
        let place = inside.place(value);
        let read = place.and_then(|place| place.deserialize_struct("", fields, visitor));
        noted(read, key, value)
    }
}
