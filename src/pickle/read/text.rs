//! Arguments in text: the numbers and strings of protocol 0.

use super::Result;
use crate::pickle::error::Error;
use crate::pickle::literal::{StringKind, unescape};
use crate::pickle::{BigInt, Value};

/// UTF-8 as Python's pickler writes it.
pub(super) fn utf8(bytes: &[u8]) -> Result<Value> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Value::Str(text.to_owned())),
        // Python writes surrogates as if they were characters: 0xed, then 0xa0 to 0xbf.
        Err(error)
            if matches!(
                bytes[error.valid_up_to()..],
                [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..]
            ) =>
        {
            Err(lone_surrogate())
        }
        Err(error) => Err(Error::new(format!("text that is not UTF-8: {error}"))),
    }
}

fn lone_surrogate() -> Error {
    Error::unsupported("a lone surrogate in text is not supported yet: send it as bytes")
}

/// Python 2's `str`.
pub(super) fn python2(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Value::Str(text.to_owned()),
        _ => Value::Bytes(bytes.to_owned()),
    }
}

/// The argument of INT: `00` and `01` are booleans.
pub(super) fn int(line: &[u8]) -> Result<Value> {
    match line {
        b"00" => Ok(Value::Bool(false)),
        b"01" => Ok(Value::Bool(true)),
        _ => long(line),
    }
}

/// The argument of INT and LONG, with or without the L.
pub(super) fn long(line: &[u8]) -> Result<Value> {
    let digits = line.trim_ascii();
    let digits = digits.strip_suffix(b"L").unwrap_or(digits);
    match BigInt::parse(digits, 10) {
        Ok(value) => Ok(value.into()),
        Err(error) => Err(Error::new(error.to_string())),
    }
}

/// The argument of FLOAT.
pub(super) fn float(line: &[u8]) -> Result<Value> {
    let parsed = std::str::from_utf8(line.trim_ascii())
        .ok()
        .and_then(|text| text.parse().ok());
    parsed
        .map(Value::Float)
        .ok_or_else(|| Error::new(format!("no number: {}", shown(line))))
}

/// The argument of STRING: what Python 2's `repr` made of a `str`.
pub(super) fn string(line: &[u8]) -> Result<Value> {
    let line = line.trim_ascii_end();
    let body = match line {
        [b'\'', body @ .., b'\''] | [b'"', body @ .., b'"'] => body,
        _ => {
            return Err(Error::new(format!(
                "a string without quotes: {}",
                shown(line)
            )));
        }
    };
    // Byte by byte, each as the character of that number.
    let source: String = body.iter().copied().map(char::from).collect();
    let mut bytes = Vec::with_capacity(body.len());
    unescape(&source, StringKind::Bytes, |code| {
        bytes.push(code.to_le_bytes()[0])
    })
    .map_err(|(_, message)| Error::new(format!("{message}: {}", shown(line))))?;
    Ok(python2(&bytes))
}

/// The argument of UNICODE: Latin-1 with `\u` and `\U`. Pairs of surrogates, which a narrow
/// Python 2 writes, are the characters that they mean.
pub(super) fn unicode(line: &[u8]) -> Result<Value> {
    let mut units = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        let digits = match line[at..] {
            [b'\\', b'u', ..] => 4,
            [b'\\', b'U', ..] => 8,
            _ => {
                units.push(u16::from(line[at]));
                at += 1;
                continue;
            }
        };
        let code = line.get(at + 2..at + 2 + digits).and_then(hexadecimal);
        let code = code.filter(|code| *code <= 0x10_ffff);
        let code = code.ok_or_else(|| Error::new(format!("a bad escape: {}", shown(line))))?;
        push_utf16(&mut units, code);
        at += 2 + digits;
    }
    String::from_utf16(&units)
        .map(Value::Str)
        .map_err(|_| lone_surrogate())
}

fn push_utf16(units: &mut Vec<u16>, code: u32) {
    match char::from_u32(code) {
        Some(character) => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
        // A surrogate: it fits.
        None => units.extend(u16::try_from(code)),
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok()?;
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// The argument of GET and PUT.
pub(super) fn index(line: &[u8]) -> Result<u32> {
    let parsed = std::str::from_utf8(line.trim_ascii())
        .ok()
        .and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| Error::new(format!("no number of a memo entry: {}", shown(line))))
}

/// For messages: the beginning of an argument.
pub(super) fn shown(line: &[u8]) -> Value {
    const LONGEST: usize = 40;
    Value::Bytes(line[..line.len().min(LONGEST)].to_owned())
}
