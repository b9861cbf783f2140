//! Reads dicts, and enums written as dicts.

use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, VariantAccess, Visitor,
};

use super::container_end::{BATCH, End, Ends, Following};
use super::cursor::Cursor;
use super::fallback::{Fallback, Result};
use super::key::differ;
use super::memo::Known;
use super::reader::Reader;
use crate::opcode::*;

impl<'de> Reader<'de> {
    /// Reads a dict, which the next opcode begins. With `FIELDS` its keys are names of fields.
    pub(super) fn visit_dict<const FIELDS: bool, V: Visitor<'de>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value> {
        self.visit_dict_in_line::<FIELDS, V>(visitor)
    }

    /// The same, inlined.
    #[inline(always)]
    pub(super) fn visit_dict_in_line<const FIELDS: bool, V: Visitor<'de>>(
        &mut self,
        visitor: V,
    ) -> Result<V::Value> {
        let (end, rest) = self.begin(EMPTY_DICT, Reader::begin_rare_dict)?;
        let first = self.keys.len();
        let result = self.enter_container(Ends::new(end, SETITEMS), |reader| {
            let cursor = Cursor::new(reader, rest, 0);
            // Not inlined, so that large structs are not moved.
            let mut result = visitor.visit_map(Pairs::<FIELDS>(cursor));
            let whole = result.is_ok() && reader.has_ended(Reader::dict_ends)?;
            if !whole || !FIELDS && !differ(&reader.keys[first..], &mut reader.table) {
                result = Err(Fallback);
            }
            result
        });
        if !FIELDS {
            self.keys.truncate(first);
        }
        result
    }

    #[inline(never)]
    fn begin_rare_dict(&mut self) -> Result<End> {
        self.codes.expect(EMPTY_DICT)?;
        self.codes.put(Known::Object)?;
        self.filling(true)
    }

    /// Returns what follows in a dict, after that many keys and values of its batch.
    #[inline(never)]
    pub(super) fn dict_ends(&mut self, count: usize) -> Result<Following> {
        if !count.is_multiple_of(2) {
            return Err(Fallback);
        }
        let count = count / 2;
        let end = match (self.ends.end(), count, self.codes.peek()?) {
            (End::Batch, _, SETITEMS) => self.end_batch(SETITEMS, count)?,
            (End::Single, 1.., _) => {
                self.codes.expect(SETITEM)?;
                End::Here
            }
            (End::Here, ..) => End::Here,
            _ => return Ok(Following::Inside),
        };
        self.ends = Ends::new(end, SETITEMS);
        Ok(Following::after_batch(end))
    }
}

/// Ends of dicts. Keys and values are counted, which alternate.
impl<'de> Cursor<'_, 'de> {
    #[inline(always)]
    fn at_value(&self) -> bool {
        self.count % 2 == 1
    }

    /// Reads the next name of a field. Most are GETs of names of an earlier struct, in the middle of a
    /// batch.
    #[inline(always)]
    fn name(&mut self) -> Result<Option<&'de str>> {
        if self.reader.ends == Ends::new(End::Batch, SETITEMS)
            && let Some(name) = self.known_text()
        {
            self.count += 1;
            return Ok(Some(name));
        }
        if self.dict_ends()? {
            return Ok(None);
        }
        self.count += 1;
        let name = self.text();
        self.noted(name).map(Some)
    }

    #[inline(always)]
    fn dict_ends(&mut self) -> Result<bool> {
        // Most pairs are in the middle of a batch.
        match self.goes_on() {
            true => Ok(false),
            false => self.dict_ends_perhaps(),
        }
    }

    #[inline(always)]
    fn dict_ends_perhaps(&mut self) -> Result<bool> {
        match self.ends_with(SETITEMS, 2 * BATCH) {
            true => Ok(true),
            false => self.ends_here(Reader::dict_ends),
        }
    }

    #[inline(always)]
    fn dict_hint(&self) -> Option<usize> {
        match self.reader.ends.end() {
            End::Batch => Some(
                self.reader
                    .hint(SETITEMS, self.rest, self.reader.in_outermost())
                    / 2,
            ),
            End::Single => Some(usize::from(self.count == 0)),
            _ => Some(0),
        }
    }
}

/// The pairs of a dict. With `FIELDS` it is read into a struct, which rejects duplicate keys itself.
struct Pairs<'s, 'de, const FIELDS: bool>(Cursor<'s, 'de>);

impl<'de, const FIELDS: bool> MapAccess<'de> for Pairs<'_, 'de, FIELDS> {
    type Error = Fallback;

    // Derived code calls these: inlined there, the position stays in registers.
    #[inline(always)]
    fn next_key<K: Deserialize<'de>>(&mut self) -> Result<Option<K>> {
        self.next_key_seed(PhantomData)
    }

    #[inline(always)]
    fn next_value<V: Deserialize<'de>>(&mut self) -> Result<V> {
        self.next_value_seed(PhantomData)
    }

    #[inline(always)]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.0.at_value() {
            return Err(self.0.give_up());
        }
        if FIELDS {
            let Some(name) = self.0.name()? else {
                return Ok(None);
            };
            let name = serde::de::value::BorrowedStrDeserializer::new(name);
            let result = seed.deserialize(name);
            return self.0.noted(result).map(Some);
        }
        if self.0.dict_ends()? {
            return Ok(None);
        }
        self.0.count += 1;
        self.0.key(seed).map(Some)
    }

    #[inline(always)]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        if !self.0.at_value() {
            return Err(self.0.give_up());
        }
        self.0.count += 1;
        self.0.item(seed)
    }

    /// Counted, not claimed by the pickle: at most as many as it has bytes.
    #[inline(always)]
    fn size_hint(&self) -> Option<usize> {
        self.0.dict_hint()
    }
}

impl<'de> Reader<'de> {
    pub(super) fn visit_enum<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        match self.codes.peek()? {
            EMPTY_DICT => self.visit_variant(visitor),
            _ => {
                let name = self.any_text()?;
                visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(name))
            }
        }
    }

    /// `{'Variant': content}`
    fn visit_variant<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.codes.expect(EMPTY_DICT)?;
        self.codes.put(Known::Object)?;
        let name = self.any_text()?;
        let value = self.within(|reader| visitor.visit_enum(Variant { reader, name }))?;
        self.codes.expect(SETITEM)?;
        Ok(value)
    }
}

struct Variant<'s, 'de> {
    reader: &'s mut Reader<'de>,
    name: &'de str,
}

impl<'s, 'de> EnumAccess<'de> for Variant<'s, 'de> {
    type Error = Fallback;
    type Variant = Content<'s, 'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant)> {
        let name = serde::de::value::BorrowedStrDeserializer::new(self.name);
        Ok((seed.deserialize(name)?, Content(self.reader)))
    }
}

/// The content of a variant.
struct Content<'s, 'de>(&'s mut Reader<'de>);

impl<'de> VariantAccess<'de> for Content<'_, 'de> {
    type Error = Fallback;

    fn unit_variant(self) -> Result<()> {
        let none = self.0.codes.expect(NONE);
        self.0.noted(none)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        self.0.within(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.0.deserialize_struct("", fields, visitor)
    }
}
