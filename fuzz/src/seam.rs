//! The one place that knows the codecs under test.

use std::ops::RangeInclusive;

use mpconn::manager::{Serializer, read_answer};
use mpconn::pickle::{self, Bytes, Limits, PickleError, Protocol, ReadOptions};
use mpconn::xmlrpc;
use serde::Deserialize;

pub use mpconn::Value;

/// The protocols that it writes.
pub const WRITES: RangeInclusive<u8> = 2..=5;

/// What values may take when printed: what is shared is printed again at each place.
const PRINTED: usize = 1 << 20;

/// Little memory, so that a hole in the limits shows.
fn options() -> ReadOptions {
    let limits = Limits::new()
        .depth(500)
        .memo(1 << 16)
        .values(1 << 16)
        .growth(16 << 20);
    ReadOptions::new().limits(limits)
}

/// Reads a pickle.
pub fn loads(data: &[u8]) -> Result<Value, PickleError> {
    pickle::loads_with(data.to_vec(), &options())
}

/// Reads what was written: that has no limits.
pub fn loads_own(data: &[u8]) -> Result<Value, PickleError> {
    pickle::loads(data.to_vec())
}

/// Where the first pickle in the data ends.
pub fn end(data: &[u8]) -> Option<usize> {
    pickle::Graph::read_with(data, &options())
        .ok()
        .map(|graph| graph.end())
}

/// Reads a type by the shortest way that there is.
pub fn typed<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, PickleError> {
    pickle::from_slice_with(data, &options())
}

/// Reads a type by the long way: with buffers beside the pickle there is no other.
pub fn typed_slowly<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, PickleError> {
    pickle::from_slice_with(data, &options().buffers([Bytes::from(Vec::new())]))
}

/// Writes a pickle.
pub fn dumps(value: &Value, protocol: u8) -> Result<Vec<u8>, PickleError> {
    let protocol = Protocol::from_number(protocol).expect("one of WRITES");
    pickle::dumps(value, protocol)
}

/// Reads the answer of a manager.
pub fn answer(data: &[u8]) -> mpconn::Result<Value> {
    read_answer(Serializer::Pickle, &options(), data)
}

/// Reads the answer of a manager that writes XML-RPC.
pub fn xml_answer(data: &[u8]) -> mpconn::Result<Value> {
    read_answer(Serializer::XmlRpc, &options(), data)
}

/// Reads XML-RPC.
pub fn xml_loads(data: &[u8]) -> Result<Value, xmlrpc::XmlRpcError> {
    let limits = xmlrpc::XmlRpcLimits::new().depth(500).values(1 << 16);
    xmlrpc::loads(data, &limits)
}

/// Writes XML-RPC.
pub fn xml_dumps(value: &Value) -> Result<Vec<u8>, xmlrpc::XmlRpcError> {
    xmlrpc::dumps(value)
}

/// Python's `repr`, if it is short.
pub fn repr(value: &Value) -> Option<String> {
    value.try_repr(PRINTED).ok()
}

/// Python's `ast.literal_eval`.
pub fn parse(text: &str) -> Result<Value, String> {
    text.parse()
        .map_err(|error: pickle::LiteralError| error.to_string())
}

/// Whether the repr is a literal that says all of the value, but for sharing: those of `inf` and
/// `nan` are names, those of complex numbers lose the sign of a zero, and those of other types are
/// calls.
pub fn has_literal(value: &Value) -> bool {
    let shown = |value: f64| value.is_finite() && value.to_bits() != (-0.0_f64).to_bits();
    match value {
        Value::Float(value) => value.is_finite(),
        // -2j is the negative of 2j, whose real part is then a negative zero.
        Value::Complex(real, imag) => shown(*real) && shown(*imag) && (*real != 0.0 || *imag > 0.0),
        Value::Dict(dict) => {
            let mut pairs = dict.pairs().iter();
            pairs.all(|(key, value)| has_literal(key) && has_literal(value))
        }
        Value::Tuple(_) | Value::List(_) | Value::Set(_) => {
            value.items().unwrap_or_default().iter().all(has_literal)
        }
        Value::None | Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Bytes(_) => true,
        Value::Str(_) | Value::SurrogateStr(_) => true,
        _ => false,
    }
}
