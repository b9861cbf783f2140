//! The `Serializer`, which calls a [`Sink`]. Decides what becomes of each type, for values and for
//! pickles.

use serde::ser::{Serialize, Serializer};

use super::compound::{Items, Pairs, Tagged, inside_name};
use super::position::{Form, Ser};
use super::sink::{Row, Sink};
use super::structs::{Fields, Shape};
use crate::{BigInt, PickleError, Result, class_name, value_through_serde};

impl<'a, S: Sink> Ser<'a, S> {
    #[inline]
    fn is_class(&mut self, name: &'static str) -> bool {
        self.sink.seen().is_class(name)
    }

    /// Opens `{variant: …}`; the content comes next.
    fn tag(&mut self, variant: &'static str) -> Result<S::Open> {
        self.level.plain("an enum")?;
        self.level
            .unhashed("dict, which an enum's variant with data becomes,")?;
        self.level = self.level.deeper()?;
        let tag = self.sink.open_fields(1);
        self.sink.name(variant)?;
        Ok(tag)
    }

    // Otherwise its result goes through memory, written in parts of other sizes than it is read in.
    #[inline(always)]
    fn row(self, row: Row) -> Result<Items<'a, S>> {
        let inner = self.level.deeper()?.hashed(match row {
            Row::Tuple(_) => self.level.is_hashed(),
            Row::List(_) => false,
            Row::Set | Row::FrozenSet => true,
        });
        Items::new(self.sink, row, inner)
    }

    /// Returns the container that a wrapper asks for, if one does.
    fn set_row(&self) -> Result<Option<Row>> {
        match self.level.form() {
            Form::Set => {
                self.level.unhashed("set")?;
                Ok(Some(Row::Set))
            }
            Form::FrozenSet => Ok(Some(Row::FrozenSet)),
            _ => Ok(None),
        }
    }

    /// Serializes a struct with named fields as an instance.
    #[inline(never)]
    fn instance(&mut self, name: &'static str, len: usize) -> Result<Shape<S::Open>> {
        self.level.deeper()?;
        self.sink.class(name)?;
        Shape::instance(self.sink, len, self.level.form())
    }

    /// Serializes an instance with nothing but its class.
    fn bare_instance(self, name: &'static str) -> Result<&'a mut S> {
        self.sink.class(name)?;
        let no_args = self.sink.open(Row::Tuple(Some(0)))?;
        self.sink.close(&no_args, 0)?;
        Ok(self.sink)
    }

    /// Serializes `cls(value)`: a member of a Python enum.
    fn member(self, name: &'static str, variant: &'static str) -> Result<()> {
        if self.sink.known_member(name, variant) {
            return Ok(());
        }
        self.sink.class(name)?;
        let mut args = self.sink.open(Row::Tuple(Some(1)))?;
        self.sink.next(&mut args);
        match class_name::member(variant) {
            Some(number) => self.sink.int(number),
            None => self.sink.name(variant)?,
        }
        self.sink.close(&args, 1)?;
        self.sink.call();
        self.sink.keep_member(name, variant);
        Ok(())
    }

    fn integer(self, value: impl Into<BigInt> + TryInto<i64> + Copy) -> Result<()> {
        self.level.plain("an integer")?;
        match value.try_into() {
            Ok(small) => self.sink.int(small),
            Err(_) => self.sink.big_int(&value.into())?,
        }
        Ok(())
    }
}

/// Returns the error for a variant with data in an enum that is named as a class.
fn check_no_class(name: &'static str, variant: &'static str) -> Result<()> {
    match class_name::split(name) {
        None => Ok(()),
        Some(_) => Err(PickleError::new(format!(
            "the variant {variant:?} of {name:?} has data, which no member of an enum in Python \
             has: give the enum a name without a dot, and put structs with classes' names into it"
        ))),
    }
}

macro_rules! small_integers {
    ($($method:ident($rust:ty))*) => {$(
        #[inline]
        fn $method(self, value: $rust) -> Result<()> {
            self.serialize_i64(value.into())
        }
    )*};
}

impl<'a, S: Sink> Serializer for Ser<'a, S> {
    type Ok = ();
    type Error = PickleError;
    type SerializeSeq = Items<'a, S>;
    type SerializeTuple = Items<'a, S>;
    type SerializeTupleStruct = Items<'a, S>;
    type SerializeTupleVariant = Tagged<Items<'a, S>, S>;
    type SerializeMap = Pairs<'a, S>;
    type SerializeStruct = Fields<'a, S>;
    type SerializeStructVariant = Tagged<Fields<'a, S>, S>;

