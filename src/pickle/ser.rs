//! From anything that serde knows to a [`Value`].

use serde::ser::{self, Serialize, Serializer};

use super::error::Error;
use super::{Dict, MAX_DEPTH, Value, key};

/// The names under which what serde has no word for passes through it.
pub(super) const SET: &str = "$mpconn::Set";
pub(super) const FROZEN_SET: &str = "$mpconn::FrozenSet";
pub(super) const BIG_INT: &str = "$mpconn::BigInt";

type Result<T> = std::result::Result<T, Error>;

/// Turns anything that serde can serialize into a Python value; the table in [`crate::pickle`]
/// says into which.
///
/// ```
/// use mpconn::pickle::to_value;
///
/// #[derive(serde::Serialize)]
/// struct Task<'a> {
///     name: &'a str,
///     retries: Option<u8>,
/// }
///
/// let value = to_value(&Task { name: "sweep", retries: None })?;
/// assert_eq!(value.to_string(), "{'name': 'sweep', 'retries': None}");
/// # Ok::<(), mpconn::pickle::Error>(())
/// ```
///
/// # Errors
/// Values nested deeper than [`MAX_DEPTH`]; maps as keys of maps; what a type's own `Serialize`
/// refuses.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value> {
    value.serialize(ValueSerializer { depth: 0 })
}

