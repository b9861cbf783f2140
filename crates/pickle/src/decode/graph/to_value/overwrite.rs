//! Writes values in place over a `None`, which needs no drop.
//!
//! Not inlined: otherwise the compiler makes all values in one place and copies them from there, and
//! each copy stalls on what was just written.

use crate::{Dict, List, Str, Tuple, Value};

/// Any value.
#[inline(never)]
pub(super) fn set(place: &mut Value, value: Value) {
    std::mem::forget(std::mem::replace(place, value));
}

/// An `int`.
#[inline(never)]
pub(super) fn set_int(place: &mut Value, value: i64) {
    std::mem::forget(std::mem::replace(place, Value::Int(value)));
}

/// A `float`.
#[inline(never)]
pub(super) fn set_float(place: &mut Value, value: f64) {
    std::mem::forget(std::mem::replace(place, Value::Float(value)));
}

/// Text with one reference.
#[inline(never)]
pub(super) fn set_text(place: &mut Value, text: &str) {
    Str::put_alone(text, place);
}

/// Shared text.
#[inline(never)]
pub(super) fn set_known_text(place: &mut Value, text: &Str) {
    text.put_clone(place);
}

/// A `tuple`.
#[inline]
pub(super) fn set_tuple(place: &mut Value, value: Tuple) {
    std::mem::forget(std::mem::replace(place, Value::Tuple(value)));
}

/// A `list`.
#[inline]
pub(super) fn set_list(place: &mut Value, value: List) {
    std::mem::forget(std::mem::replace(place, Value::List(value)));
}

/// A `dict`.
#[inline]
pub(super) fn set_dict(place: &mut Value, value: Dict) {
    std::mem::forget(std::mem::replace(place, Value::Dict(value)));
}
