//! Text arguments: the numbers and strings of protocol 0, and UTF-8.

use crate::{BigInt, PickleError, Python2Str, Result, pytext};

/// Decoded text of a pickle.
#[derive(Debug, PartialEq)]
pub(super) enum Decoded<'a> {
    /// Text as the message holds it.
    Borrowed(&'a str),
    Text(String),
    /// UTF-8 with lone surrogates.
    Surrogates(Vec<u8>),
    /// Bytes: Python 2's `str`.
    Bytes(&'a [u8]),
    OwnBytes(Vec<u8>),
}

/// Decodes UTF-8 with lone surrogates, as Python writes it and no Rust string holds it.
#[cold]
pub(super) fn surrogates(bytes: &[u8]) -> Result<Decoded<'_>> {
    if pytext::is_text(bytes) {
        return Ok(Decoded::Surrogates(bytes.to_vec()));
    }
    let place = std::str::from_utf8(bytes)
        .err()
        .map_or(0, |error| error.valid_up_to());
    Err(PickleError::malformed(format!(
        "text that is not UTF-8, from its byte {place} on: not written by pickle, or damaged on \
         the way"
    )))
}

/// Decodes Python 2's `str`.
pub(super) fn python2(bytes: &[u8], choice: Python2Str) -> Result<Decoded<'_>> {
    let text = match choice {
        Python2Str::Bytes => return Ok(Decoded::Bytes(bytes)),
        Python2Str::AsciiOrBytes if !bytes.is_ascii() => return Ok(Decoded::Bytes(bytes)),
        Python2Str::Latin1 if !bytes.is_ascii() => {
            return Ok(Decoded::Text(
                bytes.iter().copied().map(char::from).collect(),
            ));
        }
        _ => std::str::from_utf8(bytes),
    };
    text.map(Decoded::Borrowed).map_err(|error| {
        PickleError::malformed(format!(
            "a str of Python 2's that is not UTF-8: {error}; read it with another \
             ReadOptions::python2_str"
        ))
    })
}

/// Parses the argument of INT: `00` and `01` are booleans.
pub(super) enum Number {
    Bool(bool),
    Int(i64),
    Big(BigInt),
}

pub(super) fn int(line: &[u8]) -> Result<Number> {
    match line {
        b"00" => Ok(Number::Bool(false)),
        b"01" => Ok(Number::Bool(true)),
        _ => long(line),
    }
}

/// Parses the argument of INT and LONG: decimal with or without L, or with a prefix as in C.
pub(super) fn long(line: &[u8]) -> Result<Number> {
    let digits = line.trim_ascii();
    let digits = digits.strip_suffix(b"L").unwrap_or(digits);
    let text = std::str::from_utf8(digits).unwrap_or_default();
    if !has_zero_before(digits)
        && let Ok(small) = text.parse()
    {
        return Ok(Number::Int(small));
    }
    let (sign, rest) = match digits {
        [b'-', rest @ ..] => ("-", rest),
        [b'+', rest @ ..] => ("", rest),
        rest => ("", rest),
    };
    let (rest, radix) = match rest {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        [b'0', b'o' | b'O', rest @ ..] => (rest, 8),
        [b'0', b'b' | b'B', rest @ ..] => (rest, 2),
        [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
        rest => (rest, 10),
    };
    // Python allows single underscores between digits.
    let odd = rest.ends_with(b"_") || rest.windows(2).any(|two| two == b"__");
    let value = match rest.first() {
        Some(first) if first.is_ascii_alphanumeric() && !odd => {
            BigInt::parse(&[sign.as_bytes(), rest].concat(), radix)
                .map_err(|error| PickleError::malformed(format!("{error}: {}", shown(line))))?
        }
        _ => {
            return Err(PickleError::malformed(format!(
                "not an integer: {}",
                shown(line)
            )));
        }
    };
    Ok(match i64::try_from(&value) {
        Ok(small) => Number::Int(small),
        Err(_) => Number::Big(value),
    })
}

/// Returns whether it is octal in C: `010` is 8.
fn has_zero_before(digits: &[u8]) -> bool {
    let digits = digits.strip_prefix(b"-").unwrap_or(digits);
    let digits = digits.strip_prefix(b"+").unwrap_or(digits);
    digits.len() > 1 && digits[0] == b'0'
}

/// Parses the argument of FLOAT. Infinity has a name; a number that is too large fails, as in CPython.
pub(super) fn float(line: &[u8]) -> Result<f64> {
    let too_large = |value: f64| value.is_infinite() && line.iter().any(u8::is_ascii_digit);
    let parsed = std::str::from_utf8(line.trim_ascii())
        .ok()
        .and_then(|text| text.parse().ok());
    let parsed = parsed.filter(|value| !too_large(*value));
    parsed.ok_or_else(|| PickleError::malformed(format!("not a float: {}", shown(line))))
}

/// Parses the argument of STRING: the `repr` of a `str` in Python 2.
pub(super) fn string(line: &[u8], choice: Python2Str) -> Result<Decoded<'_>> {
    let body = match line {
        [b'\'', body @ .., b'\''] | [b'"', body @ .., b'"'] => body,
        _ => {
            return Err(PickleError::malformed(format!(
                "a string without quotes: {}",
                shown(line)
            )));
        }
    };
    if !body.contains(&b'\\') {
        return python2(body, choice);
    }
    let bytes = unescape(body).ok_or_else(|| {
        PickleError::malformed(format!("a bad escape in a string: {}", shown(line)))
    })?;
    Ok(match python2(&bytes, choice)? {
        Decoded::Borrowed(text) => Decoded::Text(text.to_owned()),
        Decoded::Text(text) => Decoded::Text(text),
        _ => Decoded::OwnBytes(bytes),
    })
}

