//! Reads text and bytes in quotes.

use mpconn_escape::brief;

use super::cursor::{Cursor, LiteralError};

/// The kind of a string.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StringKind {
    Text,
    Bytes,
}

/// A string read from its literal.
pub(super) struct Quoted {
    pub(super) kind: StringKind,
    /// The bytes; for text UTF-8, in which a lone surrogate takes three bytes.
    pub(super) bytes: Vec<u8>,
}

/// Reads the string that begins here, with its prefix.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Quoted, LiteralError> {
    let at = cursor.offset();
    let prefix = cursor.word();
    let (kind, raw) = read_prefix(prefix).map_err(|message| cursor.error(at, message))?;
    cursor.advance(prefix.len());
    let quote = opening_quote(cursor.rest());
    cursor.advance(quote.len());
    let start = cursor.offset();
    let body = body(cursor.rest(), quote).ok_or_else(|| {
        cursor.error(at, format!("this string never ends: close it with {quote}"))
    })?;
    cursor.advance(body.len() + quote.len());

    let source = if body.contains('\r') {
        &body.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        body
    };
    if kind == StringKind::Bytes
        && let Some(found) = body.find(|c: char| !c.is_ascii())
    {
        let message = "bytes hold ASCII characters only: write the others as \\x00 to \\xff";
        return Err(cursor.error(start + found, message));
    }
    if raw {
        let bytes = source.as_bytes().to_owned();
        return Ok(Quoted { kind, bytes });
    }
    let mut bytes = Vec::with_capacity(source.len());
    unescape(source, kind, |code| match kind {
        StringKind::Text => push_code_point(&mut bytes, code),
        // Octal escapes above 0o377 lose their top bit, as in Python.
        StringKind::Bytes => bytes.push(code.to_le_bytes()[0]),
    })
    .map_err(|(found, message)| cursor.error(floor(body, found) + start, message))?;
    Ok(Quoted { kind, bytes })
}

/// Appends UTF-8, in which a surrogate takes three bytes.
fn push_code_point(out: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(character) => out.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => {
            let [low, high, ..] = code.to_le_bytes();
            let middle = high << 2 & 0x3c | low >> 6;
            out.extend([0xed, 0x80 | middle, 0x80 | low & 0x3f]);
        }
    }
}

/// Returns the nearest character boundary at or before `at`, which carriage returns may have
/// shifted.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn read_prefix(prefix: &str) -> Result<(StringKind, bool), String> {
    match prefix.to_ascii_lowercase().as_str() {
        "" | "u" => Ok((StringKind::Text, false)),
        "r" => Ok((StringKind::Text, true)),
        "b" => Ok((StringKind::Bytes, false)),
        "br" | "rb" => Ok((StringKind::Bytes, true)),
        "f" | "fr" | "rf" | "t" | "tr" | "rt" => Err(format!(
            "{prefix}'...' is computed, not a literal: write the text itself"
        )),
        _ => Err(format!(
            "{:?} is not a prefix of a string: r, b, br or u",
            brief(prefix)
        )),
    }
}

fn opening_quote(rest: &str) -> &str {
    let triple = rest.starts_with("'''") || rest.starts_with("\"\"\"");
    &rest[..if triple { 3 } else { 1 }]
}

/// Returns everything before the closing quote; `None` if there is none (on this line, unless
/// triple).
fn body<'a>(rest: &'a str, quote: &str) -> Option<&'a str> {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            // An escaped character never closes the string; "\" before "\r\n" continues over both.
            b'\\' if bytes[at + 1..].starts_with(b"\r\n") => at += 3,
            b'\\' => at += 2,
            b'\n' | b'\r' if quote.len() == 1 => return None,
            _ if bytes[at..].starts_with(quote.as_bytes()) => return Some(&rest[..at]),
            _ => at += 1,
        }
    }
    None
}

/// Replaces escapes and passes on code points (bytes, for bytes) one by one. An error has its
/// place in `source`.
fn unescape(
    source: &str,
    kind: StringKind,
    mut push: impl FnMut(u32),
) -> Result<(), (usize, String)> {
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != '\\' {
            push(u32::from(character));
            continue;
        }
        let Some((_, escape)) = characters.next() else {
            return Err((at, "a backslash at the end: write two of them".into()));
        };
        let rest = characters.as_str();
        let taken = match escape {
            '\n' => 0,
            '\\' | '\'' | '"' => emit(&mut push, u32::from(escape), 0),
            'a' => emit(&mut push, 7, 0),
            'b' => emit(&mut push, 8, 0),
            'f' => emit(&mut push, 12, 0),
            'n' => emit(&mut push, 10, 0),
            'r' => emit(&mut push, 13, 0),
            't' => emit(&mut push, 9, 0),
            'v' => emit(&mut push, 11, 0),
            '0'..='7' => {
                let digits = octal_digits(&source[at + 1..]);
                let code = u32::from_str_radix(digits, 8).unwrap_or(0);
                emit(&mut push, code, digits.len() - 1)
            }
            'x' => emit(&mut push, hexadecimal(rest, 2).map_err(|m| (at, m))?, 2),
            'u' if kind == StringKind::Text => {
                emit(&mut push, code_point(rest, 4).map_err(|m| (at, m))?, 4)
            }
            'U' if kind == StringKind::Text => {
                emit(&mut push, code_point(rest, 8).map_err(|m| (at, m))?, 8)
            }
            'N' if kind == StringKind::Text => {
                let (code, taken) = named(rest).map_err(|m| (at, m))?;
                emit(&mut push, code, taken)
            }
            // Python keeps the backslash of unknown escapes.
            other => {
                push(u32::from('\\'));
                emit(&mut push, u32::from(other), 0)
            }
        };
        if taken > 0 {
            characters.nth(taken - 1);
        }
    }
    Ok(())
}

/// Pushes a code point; returns how many more characters the escape took.
fn emit(push: &mut impl FnMut(u32), code: u32, taken: usize) -> usize {
    push(code);
    taken
}

/// Reads the name in braces after `\N`; returns its code point and the number of characters read.
fn named(rest: &str) -> Result<(u32, usize), String> {
    let inside = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let (name, _) = inside.ok_or("a character's name stands in braces: \\N{EN DASH}")?;
    // All names are ASCII.
    Ok((code_of(name)?, name.len() + 2))
}

/// Accepts aliases and lowercase as Python does, and also blanks and hyphens in other places.
#[cfg(feature = "unicode-names")]
fn code_of(name: &str) -> Result<u32, String> {
    let found = unicode_names2::character(name);
    found.map(u32::from).ok_or_else(|| {
        let name = brief(name);
        format!("no character is named {name:?}: see unicodedata.name, or write \\uXXXX")
    })
}

#[cfg(not(feature = "unicode-names"))]
fn code_of(name: &str) -> Result<u32, String> {
    let name = brief(name);
    Err(format!(
        "character names ({name:?}) need the feature unicode-names of mpconn: write \\uXXXX"
    ))
}

fn octal_digits(rest: &str) -> &str {
    let count = rest
        .bytes()
        .take(3)
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    &rest[..count]
}

fn hexadecimal(rest: &str, digits: usize) -> Result<u32, String> {
    let number = rest
        .get(..digits)
        .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
    number
        .and_then(|text| u32::from_str_radix(text, 16).ok())
        .ok_or_else(|| format!("this escape needs {digits} hexadecimal digits"))
}

fn code_point(rest: &str, digits: usize) -> Result<u32, String> {
    let code = hexadecimal(rest, digits)?;
    if code > 0x10_ffff {
        return Err("no such character: the last is \\U0010ffff".into());
    }
    Ok(code)
}
