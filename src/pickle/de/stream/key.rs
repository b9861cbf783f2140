//! Keys of maps, and whether they differ.

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use super::super::super::opcode::*;
use super::super::super::read::Hasher;
use super::opcodes::Place;
use super::{GiveUp, Result, Stream};

/// A key that Python tells apart as Rust does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Key<'de> {
    Text(&'de str),
    Int(i64),
}

/// Up to here each key is compared with each.
const FEW: usize = 16;

impl<'de> Stream<'de> {
    /// Any key but those that Python may take for equal, though Rust does not.
    pub(super) fn key<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<K::Value> {
        let place = self.codes.place()?;
        let growth = self.growth;
        let key = self.plain_key()?;
        self.keys.push(key);
        self.waits = true;
        let mut read = seed.deserialize(PlainKey {
            stream: self,
            key,
            place: &place,
            growth,
        });
        if self.waits || self.codes.stands_at(&place) {
            read = Err(GiveUp);
        }
        self.noted(read)
    }

    /// Text or an integer; of a small tuple it is the first item, and those differ where the
    /// first items do.
    #[inline(always)]
    fn plain_key(&mut self) -> Result<Key<'de>> {
        match self.codes.peek()? {
            code @ (SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 | BINGET | LONG_BINGET) => {
                self.codes.skip();
                self.text(code).map(Key::Text)
            }
            _ => self.codes.int().map(Key::Int),
        }
    }
}

/// A key that was read, and waits for somebody who asks for such a one.
struct PlainKey<'s, 'de> {
    stream: &'s mut Stream<'de>,
    key: Key<'de>,
    /// Where it stands, and what was left of the growth there.
    place: &'s Place<'de>,
    growth: u64,
}

impl<'s, 'de> PlainKey<'s, 'de> {
    #[inline]
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.stream.waits = false;
        let result = match self.key {
            Key::Text(text) => visitor.visit_borrowed_str(text),
            Key::Int(value) => visitor.visit_i64(value),
        };
        self.stream.noted(result)
    }

    /// The stream, to read from it what is more than that.
    #[cold]
    fn again(self) -> &'s mut Stream<'de> {
        self.stream.waits = false;
        self.stream.codes.go_back(self.place);
        self.stream.growth = self.growth;
        self.stream
    }
}

/// Of keys that are of this form.
macro_rules! plain {
    ($form:ident: $($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.key {
                Key::$form(_) => self.visit(visitor),
                _ => self.again().$method(visitor),
            }
        }
    )*};
}

macro_rules! whatever {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.visit(visitor)
        }
    )*};
}

macro_rules! again {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value> {
            self.again().$method($($name,)* visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for PlainKey<'_, 'de> {
    type Error = GiveUp;

    plain! {
        Int: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    plain! { Text: deserialize_str deserialize_string deserialize_char }

    whatever! {
        deserialize_any deserialize_bytes deserialize_byte_buf deserialize_identifier
        deserialize_ignored_any
    }

    again! {
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

/// Whether each is greater than the one before, in either of two orders: that of sorted names,
/// and that of numbers and of names with a running number. Most other keys soon are not.
fn ascend(keys: &[Key<'_>]) -> bool {
    let length = |key: &Key<'_>| match key {
        Key::Text(text) => text.len(),
        Key::Int(_) => 0,
    };
    keys.is_sorted_by(|left, right| left < right)
        || keys.is_sorted_by(|left, right| (length(left), left) < (length(right), right))
}

/// Whether all keys differ.
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
    // Half full at most, of positions counted from 1.
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