/// Resolves the escapes of a `bytes` literal; `None` if one is invalid.
fn unescape(body: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (escape, after) = rest.split_first()?;
        rest = after;
        match *escape {
            b'\n' => {}
            byte @ (b'\\' | b'\'' | b'"') => bytes.push(byte),
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b't' => bytes.push(b'\t'),
            b'n' => bytes.push(b'\n'),
            b'v' => bytes.push(11),
            b'f' => bytes.push(12),
            b'r' => bytes.push(b'\r'),
            b'x' => {
                let code = hexadecimal(rest.get(..2)?)?;
                bytes.push(u8::try_from(code).ok()?);
                rest = &rest[2..];
            }
            b'0'..=b'7' => {
                let digits = 1 + rest.iter().take(2).take_while(|b| is_octal(**b)).count();
                let (more, after) = rest.split_at(digits - 1);
                let code = more.iter().fold(u32::from(escape - b'0'), |code, digit| {
                    code * 8 + u32::from(digit - b'0')
                });
                // Python keeps the low byte.
                bytes.push(code.to_le_bytes()[0]);
                rest = after;
            }
            other => bytes.extend([b'\\', other]),
        }
    }
    Some(bytes)
}

fn is_octal(byte: u8) -> bool {
    (b'0'..=b'7').contains(&byte)
}

/// Parses the argument of UNICODE: Latin-1 with `\u` and `\U` after an even number of backslashes.
pub(super) fn unicode(line: &[u8]) -> Result<Decoded<'_>> {
    if !line.contains(&b'\\')
        && line.is_ascii()
        && let Ok(text) = std::str::from_utf8(line)
    {
        return Ok(Decoded::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line;
    while let [first, after @ ..] = rest {
        let digits = match rest {
            [b'\\', b'u', ..] => 4,
            [b'\\', b'U', ..] => 8,
            [b'\\', _, after @ ..] if rest[1].is_ascii() => {
                bytes.extend([b'\\', rest[1]]);
                rest = after;
                continue;
            }
            _ => {
                push_code(&mut bytes, u32::from(*first));
                rest = after;
                continue;
            }
        };
        let code = rest.get(2..2 + digits).and_then(hexadecimal);
        let code = code.filter(|code| *code <= 0x10_ffff);
        let code =
            code.ok_or_else(|| PickleError::malformed(format!("a bad escape: {}", shown(line))))?;
        push_code(&mut bytes, code);
        rest = &rest[2 + digits..];
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Decoded::Text(text),
        Err(error) => Decoded::Surrogates(error.into_bytes()),
    })
}

/// Appends a code point as UTF-8, surrogates too.
fn push_code(bytes: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => {
            let [low, high, ..] = code.to_le_bytes();
            let middle = 0x80 | (high & 0x0f) << 2 | low >> 6;
            bytes.extend([0xe0 | high >> 4, middle, 0x80 | low & 0x3f]);
        }
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok()?;
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Parses the argument of GET and PUT.
pub(super) fn index(line: &[u8]) -> Result<u64> {
    let parsed = std::str::from_utf8(line.trim_ascii())
        .ok()
        .and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| {
        PickleError::malformed(format!("not the number of a memo entry: {}", shown(line)))
    })
}

