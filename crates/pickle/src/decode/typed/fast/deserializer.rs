//! The reader as a `Deserializer`.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::fallback::{Fallback, Result};
use super::reader::Reader;
use crate::class_name;
use crate::opcode::*;
use crate::value_through_serde;

macro_rules! ints {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let result = self.visit_int(visitor);
            self.noted(result)
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            let result = self.visit_text(visitor);
            self.noted(result)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fallback;

    ints! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    texts! { deserialize_str deserialize_string deserialize_char }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = self.visit_any(visitor);
        self.noted(result)
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = self.visit_bool(visitor);
        self.noted(result)
    }

    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = self.visit_float(visitor);
        self.noted(result)
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = self.visit_float(visitor);
        self.noted(result)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let code = self.codes.peek();
        match self.noted(code)? {
            NONE => {
                self.codes.skip();
                let result = visitor.visit_none();
                self.noted(result)
            }
            _ => self.wrapped(|reader| visitor.visit_some(reader)),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = self.visit_unit(visitor);
        self.noted(result)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name == value_through_serde::VALUE || class_name::split(name).is_some() {
            return self.noted(Err(Fallback));
        }
        self.wrapped(|reader| visitor.visit_newtype_struct(reader))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = self.visit_seq::<false, V>(visitor);
        self.noted(result)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        let result = self.visit_tuple(len, visitor);
        self.noted(result)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let result = match self.codes.peek() {
            Ok(EMPTY_DICT) => self.visit_dict::<false, V>(visitor),
            _ => Err(Fallback),
        };
        self.noted(result)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if let Ok(EMPTY_DICT) = self.codes.peek() {
            return self.visit_dict::<true, V>(visitor);
        }
        let result = self.visit_instance(name, fields, visitor);
        self.noted(result)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.enter(|reader| reader.visit_enum(visitor))
    }

    /// Skips a value that the type ignores.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let skipped = self.skip_value();
        self.noted(skipped)?;
        let result = visitor.visit_unit();
        self.noted(result)
    }

    forward_to_deserialize_any! { bytes byte_buf identifier }
}
