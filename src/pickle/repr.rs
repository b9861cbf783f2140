//! `Display`: what Python's `repr` prints.

use std::fmt::{self, Display, Formatter, Write};

use super::printable::is_printable;
use super::{Dict, Value};

/// As Python's `repr`, character for character (Unicode 15.1 decides what is printable, as in
/// Python 3.13). Sets come in their order here, which Python prints in the order of its hashes;
/// an `int` beyond 4,300 digits, where CPython raises `ValueError`, comes in hexadecimal.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(true) => f.write_str("True"),
            Value::Bool(false) => f.write_str("False"),
            Value::Int(value) => write!(f, "{value}"),
            Value::BigInt(value) => write!(f, "{value}"),
            Value::Float(value) => write_float(f, *value),
            Value::Str(value) => write_str(f, value),
            Value::Bytes(value) => write_bytes(f, value),
            Value::Tuple(items) if items.len() == 1 => write!(f, "({},)", items[0]),
            Value::Tuple(items) => write_items(f, "(", items, ")"),
            Value::List(items) => write_items(f, "[", items, "]"),
            Value::Set(items) if items.is_empty() => f.write_str("set()"),
            Value::Set(items) => write_items(f, "{", items, "}"),
            Value::FrozenSet(items) if items.is_empty() => f.write_str("frozenset()"),
            Value::FrozenSet(items) => write_items(f, "frozenset({", items, "})"),
            Value::Dict(dict) => Display::fmt(dict, f),
        }
    }
}

impl Display for Dict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        for (at, (key, value)) in self.into_iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{key}: {value}")?;
        }
        f.write_char('}')
    }
}

fn write_items(f: &mut Formatter<'_>, open: &str, items: &[Value], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        Display::fmt(item, f)?;
    }
    f.write_str(close)
}

/// The shortest digits that read back as this number, with an exponent below 1e-4 and from 1e16.
pub(crate) fn write_float(out: &mut impl Write, value: f64) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("nan");
    }
    if value.is_infinite() {
        return out.write_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-4..1e16).contains(&magnitude) {
        // Debug differs from Display in the ".0" of whole numbers; in this range it has no "e".
        return write!(out, "{value:?}");
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let (sign, exponent) = exponent
        .strip_prefix('-')
        .map_or(('+', exponent), |rest| ('-', rest));
    write!(out, "{digits}e{sign}{exponent:0>2}")
}

/// Single quotes, unless only double ones spare an escape.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn write_str(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    f.write_char(quote)?;
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if character != quote && character != '\\' && is_printable(character) {
            continue;
        }
        // Everything up to here goes out in one piece.
        f.write_str(&text[plain..at])?;
        plain = at + character.len_utf8();
        write_escaped(f, character)?;
    }
    f.write_str(&text[plain..])?;
    f.write_char(quote)
}

fn write_escaped(f: &mut Formatter<'_>, character: char) -> fmt::Result {
    let code = u32::from(character);
    match character {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\\' | '\'' | '"' => write!(f, "\\{character}"),
        _ if code < 0x100 => write!(f, "\\x{code:02x}"),
        _ if code < 0x1_0000 => write!(f, "\\u{code:04x}"),
        _ => write!(f, "\\U{code:08x}"),
    }
}

fn write_bytes(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    write!(f, "b{quote}")?;
    for &byte in bytes {
        let character = char::from(byte);
        if (0x20..0x7f).contains(&byte) && character != quote && character != '\\' {
            f.write_char(character)?;
        } else {
            write_escaped(f, character)?;
        }
    }
    f.write_char(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(value: impl Into<Value>) -> String {
        value.into().to_string()
    }

    #[test]
    fn floats_print_as_in_python() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (-1.25e-7, "-1.25e-07"),
            (5e-324, "5e-324"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9007199254740993.0, "9007199254740992.0"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(repr(value), text);
        }
    }

    #[test]
    fn text_chooses_its_quotes_and_escapes() {
        for (value, text) in [
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("\"", "'\"'"),
            ("'\"", "'\\'\"'"),
            ("a\\b\n\r\t\0\x7f", "'a\\\\b\\n\\r\\t\\x00\\x7f'"),
            ("\u{a0}\u{ad}\u{e9}", "'\\xa0\\xad\u{e9}'"),
            ("\u{200b}\u{4e2d}", "'\\u200b\u{4e2d}'"),
            ("\u{1f600}\u{e0001}", "'\u{1f600}\\U000e0001'"),
        ] {
            assert_eq!(repr(value), text);
        }
    }

    #[test]
    fn bytes_escape_what_is_not_ascii() {
        assert_eq!(repr(b"it's \x80\xff\n"), "b\"it's \\x80\\xff\\n\"");
        assert_eq!(repr(b"'\"\\"), "b'\\'\"\\\\'");
    }

    #[test]
    fn containers_print_as_in_python() {
        let dict: Dict = [("k", Value::None)].into_iter().collect();
        let one: Value = (1,).into();
        assert_eq!(repr(one), "(1,)");
        assert_eq!(Value::Tuple(vec![]).to_string(), "()");
        assert_eq!(repr((1, true)), "(1, True)");
        assert_eq!(
            repr(vec![dict.into(), Value::Bool(false)]),
            "[{'k': None}, False]"
        );
        assert_eq!(Value::Set(vec![]).to_string(), "set()");
        assert_eq!(Value::Set(vec![1.into(), 2.into()]).to_string(), "{1, 2}");
        assert_eq!(Value::FrozenSet(vec![]).to_string(), "frozenset()");
        assert_eq!(
            Value::FrozenSet(vec![1.into()]).to_string(),
            "frozenset({1})"
        );
    }
}
