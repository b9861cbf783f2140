//! Finds out whether a value is nothing but bytes, before any of it is copied.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};

use crate::pickle::{self, Protocol};

/// Appends the pickle of a value that serializes as bytes; `None` if it is something else, with
/// nothing appended.
pub(super) fn encode_if_bytes<T: Serialize + ?Sized>(
    value: &T,
    protocol: Protocol,
    out: &mut Vec<u8>,
) -> Option<Result<(), pickle::Error>> {
    match value.serialize(Probe { protocol, out }) {
        Ok(()) => Some(Ok(())),
        Err(Stop::Failed(error)) => Some(Err(error)),
        Err(Stop::NotBytes) => None,
    }
}

/// A serializer that takes bytes and turns down all else at once.
struct Probe<'a> {
    protocol: Protocol,
    out: &'a mut Vec<u8>,
}

#[derive(Debug)]
enum Stop {
    NotBytes,
    Failed(pickle::Error),
}

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::NotBytes => f.write_str("not bytes"),
            Stop::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    /// The value's own complaint: the proper serializer will hear it again.
    fn custom<T: Display>(_: T) -> Self {
        Stop::NotBytes
    }
}

macro_rules! not_bytes {
    ($($method:ident($($argument:ty),*) $(-> $ok:ty)?;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<not_bytes!(@ok $($ok)?), Stop> {
            Err(Stop::NotBytes)
        }
    )*};
    (@ok) => { () };
    (@ok $ok:ty) => { $ok };
}

impl Serializer for Probe<'_> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Impossible<(), Stop>;
    type SerializeTuple = Impossible<(), Stop>;
    type SerializeTupleStruct = Impossible<(), Stop>;
    type SerializeTupleVariant = Impossible<(), Stop>;
    type SerializeMap = Impossible<(), Stop>;
    type SerializeStruct = Impossible<(), Stop>;
    type SerializeStructVariant = Impossible<(), Stop>;

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Stop> {
        pickle::dump_bytes_into(bytes, self.protocol, self.out).map_err(Stop::Failed)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Stop> {
        Err(Stop::NotBytes)
    }

    not_bytes! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize)
            -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize)
            -> Self::SerializeStructVariant;
    }
}
