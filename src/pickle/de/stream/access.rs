//! Dicts, and the enums in them.

use serde::de::{DeserializeSeed, EnumAccess, MapAccess, VariantAccess, Visitor};

use super::super::super::opcode::*;
use super::key::differ;
use super::opcodes::{Codes, Known};
use super::row::End;
use super::{GiveUp, Result, Stream};

impl<'de> Stream<'de> {
    /// A dict, which the next opcode begins. Those of structs have names of fields for keys.
    pub(super) fn visit_dict<const FIELDS: bool, V: Visitor<'de>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value> {
        self.codes.expect(EMPTY_DICT)?;
        self.codes.put(Known::Object)?;
        let end = self.filling(true)?;
        let first = self.keys.len();
        let outermost = self.outermost;
        let result = self.enter(|stream| {
            let mut pairs = Pairs::<FIELDS> {
                stream,
                end,
                count: 0,
                outermost,
            };
            // Large structs stay in one place.
            let mut result = visitor.visit_map(&mut pairs);
            let whole = result.is_ok() && pairs.ends()?;
            if !whole || !FIELDS && !differ(&stream.keys[first..], &mut stream.table) {
                result = Err(GiveUp);
            }
            result
        });
        if !FIELDS {
            self.keys.truncate(first);
        }
        result
    }
}

/// The pairs of a dict; with `FIELDS` it is read into a struct, which sees to keys that come
/// twice.
struct Pairs<'s, 'de, const FIELDS: bool> {
    stream: &'s mut Stream<'de>,
    end: End,
    /// Pairs of the batch.
    count: usize,
    /// Whether it is all that the pickle is.
    outermost: bool,
}

impl<const FIELDS: bool> Pairs<'_, '_, FIELDS> {
    #[inline(always)]
    fn ends(&mut self) -> Result<bool> {
        // Most pairs stand in the middle of a batch.
        match self.end == End::Batch && self.stream.codes.is_other(Codes::one(SETITEMS)) {
            true => Ok(false),
            false => self.ends_perhaps(),
        }
    }

    #[inline(never)]
    fn ends_perhaps(&mut self) -> Result<bool> {
        while self.end == End::Batch && self.stream.codes.peek()? == SETITEMS {
            self.stream.codes.skip();
            self.end = self.stream.after_batch(self.count, true)?;
            self.count = 0;
        }
        if self.end == End::Single && self.count > 0 {
            self.stream.codes.expect(SETITEM)?;
            self.end = End::Here;
        }
        Ok(self.end == End::Here)
    }
}

impl<'de, const FIELDS: bool> MapAccess<'de> for Pairs<'_, 'de, FIELDS> {
    type Error = GiveUp;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.ends()? {
            return Ok(None);
        }
        self.count += 1;
        if !FIELDS {
            return self.stream.key(seed).map(Some);
        }
        let code = self.stream.codes.next()?;
        let name = self.stream.text(code)?;
        seed.deserialize(serde::de::value::BorrowedStrDeserializer::new(name))
            .map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        self.stream.within(|stream| seed.deserialize(stream))
    }

    /// Counted, and not claimed by the pickle: as many at most as it has bytes.
    fn size_hint(&self) -> Option<usize> {
        match self.end {
            End::Batch => Some(self.stream.hint(SETITEMS, self.outermost) / 2),
            End::Single => 1_usize.checked_sub(self.count),
            _ => Some(0),
        }
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
