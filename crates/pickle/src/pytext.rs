//! Text, bytes and floats as Python's `repr` prints them.

use std::fmt::{self, Write};

use ascii::AsAsciiStr;
use mpconn_escape::is_printable;
use mpconn_escape::write_escape;

/// Text from here on is checked many bytes at a time.
const LONG: usize = 64;

/// UTF-8 as a string.
#[inline]
pub(crate) fn utf8(bytes: &[u8]) -> Option<&str> {
    match bytes.len() {
        // The check of UTF-8 takes short text byte by byte.
        ..LONG => match bytes.as_ascii_str() {
            Ok(text) => Some(text.as_str()),
            Err(_) => std::str::from_utf8(bytes).ok(),
        },
        _ => simdutf8::basic::from_utf8(bytes).ok(),
    }
}

/// A copy of UTF-8 as a string. A part is copied right after it was checked, while it is in the
/// cache next to the processor: the bytes come from memory once.
pub(crate) fn utf8_copy(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(end_of_part(rest));
        text.push_str(utf8(part)?);
        rest = after;
    }
    Some(text)
}

/// Where a part ends, between two characters if these bytes are text. Parts begin where a line of
/// the cache does, as far as characters let them: else every other load takes two of them.
fn end_of_part(bytes: &[u8]) -> usize {
    const PART: usize = 1 << 10;
    const LINE: usize = 64;
    const LONGEST: usize = 4;
    let part = PART + bytes.as_ptr().addr().wrapping_neg() % LINE;
    let begins = |at: &usize| bytes[*at] & 0xc0 != 0x80;
    match bytes.len() <= part {
        true => bytes.len(),
        false => (part - LONGEST..=part).rev().find(begins).unwrap_or(part),
    }
}

/// A `float`: the shortest digits that read back as this number, with an exponent below 1e-4 and
/// from 1e16.
pub(crate) fn write_float(out: &mut (impl Write + ?Sized), value: f64) -> fmt::Result {
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

/// A `str`.
pub(crate) fn write_str(out: &mut (impl Write + ?Sized), text: &str) -> fmt::Result {
    let quote = quote_for(text.as_bytes());
    out.write_char(quote)?;
    write_plain(out, text, quote)?;
    out.write_char(quote)
}

/// A `str` that may hold lone surrogates: UTF-8 in which each of them takes three bytes, as
/// Python's error handler `surrogatepass` writes it. Bytes that are neither come as `\x..`; ask
/// [`is_text`] first where that matters.
pub(crate) fn write_surrogate_str(out: &mut (impl Write + ?Sized), text: &[u8]) -> fmt::Result {
    let quote = quote_for(text);
    out.write_char(quote)?;
    let mut rest = text;
    while let Some((plain, odd)) = split_text(rest) {
        write_plain(out, plain, quote)?;
        rest = match (surrogate(odd), odd) {
            (Some(code), _) => {
                write!(out, "\\u{code:04x}")?;
                &odd[3..]
            }
            (None, [byte, after @ ..]) => {
                write!(out, "\\x{byte:02x}")?;
                after
            }
            (None, []) => break,
        };
    }
    out.write_char(quote)
}

/// Whether these bytes are UTF-8, lone surrogates allowed.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        match split_text(rest) {
            Some((_, odd)) if surrogate(odd).is_some() => rest = &odd[3..],
            Some((_, odd)) => return odd.is_empty(),
            None => return true,
        }
    }
}

/// Text up to the first byte that is none, and what begins there; `None` at the end.
fn split_text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let length = match std::str::from_utf8(bytes) {
        Ok(text) => return Some((text, &[])),
        Err(error) => error.valid_up_to(),
    };
    let (text, odd) = bytes.split_at(length);
    // It was just found to be UTF-8.
    Some((std::str::from_utf8(text).unwrap_or_default(), odd))
}

/// The code of the surrogate that these bytes begin with.
fn surrogate(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [0xed, high @ 0xa0..=0xbf, low @ 0x80..=0xbf, ..] => {
            Some(0xd000 | u32::from(high & 0x3f) << 6 | u32::from(low & 0x3f))
        }
        _ => None,
    }
}

/// A `bytes`.
pub(crate) fn write_bytes(out: &mut (impl Write + ?Sized), bytes: &[u8]) -> fmt::Result {
    let quote = quote_for(bytes);
    write_escaped_bytes(out, bytes, quote, quote)
}

/// A `bytearray`, which has a rule of its own: CPython escapes single quotes within double ones.
pub(crate) fn write_bytearray(out: &mut (impl Write + ?Sized), bytes: &[u8]) -> fmt::Result {
    out.write_str("bytearray(")?;
    write_escaped_bytes(out, bytes, quote_for(bytes), '\'')?;
    out.write_char(')')
}

