//! Lines to standard output and standard error, from any thread.
//!
//! All text of the program goes through here. Lines are escaped, so that text of a peer, a file or the
//! system can neither control the terminal nor forge a line.

use std::fmt::{self, Write as _};
use std::io::{self, StdoutLock, Write};

use mpconn::escaped;

use super::exit_codes::OutputClosed;

/// Begins each line of a text but the first.
const INDENT: &str = "    ";
/// Bytes of a long line written at a time.
const PIECE: usize = 64 * 1024;

/// Prints a line of text to standard output and flushes it.
///
/// JSON has other escapes, see [`print_json`].
///
/// # Errors
/// Fails with [`OutputClosed`] if the reader has closed, otherwise with the system's error.
pub(crate) fn print(line: &str) -> anyhow::Result<()> {
    print_as_it_is(&escaped(line))
}

/// Prints a line of JSON to standard output.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_json(json: &str) -> anyhow::Result<()> {
    print_as_it_is(&escaped_json(json))
}

/// Prints several lines, each escaped. Foreign text in them must be escaped before.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_lines(lines: &str) -> anyhow::Result<()> {
    let lines: Vec<_> = lines.split('\n').map(escaped).collect();
    print_as_it_is(&lines.join("\n"))
}

/// Prints a long line piece by piece, without holding all of it in memory. Other lines wait.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_pieces(line: &impl fmt::Display) -> anyhow::Result<()> {
    let mut pieces = Pieces {
        out: io::stdout().lock(),
        text: String::with_capacity(PIECE + 1024),
        failed: None,
    };
    // Only output fails, and its error is kept.
    let _ = write!(pieces, "{line}");
    pieces.end().map_err(unwritten)
}

pub(super) fn print_as_it_is(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(line.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    written.map_err(unwritten)
}

/// A line that is being written.
struct Pieces {
    out: StdoutLock<'static>,
    /// Text that is not written yet.
    text: String,
    failed: Option<io::Error>,
}

impl fmt::Write for Pieces {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(&escaped(text));
        match self.text.len() < PIECE {
            true => Ok(()),
            false => self.write_out(),
        }
    }
}

impl Pieces {
    fn write_out(&mut self) -> fmt::Result {
        let written = self.out.write_all(self.text.as_bytes());
        self.text.clear();
        written.map_err(|error| {
            self.failed = Some(error);
            fmt::Error
        })
    }

    fn end(mut self) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.text.push('\n');
        self.out.write_all(self.text.as_bytes())?;
        self.out.flush()
    }
}

/// Escapes what JSON allows in strings and terminals interpret: control characters, line and paragraph
/// separators, and changes of the writing direction.
///
/// JSON has none of these outside strings, so the meaning stays.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut plain = 0;
    for (at, character) in json.char_indices().filter(|(_, c)| steers(*c)) {
        out.push_str(&json[plain..at]);
        plain = at + character.len_utf8();
        // All are below U+10000, and writing to a String cannot fail.
        let _ = write!(out, "\\u{:04x}", u32::from(character));
    }
    out + &json[plain..]
}

fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// Returns the error for a failed write to standard output: [`OutputClosed`] for a closed pipe.
pub(crate) fn unwritten(error: io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => OutputClosed.into(),
        _ => anyhow::Error::new(error).context("cannot write to standard output"),
    }
}

/// Prints one line to standard error; failures are ignored.
pub(crate) fn note(line: &str) {
    tell(escaped(line).into_owned());
}

/// Prints a text of several lines to standard error, such as a traceback. All but the first are
/// indented, so that none can pass for a line of ours.
pub(crate) fn note_lines(text: &str) {
    tell(indented(text));
}

/// Writes in one call, so that other programs cannot write in between.
fn tell(mut text: String) {
    text.push('\n');
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.trim_end_matches('\n').split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
            if !line.starts_with(INDENT) {
                out.push_str(INDENT);
            }
        }
        out.push_str(&escaped(line));
    }
    out
}

/// `1 message`, `2 messages`
pub(crate) fn counted(n: u64, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_others_are_indented_and_escaped() {
        assert_eq!(
            indented("mpconn: it raised\nTraceback\n    code\n\x1b[2J\r\n"),
            "mpconn: it raised\n    Traceback\n    code\n    \\x1b[2J\\r"
        );
        assert_eq!(indented("one"), "one");
    }

    #[test]
    fn json_means_the_same_when_it_is_escaped() {
        let text: String = ('\0'..='\u{2fff}').collect();
        let json = serde_json::to_string(&text).unwrap();
        let escaped = escaped_json(&json);
        assert!(!escaped.chars().any(steers));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        assert_eq!(escaped_json("{\"ä\":1}"), "{\"ä\":1}");
    }
}
