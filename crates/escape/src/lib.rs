//! Escapes untrusted text before a person sees it. No I/O.

mod printable;

/// Compiles and runs the examples of README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

use std::borrow::Cow;
use std::fmt::{self, Write};

pub use printable::is_printable;

/// Escapes the characters that Python's `repr` escapes, except quotes and backslashes.
///
/// Text from a peer, a file or the system can hold control characters that control a terminal, line
/// ends that forge a line of a log, and characters that reverse the direction of text. The result
/// has none of them and fits into one line of output. Printable text is returned unchanged, and
/// escaping twice changes nothing.
///
/// # Examples
/// ```
/// assert_eq!(mpconn_escape::escaped("déjà vu"), "déjà vu");
/// assert_eq!(mpconn_escape::escaped("\x1b[2J\nroot# "), "\\x1b[2J\\nroot# ");
/// assert_eq!(mpconn_escape::escaped("\u{202e}gnp.exe"), "\\u202egnp.exe");
/// ```
pub fn escaped(text: &str) -> Cow<'_, str> {
    match text.chars().all(is_printable) {
        true => Cow::Borrowed(text),
        false => {
            let mut out = String::with_capacity(text.len() + 16);
            // Writing to a String never fails.
            let _ = write_escaped_text(&mut out, text);
            Cow::Owned(out)
        }
    }
}

/// Writes what [`escaped`] returns.
pub fn write_escaped_text(out: &mut (impl Write + ?Sized), text: &str) -> std::fmt::Result {
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if is_printable(character) {
            continue;
        }
        out.write_str(&text[plain..at])?;
        plain = at + character.len_utf8();
        write_escape(out, character)?;
    }
    out.write_str(&text[plain..])
}

/// Returns the whole characters among the first `most` bytes.
pub fn beginning(text: &str, most: usize) -> &str {
    let mut ends = (0..=most.min(text.len())).rev();
    let end = ends.find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// Number of bytes of a name or text that an error message quotes.
const QUOTED: usize = 200;

/// Returns the beginning of a text for an error message, escaped, with `...` if it is longer.
pub fn brief(text: &str) -> Brief<'_> {
    let beginning = beginning(text, QUOTED);
    Brief {
        text: beginning,
        is_cut: beginning.len() < text.len(),
    }
}

/// The result of [`brief`].
pub struct Brief<'a> {
    text: &'a str,
    is_cut: bool,
}

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped_text(f, self.text)?;
        f.write_str(if self.is_cut { "..." } else { "" })
    }
}

/// Writes it in quotes as a Rust string.
impl fmt::Debug for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.text, f)?;
        f.write_str(if self.is_cut { "..." } else { "" })
    }
}

/// A writer that escapes everything written through it.
pub struct Escaping<'a, W: ?Sized>(pub &'a mut W);

impl<W: Write + ?Sized> Write for Escaping<'_, W> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        write_escaped_text(self.0, text)
    }
}

/// Writes the escape sequence that Python's `repr` has for a character.
pub fn write_escape(out: &mut (impl Write + ?Sized), character: char) -> std::fmt::Result {
    let code = u32::from(character);
    match character {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        '\\' | '\'' | '"' => write!(out, "\\{character}"),
        _ if code < 0x100 => {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            let [high, low] = [code >> 4, code & 15].map(|four| DIGITS[four as usize]);
            // In one piece, since hostile text consists of these; always ASCII.
            out.write_str(str::from_utf8(&[b'\\', b'x', high, low]).unwrap_or_default())
        }
        _ if code < 0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        for (text, expected) in [
            ("a\x1b]0;x\x07b", "a\\x1b]0;x\\x07b"),
            ("\u{9b}31m", "\\x9b31m"),
            ("one\r\ntwo\u{2028}three", "one\\r\\ntwo\\u2028three"),
            ("\u{e0001}", "\\U000e0001"),
            ("'\"\\", "'\"\\"),
        ] {
            let once = escaped(text);
            assert_eq!(once, expected);
            assert_eq!(escaped(&once), expected);
        }
    }

    #[test]
    fn printable_text_is_not_copied() {
        assert!(matches!(escaped("中 é ~"), Cow::Borrowed(_)));
    }
}