/// Returns the beginning of an argument, for error messages.
pub(super) fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 40;
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = pytext::write_bytes(&mut text, &line[..line.len().min(LONGEST)]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(line: &[u8]) -> Option<String> {
        Some(match int(line).ok()? {
            Number::Bool(value) => value.to_string(),
            Number::Int(value) => value.to_string(),
            Number::Big(value) => format!("big {value}"),
        })
    }

    #[test]
    fn integers_are_as_c_and_python_read_them() {
        for (line, expected) in [
            (&b"0"[..], "0"),
            (b"00", "false"),
            (b"01", "true"),
            (b"-12L", "-12"),
            (b" 7 ", "7"),
            (b"+7", "7"),
            (b"010", "8"),
            (b"-017L", "-15"),
            (b"000", "0"),
            (b"0x1F", "31"),
            (b"-0xffL", "-255"),
            (b"99999999999999999999", "big 99999999999999999999"),
            (b"-9223372036854775809", "big -9223372036854775809"),
            (b"99_999_999_999_999_999_999L", "big 99999999999999999999"),
        ] {
            assert_eq!(number(line).as_deref(), Some(expected));
        }
        for line in [
            &b""[..],
            b"x",
            b"1x",
            b"08",
            b"--1",
            b"0x",
            b"0x-1",
            b"L",
            b"\xff",
            b"1 2",
            b"99999999999999999999_",
            b"9__9999999999999999999",
        ] {
            assert!(number(line).is_none(), "{line:?}");
        }
        assert!(long(&[b'1'; 5000]).is_err());
    }

    #[test]
    fn floats_are_as_python_s_c_code_reads_them() {
        for (line, expected) in [
            (&b"1.5"[..], 1.5),
            (b"-0.0", -0.0),
            (b"+.5e1", 5.0),
            (b"1e-400", 0.0),
            (b"inf", f64::INFINITY),
            (b"-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(float(line).unwrap().to_bits(), expected.to_bits());
        }
        assert!(float(b"nan").unwrap().is_nan());
        for line in [&b""[..], b"1e400", b"-1e400", b"1_0", b"0x1", b"1,5"] {
            assert!(float(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn strings_of_python_2() {
        let read = |line| string(line, Python2Str::AsciiOrBytes);
        assert_eq!(read(b"'abc'").unwrap(), Decoded::Borrowed("abc"));
        assert_eq!(read(b"\"it's\"").unwrap(), Decoded::Borrowed("it's"));
        assert_eq!(read(b"'a\xe9'").unwrap(), Decoded::Bytes(b"a\xe9"));
        assert_eq!(
            read(br"'\\\'\n\x41\1012\0\q'").unwrap(),
            Decoded::Text("\\'\nAA2\0\\q".to_owned())
        );
        assert_eq!(read(br"'\xff'").unwrap(), Decoded::OwnBytes(vec![0xff]));
        for line in [
            &b"abc"[..],
            b"'",
            b"",
            b"'abc\"",
            br"'\x1'",
            br"'\'",
            b" 'a'",
            b"'a' ",
        ] {
            assert!(read(line).is_err(), "{line:?}");
        }
        for (choice, expected) in [
            (Python2Str::AsciiOrBytes, Decoded::Bytes(b"\xc3\xa9")),
            (Python2Str::Bytes, Decoded::Bytes(b"\xc3\xa9")),
            (Python2Str::Latin1, Decoded::Text("\u{c3}\u{a9}".to_owned())),
            (Python2Str::Utf8, Decoded::Borrowed("\u{e9}")),
        ] {
            assert_eq!(python2(b"\xc3\xa9", choice).unwrap(), expected);
        }
        assert_eq!(
            python2(b"a", Python2Str::Bytes).unwrap(),
            Decoded::Bytes(b"a")
        );
        assert!(python2(b"\xff", Python2Str::Utf8).is_err());
    }

    #[test]
    fn text_of_protocol_0() {
        assert_eq!(unicode(b"abc").unwrap(), Decoded::Borrowed("abc"));
        assert_eq!(
            unicode(b"\xe9\\u4e2d\\U0001f600\\n\\\\u0041").unwrap(),
            Decoded::Text("\u{e9}\u{4e2d}\u{1f600}\\n\\\\u0041".to_owned())
        );
        assert_eq!(
            unicode(b"\\ud800").unwrap(),
            Decoded::Surrogates(b"\xed\xa0\x80".to_vec())
        );
        for line in [&b"\\u12"[..], b"\\U00110000", b"\\u+123", b"\\uzzzz"] {
            assert!(unicode(line).is_err(), "{line:?}");
        }
        assert_eq!(unicode(b"\\").unwrap(), Decoded::Text("\\".to_owned()));
    }

    #[test]
    fn text_with_surrogates_is_told_from_no_text() {
        assert_eq!(
            surrogates(b"a\xed\xa0\x80").unwrap(),
            Decoded::Surrogates(b"a\xed\xa0\x80".to_vec())
        );
        let error = surrogates(b"ab\xff").unwrap_err();
        assert!(error.is_malformed() && error.to_string().contains("from its byte 2 on"));
    }
}
