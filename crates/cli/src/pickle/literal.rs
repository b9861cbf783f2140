//! Values as Python literals, of any length.

use std::fmt;
use std::io::{self, Write};

use mpconn::pickle::Show;

/// What was printed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Printed {
    /// Whether it is a literal, which can be read again.
    pub(super) is_literal: bool,
    /// Whether nothing was cut.
    pub(super) is_whole: bool,
}

/// Prints a value in one line, piece by piece.
///
/// # Errors
/// Fails if the output does.
pub(super) fn print(out: &mut impl Write, show: Show<'_>) -> io::Result<Printed> {
    let mut pieces = Pieces {
        out,
        scanner: Scanner::default(),
        failed: None,
    };
    let shown = show.write_to(&mut pieces);
    if let Some(error) = pieces.failed {
        return Err(error);
    }
    pieces.out.write_all(b"\n")?;
    Ok(Printed {
        is_literal: pieces.scanner.ends_as_literal(),
        is_whole: shown.unwrap_or_default(),
    })
}

struct Pieces<'a, W> {
    out: &'a mut W,
    scanner: Scanner,
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

/// Words that a literal may have outside strings.
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

/// Detects what literals cannot have: `<class 'shop.Order'>`, `[...]`, `slice(1, 2, None)`.
#[derive(Default)]
struct Scanner {
    inside: Inside,
    /// The current name or number, or the beginning of a long one.
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
    /// After a backslash in a string.
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
            // All words are shorter.
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
    use mpconn::pickle::{Buffer, Class, Instance, List, Value};

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
            (Buffer::readonly(vec![1]).into(), false),
            (List::from(vec![Value::None]).into(), true),
            (
                Instance::call(Class::new("builtins", "slice"), vec![Value::None; 3]).into(),
                false,
            ),
        ] {
            let mut out = Vec::new();
            let printed = print(&mut out, value.show()).unwrap();
            assert_eq!(printed.is_literal, expected, "{value}");
            assert!(printed.is_whole);
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text, format!("{value}\n"));
            assert_eq!(text.parse::<Value>().is_ok(), expected);
        }
    }

    #[test]
    fn what_is_cut_is_no_literal() {
        for shared in [
            "x".repeat(1000).into(),
            vec![b'x'; 1000].into(),
            Value::list(0..1000),
            Value::tuple(0..1000),
            Value::dict((0..1000).map(|key| (key, key))),
            format!("0x{}", "f".repeat(1000)).parse::<Value>().unwrap(),
        ] {
            let twice = Value::list([shared.clone(), shared]);
            let mut out = Vec::new();
            let printed = print(&mut out, twice.show().growth(100)).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(!printed.is_literal && !printed.is_whole, "{text}");
            assert!(text.ends_with(" ...>]\n"), "{text}");
            assert!(text.parse::<Value>().is_err());
        }
    }

    #[test]
    fn an_output_that_fails_is_told() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = print(&mut Full, Value::None.show()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
