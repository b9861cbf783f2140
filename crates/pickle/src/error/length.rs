//! Bounds on the text of errors, which may quote text of the pickle.

use std::fmt::{self, Display, Formatter, Write};

use mpconn_escape::{beginning, write_escaped_text};

/// How many characters of a step of the path are kept.
pub(super) const LONGEST_STEP: usize = 40;

/// How many characters of a message are kept.
pub(super) const LONGEST_MESSAGE: usize = 4_000;

/// How many bytes of the path are shown from either end.
const LONGEST_END_OF_PATH: usize = 1_000;

/// Returns the beginning of what is displayed, made without the rest, and `...` where there is
/// more.
pub(super) fn beginning_of(text: &dyn Display, longest: usize) -> String {
    let mut beginning = Beginning {
        text: String::new(),
        left: longest,
    };
    match write!(beginning, "{text}") {
        Ok(()) => beginning.text,
        Err(_) => beginning.text + "...",
    }
}

/// Text that takes a number of characters.
struct Beginning {
    text: String,
    left: usize,
}

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match text.char_indices().nth(self.left) {
            Some((end, _)) => {
                self.text.push_str(&text[..end]);
                self.left = 0;
                Err(fmt::Error)
            }
            None => {
                self.text.push_str(text);
                self.left -= text.chars().count();
                Ok(())
            }
        }
    }
}

/// Writes a path, without its middle where it is long.
pub(super) fn write_path(out: &mut Formatter<'_>, path: &str) -> fmt::Result {
    if path.len() <= 2 * LONGEST_END_OF_PATH {
        return write_escaped_text(out, path);
    }
    let start =
        (path.len() - LONGEST_END_OF_PATH..path.len()).find(|at| path.is_char_boundary(*at));
    write_escaped_text(out, beginning(path, LONGEST_END_OF_PATH))?;
    out.write_str(" ... ")?;
    write_escaped_text(out, &path[start.unwrap_or(path.len())..])
}

#[cfg(test)]
mod tests {
    use super::super::PickleError;

    #[test]
    fn the_text_of_an_error_has_an_end() {
        use serde::de::{Error as _, Unexpected};

        let odd = "\u{1b}".repeat(1 << 20);
        let mut error = PickleError::invalid_type(Unexpected::Str(&odd), &"a number");
        assert!(error.to_string().len() < 20_000);
        for index in 0..10_000 {
            error = error.inside_index(index).inside_attribute(&odd);
        }
        let text = error.to_string();
        assert!(text.len() < 40_000, "{}", text.len());
        assert_eq!(crate::escaped(&text), text);
    }

    #[test]
    fn both_ends_of_a_long_path_are_shown() {
        let error = (0..1_000).fold(PickleError::new("odd"), |error, at| error.inside_index(at));
        let text = error.to_string();
        assert!(text.starts_with("at [999][998]"), "{text}");
        assert!(
            text.contains(" ... ") && text.ends_with("[1][0]: odd"),
            "{text}"
        );
        assert!(error.path().contains("[500]"));
    }
}