    small_integers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32)
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<()> {
        self.level.plain("a bool")?;
        self.sink.bool(value);
        Ok(())
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<()> {
        self.level.plain("an integer")?;
        self.sink.int(value);
        Ok(())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<()> {
        self.integer(value)
    }

    fn serialize_i128(self, value: i128) -> Result<()> {
        self.integer(value)
    }

    fn serialize_u128(self, value: u128) -> Result<()> {
        self.integer(value)
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.serialize_f64(value.into())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<()> {
        self.level.plain("a float")?;
        self.sink.float(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<()> {
        self.level.plain("a str")?;
        self.sink.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        match self.level.form() {
            Form::Plain => self.sink.bytes(value),
            Form::ByteArray => {
                self.level.unhashed("bytearray")?;
                self.sink.byte_array(value)
            }
            form => Err(form.misplaced("bytes")),
        }
    }

    /// A wrapper around an option applies to its content.
    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.sink.none();
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(Ser {
            level: self.level.within()?,
            ..self
        })
    }

    fn serialize_unit(self) -> Result<()> {
        self.level.plain("()")?;
        self.sink.none();
        Ok(())
    }

    fn serialize_unit_struct(mut self, name: &'static str) -> Result<()> {
        let form = self.level.form();
        match (self.is_class(name), form) {
            (false, _) => self.serialize_unit(),
            (true, Form::Plain | Form::AsNamedTuple) => {
                self.bare_instance(name)?.new_object();
                Ok(())
            }
            (true, Form::Called) => {
                self.bare_instance(name)?.call();
                Ok(())
            }
            (true, form) => Err(form.misplaced("a unit struct")),
        }
    }

    fn serialize_unit_variant(
        mut self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<()> {
        self.level.plain("an enum")?;
        match self.is_class(name) {
            true => self.member(name, variant),
            false => self.sink.name(variant),
        }
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        let level = self.level.within()?;
        if name == value_through_serde::VALUE {
            return value_through_serde::offer(|| value.serialize(Ser { level, ..self }));
        }
        if name == value_through_serde::TAKEN {
            return self.handed_over();
        }
        if let Some(form) = Form::of(name) {
            let level = level.with_form(form);
            return value.serialize(Ser { level, ..self });
        }
        match self.is_class(name) {
            false => value.serialize(Ser { level, ..self }),
            true => {
                use serde::ser::SerializeTupleStruct;
                let mut fields = self.serialize_tuple_struct(name, 1)?;
                fields.serialize_field(value)?;
                fields.end()
            }
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        check_no_class(name, variant)?;
        let tag = self.tag(variant)?;
        let Ser { sink, level } = self;
        let written = value.serialize(Ser {
            sink: &mut *sink,
            level,
        });
        written.map_err(|error| inside_name(error, variant))?;
        sink.close_dict(&tag, 1)
    }

    #[inline(always)]
    fn serialize_seq(self, len: Option<usize>) -> Result<Items<'a, S>> {
        if let Some(row) = self.set_row()? {
            return self.row(row);
        }
        self.level.plain("a sequence")?;
        // A list cannot be hashed; the tuple of its items can.
        let row = match self.level.is_hashed() {
            true => Row::Tuple(None),
            false => Row::List(len),
        };
        self.row(row)
    }

    fn serialize_tuple(self, len: usize) -> Result<Items<'a, S>> {
        if let Some(row) = self.set_row()? {
            return self.row(row);
        }
        self.level.plain("a tuple")?;
        self.row(Row::Tuple(Some(len)))
    }

    fn serialize_tuple_struct(mut self, name: &'static str, len: usize) -> Result<Items<'a, S>> {
        if !self.is_class(name) {
            return self.serialize_tuple(len);
        }
        let call = match self.level.form() {
            Form::Plain | Form::AsNamedTuple => false,
            Form::Called => true,
            form => return Err(form.misplaced("a tuple struct")),
        };
        let inner = self.level.deeper()?;
        self.sink.class(name)?;
        Items::args(self.sink, len, inner, call)
    }

    fn serialize_tuple_variant(
        mut self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Tagged<Items<'a, S>, S>> {
        check_no_class(name, variant)?;
        let tag = self.tag(variant)?;
        let inner = self.row(Row::Tuple(Some(len)))?;
        Ok(Tagged {
            inner,
            variant,
            tag,
        })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Pairs<'a, S>> {
        self.level.plain("a map")?;
        self.level.unhashed("dict")?;
        let inner = self.level.deeper()?;
        Ok(Pairs::new(self.sink, len, inner))
    }

    // As `row`.
    #[inline(always)]
    fn serialize_struct(mut self, name: &'static str, len: usize) -> Result<Fields<'a, S>> {
        let shape = match self.is_class(name) {
            true => self.instance(name, len)?,
            false => {
                self.level.plain("a struct")?;
                self.level.unhashed("dict, which a struct becomes,")?;
                self.level.deeper()?;
                Shape::dict(self.sink, len)
            }
        };
        Ok(Fields::new(self.sink, shape, self.level.deeper()?, name))
    }

    fn serialize_struct_variant(
        mut self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Tagged<Fields<'a, S>, S>> {
        check_no_class(name, variant)?;
        let tag = self.tag(variant)?;
        let level = self.level.deeper()?;
        let shape = Shape::dict(self.sink, len);
        let inner = Fields::new(self.sink, shape, level, variant);
        Ok(Tagged {
            inner,
            variant,
            tag,
        })
    }
}
