//! The items of containers, one at a time.

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::super::super::opcode::*;
use super::cursor::Cursor;
use super::{GiveUp, Result};

/// The items of a row that may be long.
pub(super) struct Row<'s, 'de>(pub(super) Cursor<'s, 'de>);

impl<'de> SeqAccess<'de> for Row<'_, 'de> {
    type Error = GiveUp;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.0.row_ends()? {
            return Ok(None);
        }
        self.0.count += 1;
        self.0.item(seed).map(Some)
    }

    /// Counted, and not claimed by the pickle: as many at most as it has bytes.
    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.row_hint()
    }
}

/// The items of a row that is as short as the type says.
pub(super) struct Few<'s, 'de>(pub(super) Cursor<'s, 'de>);

impl<'de> SeqAccess<'de> for Few<'_, 'de> {
    type Error = GiveUp;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.0.row_ends()? {
            return Ok(None);
        }
        self.0.count += 1;
        self.0
            .by_stream(|stream| stream.within(|stream| seed.deserialize(stream)))
            .map(Some)
    }

    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.row_hint()
    }
}

impl<'de> Cursor<'_, 'de> {
    /// Reads an item, which must not be left alone.
    #[inline(always)]
    pub(super) fn item<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        let before = self.rest.len();
        let mut result = seed.deserialize(Item(self));
        if result.is_err() || self.rest.len() == before {
            result = Err(self.give_up());
        }
        result
    }
}

/// The next item. Plain ones are read here, and all else by the stream.
struct Item<'c, 's, 'de>(&'c mut Cursor<'s, 'de>);

macro_rules! ints {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let result = self.0.int().and_then(|value| visitor.visit_i64(value));
            self.0.noted(result)
        }
    )*};
}

macro_rules! floats {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let Some(value) = self.0.float() else {
                return self.0.by_stream(|stream| stream.rare_float(visitor));
            };
            let result = visitor.visit_f64(value);
            self.0.noted(result)
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let result = self.0.text().and_then(|text| visitor.visit_borrowed_str(text));
            self.0.noted(result)
        }
    )*};
}

macro_rules! by_stream {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value> {
            self.0.by_stream(|stream| stream.$method($($name,)* visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for Item<'_, '_, 'de> {
    type Error = GiveUp;

    ints! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    floats! { deserialize_f32 deserialize_f64 }

    texts! { deserialize_str deserialize_string }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = match self.0.bool() {
            Some(value) => visitor.visit_bool(value),
            None => self.0.by_stream(|stream| stream.visit_bool(visitor)),
        };
        self.0.noted(result)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.0.by_stream(|stream| match stream.codes.rest() {
            [EMPTY_LIST, ..] => stream.visit_row::<false, V>(visitor, None),
            _ => stream.deserialize_seq(visitor),
        })
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.0.rest {
            // What was read is not moved from place to place.
            [EMPTY_DICT, ..] => self
                .0
                .by_stream(|stream| stream.visit_dict_in_line::<true, V>(visitor)),
            _ => self
                .0
                .by_stream(|stream| stream.deserialize_struct(name, fields, visitor)),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0.rest {
            [NONE, rest @ ..] => {
                self.0.rest = rest;
                let result = visitor.visit_none();
                self.0.noted(result)
            }
            _ => self
                .0
                .by_stream(|stream| stream.deserialize_option(visitor)),
        }
    }

    by_stream! {
        deserialize_any() deserialize_char() deserialize_bytes() deserialize_byte_buf()
        deserialize_unit() deserialize_map() deserialize_identifier()
        deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}
