//! Keys of maps, and the check that they differ.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, Visitor};

use super::cursor::Cursor;
use super::fallback::{Fallback, Result};
use super::reader::Reader;
use super::scratch::Key;
use crate::decode::hashing::Hasher;
use crate::opcode::*;

/// Up to this many, each key is compared with each.
const FEW: usize = 16;

impl<'de> Reader<'de> {
    /// Notes the next key if Python compares it as Rust does: text, an integer, or a small tuple, of which
    /// the first item is noted, as tuples differ if those do.
    fn key(&mut self) -> Result<Key<'de>> {
        let key = match self.codes.peek()? {
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 | BINGET | LONG_BINGET => {
                Key::Text(self.any_text()?)
            }
            _ => Key::Int(self.codes.int()?),
        };
        self.keys.push(key);
        Ok(key)
    }

    /// Reads the key, of whatever type.
    fn visit_key<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.key()? {
            Key::Text(text) => visitor.visit_borrowed_str(text),
            Key::Int(value) => visitor.visit_i64(value),
        }
    }

    /// Notes the key, and returns to its beginning.
    fn note_key(&mut self) -> Result<()> {
        let (place, growth) = (self.codes.place()?, self.growth);
        self.key()?;
        self.codes.go_back(&place);
        self.growth = growth;
        Ok(())
    }
}

impl<'de> Cursor<'_, 'de> {
    /// Reads a key. Fails if the visitor does not read it.
    #[inline(always)]
    pub(super) fn key<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<K::Value> {
        let before = self.rest.len();
        let mut result = seed.deserialize(NextKey(self));
        if result.is_err() || self.rest.len() == before {
            result = Err(self.give_up());
        }
        result
    }
}

/// The next key.
struct NextKey<'c, 's, 'de>(&'c mut Cursor<'s, 'de>);

/// Reads text or a number that the type asks for as such.
macro_rules! plain {
    ($read:ident or $rare:ident, $form:ident, $visit:ident: $($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let key = match self.0.$read() {
                Some(key) => key,
                None => {
                    let key = self.0.by_reader(|reader| reader.$rare());
                    self.0.noted(key)?
                }
            };
            self.0.reader.keys.push(Key::$form(key));
            let result = visitor.$visit(key);
            self.0.noted(result)
        }
    )*};
}

macro_rules! whatever {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let result = self.0.by_reader(|reader| reader.visit_key(visitor));
            self.0.noted(result)
        }
    )*};
}

/// Reads other keys, and keys that the type asks for otherwise.
macro_rules! by_reader {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value> {
            let result = self.0.by_reader(|reader| {
                reader.note_key()?;
                reader.$method($($name,)* visitor)
            });
            self.0.noted(result)
        }
    )*};
}

impl<'de> Deserializer<'de> for NextKey<'_, '_, 'de> {
    type Error = Fallback;

    plain! {
        known_text or any_text, Text, visit_borrowed_str:
        deserialize_str deserialize_string deserialize_char
    }

    plain! {
        int or any_int, Int, visit_i64:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    whatever! {
        deserialize_any deserialize_bytes deserialize_byte_buf deserialize_identifier
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_any(IgnoredAny)?;
        visitor.visit_unit()
    }

    by_reader! {
        deserialize_bool() deserialize_f32() deserialize_f64() deserialize_option()
        deserialize_unit() deserialize_seq() deserialize_map()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// Returns whether each is greater than the one before, in one of two orders: that of sorted names, or
/// that of numbers and of names with a running number. For most other keys that fails early.
fn ascend(keys: &[Key<'_>]) -> bool {
    let length = |key: &Key<'_>| match key {
        Key::Text(text) => text.len(),
        Key::Int(_) => 0,
    };
    keys.is_sorted_by(|left, right| left < right)
        || keys.is_sorted_by(|left, right| (length(left), left) < (length(right), right))
}

/// Returns whether all keys differ.
pub(super) fn differ(keys: &[Key<'_>], table: &mut Vec<u32>) -> bool {
    if keys.len() <= FEW {
        let mut earlier = 0..keys.len();
        return earlier.all(|at| !keys[..at].contains(&keys[at]));
    }
    if ascend(keys) {
        return true;
    }
    if u32::try_from(keys.len()).is_err() {
        return false;
    }
    // A table of positions counted from 1, at most half full.
    let size = (keys.len() * 2).next_power_of_two();
    table.clear();
    table.resize(size, 0);
    let hasher = Hasher::new();
    keys.iter().zip(1..).all(|(key, position)| {
        let hash = match key {
            Key::Text(text) => hasher.bytes(text.as_bytes()),
            Key::Int(int) => hasher.number(int.cast_unsigned()),
        };
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are wanted")]
        let mut place = hash as usize & (size - 1);
        while table[place] != 0 {
            if keys[table[place] as usize - 1] == *key {
                return false;
            }
            place = (place + 1) & (size - 1);
        }
        table[place] = position;
        true
    })
}
