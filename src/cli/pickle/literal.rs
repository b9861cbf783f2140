//! Values as Python literals, of any length.

use std::fmt;
use std::io::{self, Write};

use mpconn::pickle::Value;

use crate::cli::exit_codes::Ended;
use crate::cli::output;

/// What is longer is printed piece by piece.
const AT_ONCE: usize = 1 << 20;

/// Prints a value in one line; says whether that is a literal, which can be read again.
///
/// Nothing is printed of what takes more than `limit` bytes: a few shared lists can take more
/// than any disk has.
pub(super) fn print(out: &mut impl Write, value: &Value, limit: usize) -> anyhow::Result<bool> {
    let mut scanner = Scanner::default();
    if let Ok(text) = value.try_repr(AT_ONCE.min(limit)) {
        scanner.look_at(&text);
        writeln!(out, "{text}").map_err(output::unwritten)?;
        return Ok(scanner.ends_as_literal());
    }
    if fmt::write(&mut Room(limit), format_args!("{value}")).is_err() {
        return Err(Ended::failed(format!(
            "this value takes more than {limit} bytes to print, because objects that it shares \
             are printed wherever they stand: --max-growth allows more, --json --exact writes \
             each list, dictionary and set once"
        ))
        .into());
    }
    let mut pieces = Pieces {
        out,
        scanner: &mut scanner,
        failed: None,
    };
    // What fails is the output.
    let _ = fmt::write(&mut pieces, format_args!("{value}\n"));
    match pieces.failed {
        Some(error) => Err(output::unwritten(error)),
        None => Ok(scanner.ends_as_literal()),
    }
}

/// So many bytes fit into it; nothing is kept.
struct Room(usize);

impl fmt::Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

struct Pieces<'a, W> {
    out: &'a mut W,
    scanner: &'a mut Scanner,
    failed: Option<io::Error>,
}

impl<W: Write> fmt::Write for Pieces<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.scanner.look_at(text);
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.failed = Some(error);
            fmt::Error
        })
    }
}

/// What may stand in a literal outside of strings, beside numbers.
const WORDS: [&str; 11] = [
    "None",
    "True",
    "False",
    "Ellipsis",
    "NotImplemented",
    "inf",
    "nan",
    "b",
    "set",
    "frozenset",
    "bytearray",
];

/// Looks for what no literal has: `<class 'shop.Order'>`, `[...]`, `slice(1, 2, None)`.
#[derive(Default)]
struct Scanner {
    inside: Inside,
    /// The name or number that is not over yet, or the beginning of a long one.
    word: String,
    last: u8,
    found: bool,
}

#[derive(Clone, Copy, Default)]
enum Inside {
    #[default]
    Nothing,
    /// A string, up to this quote.
    String(u8),
    /// What a backslash has begun.
    Escape(u8),
}

impl Scanner {
    fn ends_as_literal(mut self) -> bool {
        self.end_word();
        !self.found
    }

    fn look_at(&mut self, text: &str) {
        for byte in text.bytes() {
            self.inside = match (self.inside, byte) {
                (Inside::Nothing, _) => self.outside(byte),
                (Inside::String(quote), b'\\') => Inside::Escape(quote),
                (Inside::String(quote), _) if quote == byte => Inside::Nothing,
                (Inside::Escape(quote), _) => Inside::String(quote),
                (inside @ Inside::String(_), _) => inside,
            };
            self.last = byte;
        }
    }

    fn outside(&mut self, byte: u8) -> Inside {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            // None of the words is as long.
            if self.word.len() < 20 {
                self.word.push(char::from(byte));
            }
            return Inside::Nothing;
        }
        self.end_word();
        self.found |= byte == b'<' || (self.last, byte) == (b'.', b'.');
        match byte {
            b'\'' | b'"' => Inside::String(byte),
            _ => Inside::Nothing,
        }
    }

    fn end_word(&mut self) {
        let is_number = self.word.starts_with(|c: char| c.is_ascii_digit());
        self.found |= !(self.word.is_empty() || is_number || WORDS.contains(&&*self.word));
        self.word.clear();
    }
}

#[cfg(test)]
mod tests {
    use mpconn::pickle::{Buffer, Class, Instance, List};

    use super::*;

    #[test]
    fn what_can_be_read_again_is_told_apart() {
        let class = Class::new("shop", "Order");
        let literals = "[1.5, -1e-07, '<...>P', \"it's <\", b'\\'<\\\\', {None: Ellipsis}, set(), nan, \
             (1+2j), 1e+300, frozenset({-inf}), bytearray(b''), {True: False}]";
        let literals: Value = literals.parse().unwrap();
        for (value, expected) in [
            (literals, true),
            (class.clone().into(), false),
            (Instance::new(class).into(), false),
            (Buffer::new(vec![1], true).into(), false),
            (List::from(vec![Value::None]).into(), true),
            (
                Instance::call(Class::new("builtins", "slice"), vec![Value::None; 3]).into(),
                false,
            ),
        ] {
            let mut out = Vec::new();
            let literal = print(&mut out, &value, 1000).unwrap();
            assert_eq!(literal, expected, "{value}");
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text, format!("{value}\n"));
            assert_eq!(text.parse::<Value>().is_ok(), expected);
        }
    }

    #[test]
    fn long_texts_go_out_in_pieces_and_endless_ones_not_at_all() {
        let text = "x".repeat(AT_ONCE);
        let long = Value::list([text.as_str(), &text]);
        let mut out = Vec::new();
        assert!(print(&mut out, &long, 3 * AT_ONCE).unwrap());
        assert_eq!(out.len(), 2 * AT_ONCE + 9);
        let mut value = long;
        for _ in 0..50 {
            value = Value::list([value.clone(), value]);
        }
        let error = print(&mut out, &value, 3 * AT_ONCE).unwrap_err();
        assert!(error.to_string().contains("--max-growth"), "{error}");
        assert_eq!(out.len(), 2 * AT_ONCE + 9);
    }
}
