//! Array elements as Python values.

use super::dtype::{Dtype, DtypeKind};
use super::element::private::Sealed;
use super::tree::count;
use crate::Value;

/// Returns `item()` of the element in these bytes. Dates and durations are numbers of their unit,
/// NaT is None, structures are tuples; floats of sizes that Rust lacks are bytes.
pub(super) fn value(dtype: &Dtype, bytes: &[u8]) -> Value {
    let big = dtype.is_big_endian();
    let known = match (dtype.kind(), dtype.itemsize()) {
        (DtypeKind::Bool, _) => read::<bool>(bytes, big),
        (DtypeKind::Int, 1) => read::<i8>(bytes, big),
        (DtypeKind::Int, 2) => read::<i16>(bytes, big),
        (DtypeKind::Int, 4) => read::<i32>(bytes, big),
        (DtypeKind::Int, 8) => read::<i64>(bytes, big),
        (DtypeKind::Uint, 1) => read::<u8>(bytes, big),
        (DtypeKind::Uint, 2) => read::<u16>(bytes, big),
        (DtypeKind::Uint, 4) => read::<u32>(bytes, big),
        (DtypeKind::Uint, 8) => read::<u64>(bytes, big),
        (DtypeKind::Float, 2) => u16::read(bytes, big).map(|bits| half(bits).into()),
        (DtypeKind::Float, 4) => read::<f32>(bytes, big),
        (DtypeKind::Float, 8) => read::<f64>(bytes, big),
        (DtypeKind::Complex, 8) => <[f32; 2]>::read(bytes, big)
            .map(|[real, imag]| Value::Complex(real.into(), imag.into())),
        (DtypeKind::Complex, 16) => {
            <[f64; 2]>::read(bytes, big).map(|[real, imag]| Value::Complex(real, imag))
        }
        (DtypeKind::Datetime | DtypeKind::Timedelta, _) => i64::read(bytes, big).map(ticks),
        (DtypeKind::Bytes, _) => Some(trimmed(bytes).into()),
        (DtypeKind::Str, _) => Some(text(bytes, big)),
        _ => None,
    };
    known.unwrap_or_else(|| structure(dtype, bytes))
}

fn read<T: Sealed + Into<Value>>(bytes: &[u8], big_endian: bool) -> Option<Value> {
    T::read(bytes, big_endian).map(Into::into)
}

/// Converts a date or duration; the smallest number is NaT.
fn ticks(number: i64) -> Value {
    match number {
        i64::MIN => Value::None,
        number => Value::Int(number),
    }
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    &bytes[..end.map_or(0, |last| last + 1)]
}

fn text(bytes: &[u8], big_endian: bool) -> Value {
    let codes = bytes.chunks_exact(4);
    let codes = codes.filter_map(|bytes| u32::read(bytes, big_endian));
    let characters = codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    let text: String = characters.collect();
    text.trim_end_matches('\0').into()
}

/// Recursion is bounded: the reader of data types limits the nesting.
fn structure(dtype: &Dtype, bytes: &[u8]) -> Value {
    let part = |dtype: &Dtype, at: usize| match bytes.get(at..at + dtype.itemsize()) {
        Some(bytes) => value(dtype, bytes),
        None => Value::None,
    };
    if !dtype.fields().is_empty() {
        let fields = dtype.fields().iter();
        return Value::tuple(fields.map(|field| part(field.dtype(), field.offset())));
    }
    if let Some((inner, shape)) = dtype.subdtype() {
        let number = count(shape).unwrap_or(0);
        let flat = (0..number).map(|at| part(inner, at * inner.itemsize()));
        return nested(flat.collect(), shape);
    }
    bytes.into()
}

/// Nests the elements as `tolist()` does.
pub(super) fn nested(flat: Vec<Value>, shape: &[usize]) -> Value {
    let Some((_, outer)) = shape.split_last() else {
        return flat.into_iter().next().unwrap_or_default();
    };
    let mut level = flat;
    for (axis, length) in shape.iter().enumerate().skip(1).rev() {
        // If a length is 0, the outer lengths determine the number of empty rows.
        let rows = count(&shape[..axis]).unwrap_or(0);
        let mut items = level.into_iter();
        level = (0..rows)
            .map(|_| Value::list(items.by_ref().take(*length)))
            .collect();
        if level.is_empty() {
            break;
        }
    }
    debug_assert!(outer.len() + 1 == shape.len());
    Value::list(level)
}

/// Converts a 16-bit float: a sign, five bits of exponent, ten of mantissa.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let mantissa = f64::from(bits & 0x3ff);
    let magnitude = match (bits >> 10) & 0x1f {
        0 => mantissa * 2_f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + mantissa / 1024.0) * 2_f64.powi(i32::from(exponent) - 15),
    };
    sign * magnitude
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves() {
        for (bits, number) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x3555, 0.333_251_953_125),
            (0x7c00, f64::INFINITY),
        ] {
            assert_eq!(half(bits), number, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
        assert!(half(0x8000).is_sign_negative());
    }
}
