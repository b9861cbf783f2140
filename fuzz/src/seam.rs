//! The one place that knows the codec under test.

use std::ops::RangeInclusive;

use mpconn::pickle::{self, BigInt, Dict, Limits, Protocol};

use crate::plan::{Key, Plan};

pub use mpconn::Value;

/// The protocols that it writes.
pub const WRITES: RangeInclusive<u8> = 2..=3;

/// Reads a pickle with little memory allowed, so that a hole in the limits shows.
pub fn loads(data: &[u8]) -> Result<Value, String> {
    let limits = Limits::new().growth(16 << 20);
    pickle::loads_with(data.to_vec(), &limits).map_err(|error| error.to_string())
}

/// Writes a pickle.
pub fn dumps(value: &Value, protocol: u8) -> Result<Vec<u8>, String> {
    let protocol = match protocol {
        2 => Protocol::V2,
        3 => Protocol::V3,
        other => return Err(format!("protocol {other} is not written yet")),
    };
    pickle::dumps(value, protocol).map_err(|error| error.to_string())
}

/// Python's `repr`.
pub fn repr(value: &Value) -> String {
    value.to_string()
}

/// Python's `ast.literal_eval`.
pub fn parse(text: &str) -> Result<Value, String> {
    text.parse()
        .map_err(|error: pickle::LiteralError| error.to_string())
}

/// Whether all that was read can be written too.
pub fn is_writable(_value: &Value) -> bool {
    true
}

/// Whether the repr is a literal: those of `inf` and `nan` are names, and so are those of what
/// literals cannot express.
pub fn has_literal(value: &Value) -> bool {
    match value {
        Value::Float(value) => value.is_finite(),
        Value::Dict(dict) => dict
            .into_iter()
            .all(|(key, value)| has_literal(key) && has_literal(value)),
        Value::FrozenSet(_) => false,
        _ => value
            .items()
            .is_none_or(|items| items.iter().all(has_literal)),
    }
}

/// The same types and bits in the same order; NaN equals itself.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::Dict(one), Value::Dict(other)) => {
            one.len() == other.len()
                && one
                    .into_iter()
                    .zip(other)
                    .all(|(one, other)| same(&one.0, &other.0) && same(&one.1, &other.1))
        }
        _ => match (one.items(), other.items()) {
            (Some(items), Some(others)) => {
                one.type_name() == other.type_name()
                    && items.len() == others.len()
                    && items
                        .iter()
                        .zip(others)
                        .all(|(one, other)| same(one, other))
            }
            _ => one == other,
        },
    }
}

/// The value that the fuzzer imagined, without what would be there twice.
pub fn build(plan: Plan) -> Value {
    match plan {
        Plan::None => Value::None,
        Plan::Bool(value) => value.into(),
        Plan::Int(value) => value.into(),
        Plan::BigInt(bytes) => BigInt::from_signed_bytes_le(&bytes).into(),
        Plan::Float(value) => value.into(),
        Plan::Str(text) => text.into(),
        Plan::Bytes(bytes) => bytes.into(),
        Plan::Tuple(items) => Value::Tuple(items.into_iter().map(build).collect()),
        Plan::List(items) => Value::List(items.into_iter().map(build).collect()),
        Plan::Dict(pairs) => pairs
            .into_iter()
            .map(|(key, value)| (build(key.into()), build(value)))
            .collect::<Dict>()
            .into(),
        Plan::Set(keys) => Value::Set(distinct(keys)),
        Plan::FrozenSet(keys) => Value::FrozenSet(distinct(keys)),
    }
}

fn distinct(keys: Vec<Key>) -> Vec<Value> {
    let dict: Dict = keys
        .into_iter()
        .map(|key| (build(key.into()), ()))
        .collect();
    dict.into_iter().map(|(key, _)| key).collect()
}
