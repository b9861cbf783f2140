//! Arguments of opcodes, printed as Python's `repr` does.

use std::fmt::{self, Display, Formatter};

use crate::decode::source::Source;
use crate::error::PickleError;
use crate::opcode::{Argument as ArgumentKind, Layout};
use crate::pytext::{
    is_text, write_bytearray, write_bytes, write_float, write_str, write_surrogate_str,
};

/// The argument of an opcode. `Display` writes `repr` of its value in `pickletools`.
#[derive(Debug, Clone, Copy)]
pub struct Argument<'a> {
    /// `None` if it could not be read.
    kind: Option<ArgumentKind>,
    bytes: &'a [u8],
    longest: usize,
}

impl<'a> Argument<'a> {
    /// Reads an argument, with an error if it is bad. One that cannot be read extends to the end.
    pub(super) fn read(
        kind: ArgumentKind,
        source: &mut Source<'a>,
    ) -> (Self, Result<(), PickleError>) {
        let rest = source.rest();
        let longest = usize::MAX;
        match span(kind, source) {
            Ok(bytes) => {
                let kind = Some(kind);
                let argument = Argument {
                    kind,
                    bytes,
                    longest,
                };
                (argument, argument.check())
            }
            Err(error) => {
                let (kind, bytes) = (None, rest);
                (
                    Argument {
                        kind,
                        bytes,
                        longest,
                    },
                    Err(error),
                )
            }
        }
    }

    pub(super) fn shortened(mut self, longest: Option<usize>) -> Self {
        self.longest = longest.unwrap_or(usize::MAX);
        self
    }

    /// Returns its bytes in the pickle, without a length prefix or the end of its line.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns its value if it is a number and not negative, such as the index of a memo entry.
    pub(super) fn index(&self) -> Option<u64> {
        match self.kind? {
            ArgumentKind::U1 | ArgumentKind::U2 | ArgumentKind::U4 | ArgumentKind::U8 => {
                Some(unsigned(self.bytes))
            }
            ArgumentKind::DecimalLine => decimal(self.bytes)?.parse().ok(),
            _ => None,
        }
    }

    /// Checks that Python can read it too.
    fn check(&self) -> Result<(), PickleError> {
        let line = self.bytes;
        let (fine, what) = match self.kind {
            Some(
                ArgumentKind::Text1
                | ArgumentKind::Text4
                | ArgumentKind::Text8
                | ArgumentKind::Line
                | ArgumentKind::TwoLines,
            ) => (is_text(line), "text that is not UTF-8"),
            Some(ArgumentKind::DecimalLine) => (decimal(line).is_some(), "not a number"),
            Some(ArgumentKind::LongLine) => (decimal(without_l(line)).is_some(), "not a number"),
            Some(ArgumentKind::FloatLine) => (float(line).is_some(), "not a number"),
            Some(ArgumentKind::QuotedLine) => (is_quoted(line), "a string without quotes"),
            Some(ArgumentKind::UnicodeLine) => (raw_unicode(line).1, "a bad escape"),
            _ => (true, ""),
        };
        if fine {
            Ok(())
        } else {
            Err(PickleError::malformed(format!("{what}: {}", excerpt(line))))
        }
    }
}

/// Returns the beginning of a bad argument.
fn excerpt(bytes: &[u8]) -> Argument<'_> {
    Argument {
        kind: None,
        bytes,
        longest: 40,
    }
}

fn span<'a>(kind: ArgumentKind, source: &mut Source<'a>) -> Result<&'a [u8], PickleError> {
    match kind.layout() {
        Layout::Fixed(width) => source.bytes(width.into()),
        Layout::Lines(1) => source.line(),
        Layout::Lines(_) => {
            let both = source.rest();
            let length = source.line()?.len() + 1 + source.line()?.len();
            Ok(&both[..length])
        }
        Layout::Counted(1) => source.bytes_u8(),
        Layout::Counted(4) => source.bytes_u32(),
        Layout::Counted(_) => source.bytes_u64(),
        Layout::SignedCounted => source.bytes_i32(),
    }
}

