//! A line for a person of what a manager sent.

use std::fmt::{self, Display, Write};

use mpconn_escape::{beginning, write_escaped_text};

/// The bytes of a text that are shown where it is one of many things in a message.
const LONGEST: usize = 4096;

/// Shows a text in one line: escaped, and cut where it is long.
///
/// A value may be larger than memory when it is printed, such as a list that holds another one ten times, and so
/// on: it is not written further than it is shown.
pub struct OneLine<T>(pub T);

impl<T: Display> Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, &self.0)
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, text: &dyn Display) -> fmt::Result {
    let mut line = Line {
        out: f,
        left: LONGEST,
        is_cut: false,
    };
    let written = write!(line, "{text}");
    match line.is_cut {
        false => written,
        true => f.write_str("..."),
    }
}

/// Takes that many bytes at most, and fails from there on.
struct Line<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    left: usize,
    is_cut: bool,
}

impl Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.is_cut {
            return Err(fmt::Error);
        }
        let shown = beginning(text, self.left);
        self.is_cut = shown.len() < text.len();
        self.left -= shown.len();
        write_escaped_text(self.out, shown)?;
        match self.is_cut {
            false => Ok(()),
            true => Err(fmt::Error),
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
