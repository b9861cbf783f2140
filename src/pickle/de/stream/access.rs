//! Dicts, and the enums in them.

use serde::de::{DeserializeSeed, EnumAccess, MapAccess, VariantAccess, Visitor};

use super::super::super::opcode::*;
use super::key::differ;
use super::opcodes::Known;
use super::row::{End, Inside};
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
        let result = self.enter(Inside::dict(end, self.outermost), |stream| {
            // Large structs stay in one place.
            let mut result = visitor.visit_map(Pairs::<FIELDS>(stream));
            let whole = result.is_ok() && stream.dict_ends()?;
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

/// What ends dicts.
impl Stream<'_> {
    #[inline(always)]
    fn dict_ends(&mut self) -> Result<bool> {
        // Most pairs stand in the middle of a batch.
        match self.codes.is_other(self.inside.ends) {
            true => Ok(false),
            false => self.dict_ends_perhaps(),
        }
    }

    #[inline(never)]
    fn dict_ends_perhaps(&mut self) -> Result<bool> {
        while self.inside.end == End::Batch && self.codes.peek()? == SETITEMS {
            self.codes.skip();
            let end = self.after_batch(self.inside.count, true)?;
            self.inside = Inside::dict(end, self.inside.outermost);
        }
        if self.inside.end == End::Single && self.inside.count > 0 {
            self.codes.expect(SETITEM)?;
            self.inside = Inside::dict(End::Here, false);
        }
        Ok(self.inside.end == End::Here)
    }

    #[inline(never)]
    fn dict_hint(&self) -> Option<usize> {
        match self.inside.end {
            End::Batch => Some(self.hint(SETITEMS, self.inside.outermost) / 2),
            End::Single => 1_usize.checked_sub(self.inside.count),
            _ => Some(0),
        }
    }
}

/// The pairs of a dict; with `FIELDS` it is read into a struct, which sees to keys that come
/// twice.
struct Pairs<'s, 'de, const FIELDS: bool>(&'s mut Stream<'de>);

impl<'de, const FIELDS: bool> MapAccess<'de> for Pairs<'_, 'de, FIELDS> {
    type Error = GiveUp;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.0.dict_ends()? {
            return Ok(None);
        }
        self.0.inside.count += 1;
        if !FIELDS {
            return self.0.key(seed).map(Some);
        }
        let code = self.0.codes.next()?;
        let name = self.0.text(code)?;
        seed.deserialize(serde::de::value::BorrowedStrDeserializer::new(name))
            .map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        self.0.within(|stream| seed.deserialize(stream))
    }

    /// Counted, and not claimed by the pickle: as many at most as it has bytes.
    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.dict_hint()
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
