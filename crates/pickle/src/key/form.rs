//! [`Key`]: a value in a form that hashes and compares as Python's keys do.

use std::sync::atomic::{AtomicU64, Ordering};

use num_traits::FromPrimitive;

use crate::{BigInt, Instance, Value};

/// Longer text and the like are compared by fingerprint: one long text may be in many keys.
pub(crate) const LONG: usize = 128;

/// A value as a key: two are equal if Python finds one with the other.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key<'a> {
    None,
    Int(i64),
    /// Beyond an `i64`, including whole floats.
    BigInt(BigInt),
    /// Infinite or not whole.
    Float(u64),
    /// With an imaginary part.
    Complex(u64, u64),
    Str(&'a str),
    SurrogateStr(&'a [u8]),
    Bytes(&'a [u8]),
    OtherBytes(&'a [u8]),
    Class(&'a str, &'a str),
    /// Identity: one object, by address.
    Object(usize),
    /// Fingerprint of a container or of what is [`LONG`].
    Fingerprint(u128),
    /// NaN, which differs from itself: a new number each time.
    Nan(u64),
}

impl<'a> Key<'a> {
    /// Returns the key of a value without children that count.
    pub(super) fn simple(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::None => Key::None,
            Value::Bool(value) => Key::Int(i64::from(*value)),
            Value::Int(value) => Key::Int(*value),
            Value::BigInt(value) => Key::of_big(value.clone()),
            Value::Float(value) => Key::of_float(*value),
            Value::Complex(real, imaginary) => Key::of_complex(*real, *imaginary),
            Value::Str(text) => Key::Str(text),
            Value::SurrogateStr(text) => Key::SurrogateStr(text.as_bytes()),
            Value::Bytes(bytes) => Key::Bytes(bytes),
            Value::ByteArray(bytes) => Key::OtherBytes(bytes),
            Value::Buffer(bytes) => Key::OtherBytes(bytes),
            Value::Class(class) => Key::Class(class.module(), class.qualname()),
            Value::Recursive(anchor) => Key::Object(anchor.address()),
            Value::Instance(it) if !compares_by_value(it) => Key::Object(it.address()),
            _ => return None,
        })
    }

    fn of_big(value: BigInt) -> Self {
        match i64::try_from(&value) {
            Ok(small) => Key::Int(small),
            Err(_) => Key::BigInt(value),
        }
    }

    fn of_float(value: f64) -> Self {
        const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;
        if value.is_nan() {
            static NEXT: AtomicU64 = AtomicU64::new(0);
            Key::Nan(NEXT.fetch_add(1, Ordering::Relaxed))
        } else if value.fract() != 0.0 || value.is_infinite() {
            Key::Float(value.to_bits())
        } else if (-BEYOND_I64..BEYOND_I64).contains(&value) {
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Key::Int(value as i64)
        } else {
            let big = num_bigint::BigInt::from_f64(value).map(BigInt::wrap);
            big.map_or(Key::Float(value.to_bits()), Key::BigInt)
        }
    }

    fn of_complex(real: f64, imaginary: f64) -> Self {
        if imaginary == 0.0 || real.is_nan() {
            Key::of_float(real)
        } else if imaginary.is_nan() {
            Key::of_float(imaginary)
        } else {
            // Adding zero turns minus zero into zero.
            Key::Complex((real + 0.0).to_bits(), imaginary.to_bits())
        }
    }
}

/// Returns whether instances of this class compare by value in Python, and so as keys.
fn compares_by_value(instance: &Instance) -> bool {
    instance.class().is_some_and(|class| {
        matches!(
            (class.module().as_str(), class.qualname().as_str()),
            (
                "datetime" | "decimal" | "fractions" | "uuid" | "ipaddress",
                _
            ) | ("pathlib" | "pathlib._local" | "zoneinfo", _)
                | ("builtins", "range" | "slice" | "complex" | "bytes")
                | ("_codecs", "encode")
        )
    })
}

impl Key<'_> {
    /// Returns whether it takes long to read.
    #[inline]
    pub(super) fn is_long(&self) -> bool {
        match self {
            Key::Str(text) => text.len() > LONG,
            Key::SurrogateStr(bytes) | Key::Bytes(bytes) | Key::OtherBytes(bytes) => {
                bytes.len() > LONG
            }
            Key::Class(module, name) => module.len().saturating_add(name.len()) > LONG,
            // Longer than any float, which is a key by its digits too.
            Key::BigInt(value) => value.inner().bits() > 8 * LONG as u64,
            _ => false,
        }
    }
}