impl Display for Argument<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let whole = self.bytes.len() <= self.longest;
        let bytes = if whole {
            self.bytes
        } else {
            &self.bytes[..self.longest]
        };
        match self.kind {
            Some(kind) if whole => fmt_whole(f, kind, bytes)?,
            Some(kind) => fmt_beginning(f, kind, bytes)?,
            None => write_bytes(f, bytes)?,
        }
        if whole {
            Ok(())
        } else {
            write!(f, "... ({} bytes)", self.bytes.len())
        }
    }
}

fn fmt_whole(f: &mut Formatter<'_>, kind: ArgumentKind, bytes: &[u8]) -> fmt::Result {
    match kind {
        ArgumentKind::Nothing => Ok(()),
        ArgumentKind::U1 | ArgumentKind::U2 | ArgumentKind::U4 | ArgumentKind::U8 => {
            write!(f, "{}", unsigned(bytes))
        }
        ArgumentKind::I4 | ArgumentKind::Long1 | ArgumentKind::Long4 => fmt_signed(f, bytes),
        ArgumentKind::Float8 => {
            let array = bytes.first_chunk().copied().unwrap_or_default();
            write_float(f, f64::from_be_bytes(array))
        }
        ArgumentKind::DecimalLine if bytes == b"00" => f.write_str("False"),
        ArgumentKind::DecimalLine if bytes == b"01" => f.write_str("True"),
        ArgumentKind::DecimalLine => fmt_line(f, decimal(bytes), bytes),
        ArgumentKind::LongLine => fmt_line(f, decimal(without_l(bytes)), bytes),
        ArgumentKind::FloatLine => match float(bytes) {
            Some(value) => write_float(f, value),
            None => write_bytes(f, bytes),
        },
        _ => fmt_text(f, kind, bytes),
    }
}

/// Writes the beginning of a longer argument, without reading the rest.
fn fmt_beginning(f: &mut Formatter<'_>, kind: ArgumentKind, bytes: &[u8]) -> fmt::Result {
    match kind {
        ArgumentKind::Text1 | ArgumentKind::Text4 | ArgumentKind::Text8 => {
            fmt_text(f, kind, whole_characters(bytes))
        }
        ArgumentKind::DecimalLine | ArgumentKind::LongLine | ArgumentKind::FloatLine => {
            write_ascii(f, bytes)
        }
        ArgumentKind::Long1 | ArgumentKind::Long4 => {
            f.write_str("0x...")?;
            bytes
                .iter()
                .rev()
                .try_for_each(|byte| write!(f, "{byte:02x}"))
        }
        _ => fmt_text(f, kind, bytes),
    }
}

fn fmt_text(f: &mut Formatter<'_>, kind: ArgumentKind, bytes: &[u8]) -> fmt::Result {
    match kind {
        ArgumentKind::QuotedLine => fmt_quoted(f, bytes),
        ArgumentKind::UnicodeLine => write_surrogate_str(f, &raw_unicode(bytes).0),
        ArgumentKind::TwoLines => {
            let separator = bytes.iter().position(|byte| *byte == b'\n');
            let mut joined = bytes.to_vec();
            if let Some(at) = separator {
                joined[at] = b' ';
            }
            write_surrogate_str(f, &joined)
        }
        ArgumentKind::String1 | ArgumentKind::String4 => {
            // Latin-1: each byte is the character of that number.
            let text: String = bytes.iter().copied().map(char::from).collect();
            write_str(f, &text)
        }
        ArgumentKind::Bytes1 | ArgumentKind::Bytes4 | ArgumentKind::Bytes8 => write_bytes(f, bytes),
        ArgumentKind::ByteArray8 => write_bytearray(f, bytes),
        _ => write_surrogate_str(f, bytes),
    }
}

/// Writes a string that Python 2's `repr` has written; the quotes may differ from Python 3's.
fn fmt_quoted(f: &mut Formatter<'_>, line: &[u8]) -> fmt::Result {
    match (line, std::str::from_utf8(line)) {
        ([_, body @ .., _], Ok(text)) if is_quoted(line) && !body.contains(&b'\\') => {
            write_str(f, &text[1..text.len() - 1])
        }
        _ => write_ascii(f, line),
    }
}

/// Writes a line unchanged; as bytes if it is not ASCII.
fn fmt_line(f: &mut Formatter<'_>, line: Option<String>, bytes: &[u8]) -> fmt::Result {
    match line {
        Some(line) => f.write_str(&line),
        None => write_bytes(f, bytes),
    }
}

