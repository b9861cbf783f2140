//! Items of containers, one at a time.

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::cursor::Cursor;
use super::fallback::{Fallback, Result};
use super::reader::Reader;
use crate::opcode::*;

/// The items of a list or tuple of any length.
pub(super) struct Row<'s, 'de>(pub(super) Cursor<'s, 'de>);

impl<'de> SeqAccess<'de> for Row<'_, 'de> {
    type Error = Fallback;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.0.row_ends()? {
            return Ok(None);
        }
        self.0.count += 1;
        self.0.item(seed).map(Some)
    }

    /// Counted, not claimed by the pickle: at most as many as it has bytes.
    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.row_hint()
    }
}

/// The items of a short tuple, whose length the type gives.
pub(super) struct Few<'s, 'de>(pub(super) Cursor<'s, 'de>);

impl<'de> SeqAccess<'de> for Few<'_, 'de> {
    type Error = Fallback;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if !self.0.small_tuple_goes_on() && self.0.row_ends()? {
            return Ok(None);
        }
        self.0.count += 1;
        self.0
            .by_reader(|reader| reader.within(|reader| seed.deserialize(reader)))
            .map(Some)
    }

    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.row_hint()
    }
}

impl<'de> Cursor<'_, 'de> {
    /// Reads an item. Fails if the visitor does not read it: the next ones would be misread.
    #[inline(always)]
    pub(super) fn item<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        let mut asked = false;
        let mut result = seed.deserialize(Item {
            cursor: self,
            asked: &mut asked,
        });
        if result.is_err() || !asked {
            result = Err(self.give_up());
        }
        result
    }
}

/// The next item. Plain ones are read here, all others by the reader.
struct Item<'c, 's, 'de> {
    cursor: &'c mut Cursor<'s, 'de>,
    asked: &'c mut bool,
}

impl<'c, 's, 'de> Item<'c, 's, 'de> {
    /// Returns the next item.
    #[inline(always)]
    fn cursor(self) -> &'c mut Cursor<'s, 'de> {
        *self.asked = true;
        self.cursor
    }

    #[inline(always)]
    fn by_reader<R>(self, read: impl FnOnce(&mut Reader<'de>) -> Result<R>) -> Result<R> {
        self.cursor().by_reader(|reader| reader.within(read))
    }
}

macro_rules! ints {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let cursor = self.cursor();
            let value = match cursor.int() {
                Some(value) => value,
                None => match cursor.by_reader(|reader| reader.codes.rare_int()) {
                    Ok(value) => value,
                    Err(Fallback) => return Err(cursor.give_up()),
                },
            };
            let result = visitor.visit_i64(value);
            cursor.noted(result)
        }
    )*};
}

macro_rules! floats {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let cursor = self.cursor();
            let Some(value) = cursor.float() else {
                return cursor.by_reader(|reader| reader.rare_float(visitor));
            };
            let result = visitor.visit_f64(value);
            cursor.noted(result)
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let cursor = self.cursor();
            let result = cursor.text().and_then(|text| visitor.visit_borrowed_str(text));
            cursor.noted(result)
        }
    )*};
}

macro_rules! by_reader {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value> {
            self.by_reader(|reader| reader.$method($($name,)* visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for Item<'_, '_, 'de> {
    type Error = Fallback;

    ints! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    floats! { deserialize_f32 deserialize_f64 }

    texts! { deserialize_str deserialize_string }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let cursor = self.cursor();
        let result = match cursor.bool() {
            Some(value) => visitor.visit_bool(value),
            None => cursor.by_reader(|reader| reader.visit_bool(visitor)),
        };
        cursor.noted(result)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.cursor().by_reader(|reader| match reader.codes.rest() {
            [EMPTY_LIST, ..] => reader.visit_row::<false, V>(visitor, None),
            _ => reader.deserialize_seq(visitor),
        })
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.cursor.rest {
            // Inlined, so that a value is not moved.
            [EMPTY_DICT, ..] => self
                .cursor()
                .by_reader(|reader| reader.visit_dict_in_line::<true, V>(visitor)),
            _ => self.by_reader(|reader| reader.deserialize_struct(name, fields, visitor)),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.cursor.rest {
            [NONE, rest @ ..] => {
                let cursor = self.cursor();
                cursor.rest = rest;
                let result = visitor.visit_none();
                cursor.noted(result)
            }
            _ => self.by_reader(|reader| reader.deserialize_option(visitor)),
        }
    }

    by_reader! {
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
