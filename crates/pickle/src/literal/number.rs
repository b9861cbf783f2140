//! Reads integers and floats.

use mpconn_escape::brief;
use num_traits::ToPrimitive;

use super::cursor::{Cursor, LiteralError};
use crate::{BigInt, Value};

/// Reads the number that begins here.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Value, LiteralError> {
    let at = cursor.offset();
    let text = extent(cursor.rest());
    let value = parse_whole(text).map_err(|message| cursor.error(at, message))?;
    cursor.advance(text.len());
    Ok(value)
}

/// Negates a number; `None` for anything else.
pub(super) fn negated(value: &Value) -> Option<Value> {
    match value {
        Value::Int(value) => Some((-i128::from(*value)).into()),
        Value::BigInt(value) => Some(BigInt::wrap(-value.inner()).into()),
        Value::Float(value) => Some(Value::Float(-value)),
        Value::Complex(real, imaginary) => Some(Value::Complex(-real, -imaginary)),
        _ => None,
    }
}

/// Returns a real number as the real part of a complex one; `None` for anything else, and for an
/// integer that is too large.
pub(super) fn real_part(value: &Value) -> Option<f64> {
    match value {
        // Rounded, as in Python.
        Value::Int(value) => Some(*value as f64),
        Value::BigInt(value) => value.inner().to_f64().filter(|real| real.is_finite()),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

/// Returns everything that can belong to a number; a sign only in an exponent.
fn extent(rest: &str) -> &str {
    let hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    let mut previous = ' ';
    for (at, character) in rest.char_indices() {
        let signed = matches!(character, '+' | '-') && matches!(previous, 'e' | 'E');
        let belongs = character == '.' || character == '_' || character.is_alphanumeric();
        if !belongs && (hexadecimal || !signed) {
            return &rest[..at];
        }
        previous = character;
    }
    rest
}

fn parse_whole(text: &str) -> Result<Value, String> {
    let radix = match text.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ => return parse_decimal(text),
    };
    // An underscore may follow the prefix as if that were a digit.
    let digits = plain_digits(&format!("0{}", &text[2..]), radix);
    let digits = digits
        .filter(|_| text.len() > 2)
        .ok_or_else(|| invalid(text))?;
    let value = BigInt::parse(digits.as_bytes(), radix).map_err(|error| error.to_string())?;
    Ok(value.into())
}

fn parse_decimal(text: &str) -> Result<Value, String> {
    if let Some(imaginary) = text.strip_suffix(['j', 'J']) {
        return match parse_float(imaginary) {
            Some(Value::Float(imaginary)) => Ok(Value::Complex(0.0, imaginary)),
            _ => Err(invalid(text)),
        };
    }
    if text.contains(['.', 'e', 'E']) {
        return parse_float(text).ok_or_else(|| invalid(text));
    }
    let digits = plain_digits(text, 10).ok_or_else(|| invalid(text))?;
    if digits.starts_with('0') && digits.contains(|digit| digit != '0') {
        return Err(format!(
            "{} begins with a zero: remove it, or write 0o for octal",
            brief(text)
        ));
    }
    let value = BigInt::parse(digits.as_bytes(), 10).map_err(|error| error.to_string())?;
    Ok(value.into())
}

fn parse_float(text: &str) -> Option<Value> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (text, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let optional = |part: &str| {
        if part.is_empty() {
            Some("0".into())
        } else {
            plain_digits(part, 10)
        }
    };
    let (whole, fraction) = (optional(whole)?, optional(fraction)?);
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let exponent = plain_digits(exponent, 10)?;
    let value: f64 = format!("{whole}.{fraction}e{sign}{exponent}")
        .parse()
        .ok()?;
    Some(Value::Float(value))
}

/// Removes underscores from digits; `None` unless single underscores stand between digits.
fn plain_digits(text: &str, radix: u32) -> Option<String> {
    let well_formed = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_digit(radix));
    text.split('_')
        .all(well_formed)
        .then(|| text.replace('_', ""))
}

fn invalid(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    format!("{shown:?} is not a number")
}