fn write_ascii(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let printable = bytes.iter().all(|byte| (0x20..0x7f).contains(byte));
    match std::str::from_utf8(bytes) {
        Ok(text) if printable => f.write_str(text),
        _ => write_bytes(f, bytes),
    }
}

/// Drops an incomplete character at the end.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let tail = bytes.iter().rev().take(3);
    let continuing = tail.take_while(|byte| (0x80..0xc0).contains(*byte)).count();
    let start = bytes.len() - continuing;
    match bytes[..start].last() {
        Some(first @ 0xc0..) if first.leading_ones() as usize > continuing + 1 => {
            &bytes[..start - 1]
        }
        _ => bytes,
    }
}

fn unsigned(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().rev();
    digits.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Writes a two's complement integer in decimal as far as Python does, else in hexadecimal.
fn fmt_signed(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    // Python prints at most 4,300 digits, which take 14,285 bits.
    const MAX_DECIMAL_BITS: u64 = 14_284;
    let number = num_bigint::BigInt::from_signed_bytes_le(bytes);
    if number.bits() <= MAX_DECIMAL_BITS {
        write!(f, "{number}")
    } else {
        write!(f, "{number:#x}")
    }
}

/// Normalizes a number as `int` reads and `str` prints it: without blanks, plus sign and zeros.
fn decimal(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line.trim_ascii()).ok()?;
    let (minus, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    match digits.trim_start_matches('0') {
        "" => Some("0".into()),
        digits => Some(format!("{minus}{digits}")),
    }
}

fn without_l(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"L").unwrap_or(line)
}

fn float(line: &[u8]) -> Option<f64> {
    std::str::from_utf8(line.trim_ascii()).ok()?.parse().ok()
}

fn is_quoted(line: &[u8]) -> bool {
    matches!(line, [b'\'', .., b'\''] | [b'"', .., b'"'])
}

/// Decodes Python's "raw-unicode-escape", keeping surrogates. Returns whether all escapes were
/// complete; others stay as they are.
fn raw_unicode(line: &[u8]) -> (Vec<u8>, bool) {
    let (mut text, mut fine) = (Vec::with_capacity(line.len()), true);
    let mut rest = line;
    while let [first, after @ ..] = rest {
        let digits = match rest {
            [b'\\', b'u', ..] => 4,
            [b'\\', b'U', ..] => 8,
            // A backslash escapes the next character.
            [b'\\', _, ..] => {
                push_code(&mut text, b'\\'.into());
                push_code(&mut text, after[0].into());
                rest = &after[1..];
                continue;
            }
            _ => 0,
        };
        let code = after.get(1..1 + digits).filter(|_| digits > 0);
        if let Some(code) = code.and_then(hexadecimal) {
            push_code(&mut text, code);
            rest = &after[1 + digits..];
        } else {
            fine &= digits == 0;
            push_code(&mut text, u32::from(*first));
            rest = after;
        }
    }
    (text, fine)
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let all = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| all)?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    (code <= 0x10_ffff).then_some(code)
}

/// Appends UTF-8, in which a surrogate takes three bytes.
fn push_code(text: &mut Vec<u8>, code: u32) {
    if let Some(character) = char::from_u32(code) {
        text.extend(character.encode_utf8(&mut [0; 4]).bytes());
    } else {
        let [_, _, high, low] = code.to_be_bytes();
        let middle = 0x80 | (high & 0x0f) << 2 | low >> 6;
        text.extend([0xed, middle, 0x80 | low & 0x3f]);
    }
}

/// Returns the value of an argument elsewhere in the pickle, in a time that does not depend on its
/// length; `None` if that is not possible.
pub(super) fn brief(kind: ArgumentKind, rest: &[u8]) -> Option<Argument<'_>> {
    const LONGEST: usize = 40;
    const LONGEST_LINE: usize = 400;
    let rest = match kind.layout() {
        Layout::Lines(_) => &rest[..rest.len().min(LONGEST_LINE)],
        _ => rest,
    };
    let bytes = span(kind, &mut Source::new(rest)).ok()?;
    let kind = Some(kind);
    Some(Argument {
        kind,
        bytes,
        longest: LONGEST,
    })
}
