//! Reads scalars from text, as Python's `int`, `float` and so on do.

use crate::types::{Date, DateTime, Decimal, Time};
use crate::xmlrpc::{BASE64_LINES, text::shown};
use crate::{BigInt, ParseBigIntError, Value};

use super::elements::Scalar;

/// Returns the value of a text; `None` for the name of a method, which is not a value. The error is
/// a description.
pub(super) fn read(scalar: Scalar, text: String) -> Result<Option<Value>, String> {
    Ok(Some(match scalar {
        Scalar::MethodName => return Ok(None),
        Scalar::Nil => Value::None,
        Scalar::Text => text.into(),
        Scalar::Boolean => match &*text {
            "0" => false.into(),
            "1" => true.into(),
            _ => return Err(format!("not a boolean, 0 or 1: {}", shown(&text))),
        },
        Scalar::Int => int(&text)?,
        Scalar::Double => double(&text)?.into(),
        Scalar::BigDecimal => decimal(&text)?.into(),
        Scalar::Base64 => base64(&text)?.into(),
        Scalar::DateTime => date_time(trim(&text))
            .ok_or_else(|| {
                let shown = shown(&text);
                format!("not a time in Python's form, 20240229T13:45:00: {shown}")
            })?
            .into(),
    }))
}

fn int(text: &str) -> Result<Value, String> {
    let digits = without_underscores(trim(text));
    let digits = digits.filter(|digits| {
        let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
        !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit())
    });
    let Some(digits) = digits else {
        return Err(format!("not an integer: {}", shown(text)));
    };
    if let Ok(int) = digits.parse::<i64>() {
        return Ok(int.into());
    }
    let parsed: Result<BigInt, ParseBigIntError> = digits.parse();
    parsed.map(Value::from).map_err(|error| error.to_string())
}

fn double(text: &str) -> Result<f64, String> {
    let digits = without_underscores(trim(text));
    let parsed = digits.and_then(|digits| digits.parse().ok());
    parsed.ok_or_else(|| format!("not a number: {}", shown(text)))
}

fn decimal(text: &str) -> Result<Decimal, String> {
    let parsed = trim(text).replace('_', "").parse::<Decimal>();
    parsed.map_err(|error| error.to_string())
}

fn base64(text: &str) -> Result<Vec<u8>, String> {
    let decoded = BASE64_LINES.decode(text.as_bytes());
    decoded.map_err(|error| format!("not base64: {error}"))
}

/// Parses `%Y%m%dT%H:%M:%S` with all of its digits.
fn date_time(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    let number = |text: &str, from: usize, to: usize| -> Option<u16> {
        let digits = text.get(from..to)?;
        let digits = Some(digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits?.parse().ok()
    };
    let short = |text, from| u8::try_from(number(text, from, from + 2)?).ok();
    let separators = time.get(2..3) == Some(":") && time.get(5..6) == Some(":");
    if date.len() != 8 || time.len() != 8 || !separators {
        return None;
    }
    let date = Date::new(number(date, 0, 4)?, short(date, 4)?, short(date, 6)?)?;
    let time = Time::new(short(time, 0)?, short(time, 3)?, short(time, 6)?, 0)?;
    Some(DateTime::new(date, time))
}

/// Strips a number as Python's `strip` does.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
}

/// Removes single underscores between digits, as in Python's literals; `None` if one is elsewhere.
fn without_underscores(text: &str) -> Option<String> {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let between = |at: usize| digit(bytes.get(at.wrapping_sub(1))) && digit(bytes.get(at + 1));
    let mut found = text.match_indices('_');
    found
        .all(|(at, _)| between(at))
        .then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(scalar: Scalar, text: &str) -> Option<String> {
        let value = read(scalar, text.to_owned()).ok()?;
        Some(value?.to_string())
    }

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("0", Some("0")),
            (" +12\n", Some("12")),
            ("-1_000", Some("-1000")),
            ("9223372036854775808", Some("9223372036854775808")),
            ("1__0", None),
            ("_1", None),
            ("", None),
            ("+", None),
            ("1.0", None),
            ("0x10", None),
        ] {
            assert_eq!(repr(Scalar::Int, text).as_deref(), expected, "{text:?}");
        }
        for (text, expected) in [
            ("1", Some("1.0")),
            (" -Infinity ", Some("-inf")),
            ("nan", Some("nan")),
            ("1_0.5e-3", Some("0.0105")),
            ("1e999", Some("inf")),
            ("-0", Some("-0.0")),
            ("1,5", None),
            ("", None),
        ] {
            assert_eq!(repr(Scalar::Double, text).as_deref(), expected, "{text:?}");
        }
        let long = "1".repeat(5000);
        assert!(read(Scalar::Int, long).unwrap_err().contains("4300"));
        let decimal = repr(Scalar::BigDecimal, " 1.50 ");
        assert_eq!(decimal.as_deref(), Some("Decimal('1.50')"));
    }

    #[test]
    fn times_have_one_form() {
        let read = |text| repr(Scalar::DateTime, text);
        let expected = "datetime.datetime(2024, 2, 29, 13, 45)";
        assert_eq!(read(" 20240229T13:45:00\n").as_deref(), Some(expected));
        for text in [
            "",
            "T",
            "20230229T13:45:00",
            "2024-02-29T13:45:00",
            "20240229T24:00:00",
            "20240229T13:45:00Z",
            "2024022éT13:45:0",
            "20240229T1é:45:0",
            "+2024029T13:45:00",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn base64_is_read_in_lines_or_not() {
        let read = |text| repr(Scalar::Base64, text);
        assert_eq!(read("").as_deref(), Some("b''"));
        assert_eq!(read(" YQ=\n=\t\r\n ").as_deref(), Some("b'a'"));
        assert_eq!(read("YR==").as_deref(), Some("b'a'"));
        for text in ["Y", "YQ", "YQ=", "Y*==", "YQ==é"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
