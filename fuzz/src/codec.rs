//! The codecs under test, in one place.

use std::ops::RangeInclusive;

use mpconn::manager::{Serializer, read_answer};
use mpconn::pickle::{self, Bytes, Limits, PickleError, Protocol, ReadOptions};
use mpconn::xmlrpc;
use serde::Deserialize;

pub use mpconn::Value;

/// The protocols that can be written.
pub const WRITES: RangeInclusive<u8> = 2..=5;

/// Limit on the length of printed values: shared objects are repeated.
const PRINTED: usize = 1 << 20;

/// Allows little memory, so that a gap in the limits shows.
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

/// Reads a pickle written here, without limits.
pub fn loads_own(data: &[u8]) -> Result<Value, PickleError> {
    pickle::loads(data.to_vec())
}

/// Returns where the first pickle in the data ends.
pub fn end(data: &[u8]) -> Option<usize> {
    pickle::Graph::read_with(data, &options())
        .ok()
        .map(|graph| graph.end())
}

/// Reads a type, by the fast reader if possible.
pub fn typed<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, PickleError> {
    pickle::from_slice_with(data, &options())
}

/// Reads a type through the graph, the only way with out-of-band buffers.
pub fn typed_from_graph<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, PickleError> {
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

/// Returns Python's `repr` if it is fast.
pub fn repr(value: &Value) -> Option<String> {
    value.try_repr(PRINTED).ok()
}

/// Parses as Python's `ast.literal_eval` does.
pub fn parse(text: &str) -> Result<Value, String> {
    text.parse()
        .map_err(|error: pickle::LiteralError| error.to_string())
}

/// Returns whether the repr is a literal of the whole value, apart from sharing. It is not for
/// `inf` and `nan`, which are names, for complex numbers that lose the sign of a zero, and for
/// types that print as calls.
pub fn has_literal(value: &Value) -> bool {
    let shown = |value: f64| value.is_finite() && value.to_bits() != (-0.0_f64).to_bits();
    match value {
        Value::Float(value) => value.is_finite(),
        // -2j is the negative of 2j, whose real part becomes a negative zero.
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