impl Serialize for Value {
    /// A set is a sequence and a big integer is text, for serializers that are not this crate's.
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Value::None => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::BigInt(value) => {
                serializer.serialize_newtype_struct(BIG_INT, &value.to_string())
            }
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Str(value) => serializer.serialize_str(value),
            Value::Bytes(value) => serializer.serialize_bytes(value),
            Value::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                for item in items {
                    ser::SerializeTuple::serialize_element(&mut tuple, item)?;
                }
                ser::SerializeTuple::end(tuple)
            }
            Value::List(items) => serializer.collect_seq(items),
            Value::Set(items) => serializer.serialize_newtype_struct(SET, items),
            Value::FrozenSet(items) => serializer.serialize_newtype_struct(FROZEN_SET, items),
            Value::Dict(dict) => {
                serializer.collect_map(dict.pairs().iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

#[derive(Clone, Copy)]
struct ValueSerializer {
    depth: usize,
}

impl ValueSerializer {
    /// For what is inside of a container.
    fn deeper(self) -> Result<Self> {
        if self.depth == MAX_DEPTH {
            return Err(Error::new(format!(
                "nested deeper than {MAX_DEPTH} levels: flatten it"
            )));
        }
        Ok(ValueSerializer {
            depth: self.depth + 1,
        })
    }

    fn items(self, len: usize, make: fn(Vec<Value>) -> Value) -> Result<Items> {
        // A hint, not to be trusted with memory.
        let items = Vec::with_capacity(len.min(1 << 16));
        Ok(Items {
            inner: self.deeper()?,
            items,
            make,
            variant: None,
        })
    }

    fn pairs(self) -> Result<Pairs> {
        Ok(Pairs {
            inner: self.deeper()?,
            pairs: Vec::new(),
            key: None,
            variant: None,
        })
    }
}

macro_rules! scalars {
    ($($method:ident($rust:ty))*) => {$(
        fn $method(self, value: $rust) -> Result<Value> {
            Ok(value.into())
        }
    )*};
}

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Pairs;
    type SerializeStruct = Pairs;
    type SerializeStructVariant = Pairs;

    scalars! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_u128(u128)
        serialize_f32(f32) serialize_f64(f64)
        serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
    }

    fn serialize_none(self) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value> {
        match (name, value.serialize(self)?) {
            (SET, Value::List(items)) => Ok(Value::Set(items)),
            (FROZEN_SET, Value::List(items)) => Ok(Value::FrozenSet(items)),
            (BIG_INT, Value::Str(digits)) => digits.parse().map_err(ser::Error::custom),
            (_, value) => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value> {
        let value = value.serialize(self.deeper()?);
        Ok(tagged(
            variant,
            value.map_err(|error| inside_variant(error, variant))?,
        ))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items> {
        self.items(len.unwrap_or(0), Value::List)
    }

    fn serialize_tuple(self, len: usize) -> Result<Items> {
        self.items(len, Value::Tuple)
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Items> {
        self.items(len, Value::Tuple)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Items> {
        let items = self.deeper()?.items(len, Value::Tuple)?;
        Ok(Items {
            variant: Some(variant),
            ..items
        })
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Pairs> {
        self.pairs()
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Pairs> {
        self.pairs()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Pairs> {
        Ok(Pairs {
            variant: Some(variant),
            ..self.deeper()?.pairs()?
        })
    }
}

fn tagged(variant: &'static str, value: Value) -> Value {
    Value::Dict([(variant, value)].into_iter().collect())
}

fn inside_variant(error: Error, variant: &'static str) -> Error {
    error.inside_key(&Value::from(variant).to_string())
}

/// A list or tuple in the making.
struct Items {
    inner: ValueSerializer,
    items: Vec<Value>,
    make: fn(Vec<Value>) -> Value,
    variant: Option<&'static str>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        let index = self.items.len();
        let value = item.serialize(self.inner).map_err(|error| {
            let error = error.inside_index(index);
            self.variant.into_iter().fold(error, inside_variant)
        })?;
        self.items.push(value);
        Ok(())
    }

    fn finish(self) -> Result<Value> {
        let value = (self.make)(self.items);
        Ok(match self.variant {
            Some(variant) => tagged(variant, value),
            None => value,
        })
    }
}

macro_rules! collect_items {
    ($($kind:ident::$method:ident)*) => {$(
        impl ser::$kind for Items {
            type Ok = Value;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
                self.push(item)
            }

            fn end(self) -> Result<Value> {
                self.finish()
            }
        }
    )*};
}
collect_items! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

/// A dict in the making.
struct Pairs {
    inner: ValueSerializer,
    pairs: Vec<(Value, Value)>,
    key: Option<Value>,
    variant: Option<&'static str>,
}

impl Pairs {
    fn push<T: Serialize + ?Sized>(&mut self, key: Value, value: &T) -> Result<()> {
        let value = value.serialize(self.inner).map_err(|error| {
            let error = error.inside_key(&key.to_string());
            self.variant.into_iter().fold(error, inside_variant)
        })?;
        self.pairs.push((key, value));
        Ok(())
    }

    fn finish(self) -> Result<Value> {
        let value = Value::Dict(Dict::from_pairs(self.pairs));
        Ok(match self.variant {
            Some(variant) => tagged(variant, value),
            None => value,
        })
    }
}

impl ser::SerializeMap for Pairs {
    type Ok = Value;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = Some(hashable(key.serialize(self.inner)?)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        match self.key.take() {
            Some(key) => self.push(key, value),
            None => Err(Error::new(
                "a map whose Serialize gives a value without a key",
            )),
        }
    }

    fn end(self) -> Result<Value> {
        self.finish()
    }
}

macro_rules! collect_fields {
    ($($kind:ident)*) => {$(
        impl ser::$kind for Pairs {
            type Ok = Value;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<()> {
                self.push(name.into(), value)
            }

            fn end(self) -> Result<Value> {
                self.finish()
            }
        }
    )*};
}
collect_fields!(SerializeStruct SerializeStructVariant);

/// The form of a key that Python can hash: a `Vec` is a tuple there.
fn hashable(key: Value) -> Result<Value> {
    if key::unhashable(&key).is_none() {
        return Ok(key);
    }
    match key {
        Value::List(items) | Value::Tuple(items) => items
            .into_iter()
            .map(hashable)
            .collect::<Result<_>>()
            .map(Value::Tuple),
        Value::Set(items) => Ok(Value::FrozenSet(items)),
        other => {
            let kind = other.type_name();
            Err(Error::new(format!(
                "a {kind} as a dict key, which Python cannot hash: use a tuple"
            )))
        }
    }
}
