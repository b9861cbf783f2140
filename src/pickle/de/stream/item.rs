//! The items of rows, one at a time.

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::next;
use super::{GiveUp, Result, Stream};

/// The items of a row that may be long.
///
/// Where they are numbers, the position and the count stay in registers from item to item: what
/// one item writes to memory the next one would have to wait for. The stream has them whenever
/// it reads something itself, and in the end.
pub(super) struct Row<'s, 'de> {
    stream: &'s mut Stream<'de>,
    rest: &'de [u8],
    count: usize,
}

impl<'s, 'de> Row<'s, 'de> {
    #[inline]
    pub(super) fn new(stream: &'s mut Stream<'de>) -> Self {
        Row {
            rest: stream.codes.rest(),
            count: stream.inside.count,
            stream,
        }
    }

    /// Has the stream go on, and goes on behind that.
    #[inline(always)]
    fn by_stream<R>(&mut self, read: impl FnOnce(&mut Stream<'de>) -> R) -> R {
        self.stream.codes.go_on_at(self.rest);
        let read = read(self.stream);
        self.rest = self.stream.codes.rest();
        read
    }

    #[inline(always)]
    fn ends(&mut self) -> Result<bool> {
        match next::begins_with_other(self.rest, self.stream.inside.ends) {
            true => Ok(false),
            false => self.ends_perhaps(),
        }
    }

    /// The one question for which the count matters.
    #[inline(always)]
    fn ends_perhaps(&mut self) -> Result<bool> {
        self.stream.inside.count = self.count;
        let ends = self.by_stream(Stream::row_ends_perhaps);
        self.count = self.stream.inside.count;
        ends
    }

    #[inline(always)]
    fn int(&mut self) -> Result<i64> {
        match next::short_int(self.rest) {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            None => self.by_stream(|stream| stream.codes.rare_int()),
        }
    }

    #[inline(always)]
    fn noted<R>(&mut self, result: Result<R>) -> Result<R> {
        match result {
            Ok(read) => Ok(read),
            Err(GiveUp) => Err(self.by_stream(|stream| stream.codes.give_up())),
        }
    }
}

impl Drop for Row<'_, '_> {
    /// A visitor may have enough before the end.
    #[inline]
    fn drop(&mut self) {
        self.stream.codes.go_on_at(self.rest);
        self.stream.inside.count = self.count;
    }
}

impl<'de> SeqAccess<'de> for Row<'_, 'de> {
    type Error = GiveUp;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.ends()? {
            return Ok(None);
        }
        self.count += 1;
        let before = self.rest.len();
        match seed.deserialize(Item(self)) {
            Ok(item) if self.rest.len() != before => Ok(Some(item)),
            _ => self.noted(Err(GiveUp)),
        }
    }

    /// Counted, and not claimed by the pickle: as many at most as it has bytes.
    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.stream.row_hint()
    }
}

/// The items of a row that is as short as the type says.
pub(super) struct Few<'s, 'de>(pub(super) &'s mut Stream<'de>);

impl<'de> SeqAccess<'de> for Few<'_, 'de> {
    type Error = GiveUp;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.0.row_ends()? {
            return Ok(None);
        }
        self.0.inside.count += 1;
        self.0.within(|stream| seed.deserialize(stream)).map(Some)
    }

    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.row_hint()
    }
}

/// The next item. Numbers are read here, and all else by the stream.
struct Item<'r, 's, 'de>(&'r mut Row<'s, 'de>);

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
            let Some((value, rest)) = next::float(self.0.rest) else {
                return self.0.by_stream(|stream| stream.$method(visitor));
            };
            self.0.rest = rest;
            let result = visitor.visit_f64(value);
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

    by_stream! {
        deserialize_any() deserialize_bool() deserialize_char() deserialize_str()
        deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_option()
        deserialize_unit() deserialize_seq() deserialize_map() deserialize_identifier()
        deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}
