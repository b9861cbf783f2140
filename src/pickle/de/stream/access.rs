//! Dicts, and the enums in them.

use serde::de::{DeserializeSeed, EnumAccess, MapAccess, VariantAccess, Visitor};

use super::super::super::opcode::*;
use super::super::super::read::Hasher;
use super::opcodes::Known;
use super::row::End;
use super::{GiveUp, Result, Stream};

/// A key that Python tells apart as Rust does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'de> {
    Text(&'de str),
    Int(i64),
}

/// Up to here each key is compared with each.
const FEW: usize = 16;

impl<'de> Stream<'de> {
    /// A dict, which the next opcode begins. Those of structs have names of fields for keys.
    pub(super) fn visit_dict<V: Visitor<'de>>(
        &mut self,
        visitor: V,
        fields: bool,
    ) -> Result<V::Value> {
        self.codes.expect(EMPTY_DICT)?;
        self.codes.put(Known::Object)?;
        let end = self.filling(true)?;
        let first = self.keys.len();
        let result = self.enter(|stream| {
            let mut pairs = Pairs {
                stream,
                end,
                count: 0,
                fields,
            };
            let value = visitor.visit_map(&mut pairs)?;
            let whole = pairs.ends()? && differ(&stream.keys[first..], &mut stream.table);
            whole.then_some(value).ok_or(GiveUp)
        });
        self.keys.truncate(first);
        result
    }
}

struct Pairs<'s, 'de> {
    stream: &'s mut Stream<'de>,
    end: End,
    /// Pairs of the batch.
    count: usize,
    /// Whether it is read into a struct, which sees to keys that come twice.
    fields: bool,
}

impl<'de> Pairs<'_, 'de> {
    #[inline(always)]
    fn ends(&mut self) -> Result<bool> {
        let code = self.stream.codes.peek()?;
        match self.end {
            End::Batch if code == SETITEMS => self.end_batch(),
            end => Ok(end == End::Here),
        }
    }

    #[inline(never)]
    fn end_batch(&mut self) -> Result<bool> {
        while self.end == End::Batch && self.stream.codes.peek()? == SETITEMS {
            self.stream.codes.skip();
            self.end = self.stream.after_batch(self.count, true)?;
            self.count = 0;
        }
        Ok(self.end == End::Here)
    }

    /// Any key but those that Python may take for equal, though Rust does not.
    fn key<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<K::Value> {
        let place = self.stream.codes.place()?;
        let read = self.stream.within(|stream| seed.deserialize(stream))?;
        let key = self.stream.codes.again(place, |codes| {
            let code = codes.next()?;
            match code {
                SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => codes.text(code).map(Key::Text),
                BINGET | LONG_BINGET => match codes.get(code)? {
                    Known::Text(text) => Ok(Key::Text(text)),
                    _ => Err(GiveUp),
                },
                _ => codes.int(code).ok_or(GiveUp)?.map(Key::Int),
            }
        })?;
        self.stream.keys.push(key);
        Ok(read)
    }
}

/// Whether all keys differ.
fn differ(keys: &[Key<'_>], table: &mut Vec<u32>) -> bool {
    if keys.len() <= FEW {
        let mut earlier = 0..keys.len();
        return earlier.all(|at| !keys[..at].contains(&keys[at]));
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

impl<'de> MapAccess<'de> for Pairs<'_, 'de> {
    type Error = GiveUp;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.ends()? {
            return Ok(None);
        }
        self.count += 1;
        if !self.fields {
            return self.key(seed).map(Some);
        }
        let code = self.stream.codes.next()?;
        let name = self.stream.text(code)?;
        seed.deserialize(serde::de::value::BorrowedStrDeserializer::new(name))
            .map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let value = self.stream.within(|stream| seed.deserialize(stream))?;
        if self.end == End::Single {
            self.stream.codes.expect(SETITEM)?;
            self.end = End::Here;
        }
        Ok(value)
    }
}

/// `{'Variant': content}`
pub(super) fn visit_variant<'de, V: Visitor<'de>>(
    stream: &mut Stream<'de>,
    visitor: V,
) -> Result<V::Value> {
    stream.codes.expect(EMPTY_DICT)?;
    stream.codes.put(Known::Object)?;
    let code = stream.codes.next()?;
    let name = stream.text(code)?;
    let value = visitor.visit_enum(Variant { stream, name })?;
    stream.codes.expect(SETITEM)?;
    Ok(value)
}

struct Variant<'s, 'de> {
    stream: &'s mut Stream<'de>,
    name: &'de str,
}

impl<'s, 'de> EnumAccess<'de> for Variant<'s, 'de> {
    type Error = GiveUp;
    type Variant = Content<'s, 'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant)> {
        let name = serde::de::value::BorrowedStrDeserializer::new(self.name);
        Ok((seed.deserialize(name)?, Content(self.stream)))
    }
}

/// What is in a variant.
struct Content<'s, 'de>(&'s mut Stream<'de>);

impl<'de> VariantAccess<'de> for Content<'_, 'de> {
    type Error = GiveUp;

    fn unit_variant(self) -> Result<()> {
        self.0.codes.expect(NONE)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        self.0.within(|stream| seed.deserialize(stream))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.0.visit_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.0.visit_struct("", fields, visitor)
    }
}