fn write_escaped_bytes(
    out: &mut (impl Write + ?Sized),
    bytes: &[u8],
    quote: char,
    escaped: char,
) -> fmt::Result {
    write!(out, "b{quote}")?;
    let mut plain = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let character = char::from(byte);
        if (0x20..0x7f).contains(&byte) && character != escaped && character != '\\' {
            continue;
        }
        write_ascii(out, &bytes[plain..at])?;
        plain = at + 1;
        write_escape(out, character)?;
    }
    write_ascii(out, &bytes[plain..])?;
    out.write_char(quote)
}

fn write_ascii(out: &mut (impl Write + ?Sized), bytes: &[u8]) -> fmt::Result {
    out.write_str(std::str::from_utf8(bytes).unwrap_or_default())
}

/// Single quotes, unless only double ones spare an escape.
fn quote_for(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') {
        '"'
    } else {
        '\''
    }
}

fn write_plain(out: &mut (impl Write + ?Sized), text: &str, quote: char) -> fmt::Result {
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if character != quote && character != '\\' && is_printable(character) {
            continue;
        }
        // Everything up to here goes out in one piece.
        out.write_str(&text[plain..at])?;
        plain = at + character.len_utf8();
        write_escape(out, character)?;
    }
    out.write_str(&text[plain..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    #[test]
    fn a_copy_is_whole_wherever_its_parts_end() {
        let copy = |text: &str| utf8_copy(text.as_bytes());
        for length in (0..8).chain(8180..8200).chain(16370..16390) {
            let before = "x".repeat(length);
            for text in [
                before.clone(),
                format!("{before}\u{1f600}中é"),
                format!("{before}中{before}"),
            ] {
                assert_eq!(copy(&text), Some(text));
            }
            for flaw in [&b"\xff"[..], b"\xed\xa0\x80", b"\xe4\xb8", &[0x80; 9]] {
                assert_eq!(utf8_copy(&[before.as_bytes(), flaw].concat()), None);
            }
        }
    }

    #[test]
    fn floats_print_as_in_python() {
        for (value, expected) in [
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
            assert_eq!(text(|out| write_float(out, value)), expected);
        }
    }

    #[test]
    fn text_chooses_its_quotes_and_escapes() {
        for (value, expected) in [
            ("", "''"),
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("\"", "'\"'"),
            ("'\"", "'\\'\"'"),
            ("a\\b\n\r\t\0\x7f", "'a\\\\b\\n\\r\\t\\x00\\x7f'"),
            ("\u{a0}\u{ad}\u{e9}", "'\\xa0\\xad\u{e9}'"),
            ("\u{200b}\u{4e2d}", "'\\u200b\u{4e2d}'"),
            ("\u{1f600}\u{e0001}", "'\u{1f600}\\U000e0001'"),
        ] {
            assert_eq!(text(|out| write_str(out, value)), expected);
            assert_eq!(
                text(|out| write_surrogate_str(out, value.as_bytes())),
                expected
            );
            assert!(is_text(value.as_bytes()));
        }
    }

    #[test]
    fn lone_surrogates_are_escaped() {
        let value = b"a\xed\xa0\x80\xed\xbf\xbf'\xe4\xb8\xad";
        assert!(is_text(value));
        assert_eq!(
            text(|out| write_surrogate_str(out, value)),
            "\"a\\ud800\\udfff'\u{4e2d}\""
        );
    }

    #[test]
    fn what_is_no_text_is_still_shown() {
        assert!(!is_text(b"a\xffb"));
        assert!(!is_text(b"\xed\xa0"));
        assert_eq!(
            text(|out| write_surrogate_str(out, b"a\xffb\xed\xa0")),
            "'a\\xffb\\xed\\xa0'"
        );
    }

    #[test]
    fn bytes_escape_what_is_not_ascii() {
        let repr = |bytes| text(|out| write_bytes(out, bytes));
        assert_eq!(repr(b"it's \x80\xff\n"), "b\"it's \\x80\\xff\\n\"");
        assert_eq!(repr(b"'\"\\"), "b'\\'\"\\\\'");
        assert_eq!(repr(b""), "b''");
    }

    #[test]
    fn bytearrays_escape_more_quotes() {
        let repr = |bytes| text(|out| write_bytearray(out, bytes));
        assert_eq!(repr(b"it's"), "bytearray(b\"it\\'s\")");
        assert_eq!(repr(b"'\""), "bytearray(b'\\'\"')");
        assert_eq!(repr(b"\"\0"), "bytearray(b'\"\\x00')");
    }
}
