//! A line for a person of what a manager sent.

use std::fmt::{self, Display, Write};

use mpconn_escape::{beginning, write_escaped_text};

/// The bytes of a text that are shown where it is one of many things in a message.
const LONGEST: usize = 4096;

/// Shows a text in one line: escaped, and cut where it is long.
///
/// What is shown may be larger than memory, such as a list that holds another one ten times, and so
/// on: it is not written further than it is shown.
pub struct OneLine<T>(pub T);

/// Shows the first line of a text in the same way: of an error with a traceback, what happened.
pub struct FirstLine<T>(pub T);

impl<T: Display> Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, &self.0, false)
    }
}

impl<T: Display> Display for FirstLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, &self.0, true)
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, text: &dyn Display, first: bool) -> fmt::Result {
    let mut line = Line {
        out: f,
        first,
        left: LONGEST,
        ended: None,
    };
    let written = write!(line, "{text}");
    match line.ended {
        None => written,
        Some(Ended::Line) => Ok(()),
        Some(Ended::Long) => f.write_str("..."),
    }
}

#[derive(Clone, Copy)]
enum Ended {
    Line,
    Long,
}

/// Takes that many bytes at most, of one line or of all, and is an error from there on.
struct Line<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    first: bool,
    left: usize,
    ended: Option<Ended>,
}

impl Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.ended.is_some() {
            return Err(fmt::Error);
        }
        let line = match self.first {
            true => text.split('\n').next().unwrap_or_default(),
            false => text,
        };
        let shown = beginning(line, self.left);
        if shown.len() < line.len() {
            self.ended = Some(Ended::Long);
        } else if line.len() < text.len() {
            self.ended = Some(Ended::Line);
        }
        self.left -= shown.len();
        write_escaped_text(self.out, shown)?;
        match self.ended {
            None => Ok(()),
            Some(_) => Err(fmt::Error),
        }
    }
}

/// Returns the last bytes of a text, whole characters.
pub fn end(text: &str, bytes: usize) -> &str {
    let mut start = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use mpconn_pickle::Value;

    #[test]
    fn a_line_is_one_line_of_printable_characters() {
        assert_eq!(
            OneLine("a\x1b[2J\u{9b}\u{202e}\r").to_string(),
            "a\\x1b[2J\\x9b\\u202e\\r"
        );
        assert_eq!(OneLine("first\nsecond").to_string(), "first\\nsecond");
        assert_eq!(FirstLine("first\x1b\nsecond").to_string(), "first\\x1b");
        assert_eq!(FirstLine("\n").to_string(), "");
        let long = "ä".repeat(LONGEST);
        let shown = OneLine(&long).to_string();
        assert_eq!(shown, "ä".repeat(LONGEST / 2) + "...");
        let fits = "x".repeat(LONGEST);
        assert_eq!(OneLine(&fits).to_string(), fits);
        assert_eq!(beginning("aä", 2), "a");
        assert_eq!(end("äa", 2), "a");
    }

    #[test]
    fn what_is_larger_than_memory_is_shown_by_its_beginning() {
        let mut value = Value::from(1);
        for _ in 0..20 {
            value = Value::list(vec![value; 10]);
        }
        let shown = OneLine(&value).to_string();
        assert!(
            shown.starts_with("[[[") && shown.ends_with("..."),
            "{shown}"
        );
        assert!(shown.len() < LONGEST + 100);
    }
}
