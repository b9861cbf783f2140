//! The one place that knows the codec under test.

use std::ops::RangeInclusive;

use mpconn::pickle::{self, Dict, Protocol};
use num_bigint::BigInt;

use crate::describe::Shape;
use crate::model::{Model, Object};

pub use mpconn::Value;

/// What of a [`Model`] the codec's values can hold, and what it writes.
#[derive(Debug, Clone, Copy)]
pub struct Supports {
    /// `complex`
    pub complex: bool,
    /// `bytearray`, told apart from `bytes`
    pub bytearray: bool,
    /// Lone surrogates
    pub surrogates: bool,
    /// One object in several places
    pub sharing: bool,
    /// Objects inside themselves
    pub cycles: bool,
    /// Memo, frames and opcodes as CPython's C pickler has them
    pub byte_for_byte: bool,
}

impl Supports {
    /// All that Python has.
    pub const ALL: Supports = Supports {
        complex: true,
        bytearray: true,
        surrogates: true,
        sharing: true,
        cycles: true,
        byte_for_byte: true,
    };
}

/// The codec as it is.
pub const SUPPORTS: Supports = Supports {
    complex: false,
    bytearray: false,
    surrogates: false,
    sharing: false,
    cycles: false,
    byte_for_byte: false,
};

/// The protocols that it writes.
pub const WRITES: RangeInclusive<u8> = 2..=3;

/// What tells one object from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Nothing else refers to it: a number of its own.
    Lone(usize),
    /// Its address.
    Address(usize),
}

/// `pickle.loads`
pub fn loads(data: &[u8]) -> Result<Value, String> {
    pickle::loads(data.to_vec()).map_err(|error| error.to_string())
}

/// `pickle.dumps`
pub fn dumps(value: &Value, protocol: u8) -> Result<Vec<u8>, String> {
    let protocol = match protocol {
        2 => Protocol::V2,
        3 => Protocol::V3,
        other => return Err(format!("protocol {other} is not written yet")),
    };
    pickle::dumps(value, protocol).map_err(|error| error.to_string())
}

/// What is not of its own: an address, or an anchor for what is inside itself.
pub fn identity(_value: &Value) -> Option<Identity> {
    None
}

/// What a value is.
pub fn shape(value: &Value) -> Shape<'_> {
    match value {
        Value::None => Shape::None,
        Value::Bool(value) => Shape::Bool(*value),
        Value::Int(value) => Shape::Int((*value).into()),
        Value::BigInt(value) => {
            Shape::Int(BigInt::from_signed_bytes_le(&value.to_signed_bytes_le()))
        }
        Value::Float(value) => Shape::Float(*value),
        Value::Str(text) => Shape::Str(text.chars().map(u32::from).collect()),
        Value::Bytes(bytes) => Shape::Bytes(bytes),
        Value::Tuple(items) => Shape::Tuple(items.iter().collect()),
        Value::List(items) => Shape::List(items.iter().collect()),
        Value::Set(items) => Shape::Set(items.iter().collect()),
        Value::FrozenSet(items) => Shape::FrozenSet(items.iter().collect()),
        Value::Dict(dict) => Shape::Dict(dict.into_iter().map(|(k, v)| (k, v)).collect()),
        other => Shape::Other(other.type_name().to_owned()),
    }
}

/// The value that a model stands for.
pub fn build(model: &Model) -> Value {
    object(model, model.root())
}

fn object(model: &Model, at: usize) -> Value {
    let all = |items: &[usize]| items.iter().map(|&item| object(model, item)).collect();
    match &model.objects[at] {
        Object::None => Value::None,
        Object::Bool(value) => Value::Bool(*value),
        Object::Int(value) => {
            pickle::BigInt::from_signed_bytes_le(&value.to_signed_bytes_le()).into()
        }
        Object::Float(bits) => Value::Float(f64::from_bits(*bits)),
        Object::Str(points) => {
            Value::Str(points.iter().filter_map(|&p| char::from_u32(p)).collect())
        }
        Object::Bytes(bytes) | Object::ByteArray(bytes) => Value::Bytes(bytes.clone()),
        Object::Tuple(items) => Value::Tuple(all(items)),
        Object::List(items) => Value::List(all(items)),
        Object::Set(items) => Value::Set(all(items)),
        Object::FrozenSet(items) => Value::FrozenSet(all(items)),
        Object::Dict(pairs) => pairs
            .iter()
            .map(|&(key, value)| (object(model, key), object(model, value)))
            .collect::<Dict>()
            .into(),
        // The strategy makes none where it is not supported.
        Object::Complex(..) => Value::None,
    }
}
