//! Messages of peers as lines of standard output.

use mpconn::pickle::Value;

use super::output::{self, counted};
use super::values::Format;

/// How a message was printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Printed {
    Whole,
    /// Without repetitions of shared parts.
    Cut,
    /// It was not printed, for this reason.
    Not(String),
}

impl Format {
    /// Prints a message as one line. Repeated shared objects add at most `growth` bytes; messages of
    /// more than `values` values are not decoded.
    ///
    /// # Errors
    /// Fails if standard output cannot be written.
    pub(crate) fn print_message(
        self,
        message: Vec<u8>,
        growth: usize,
        values: usize,
    ) -> anyhow::Result<Printed> {
        if self == Format::Raw {
            // The text is up to four times as long as the message.
            output::print_pieces(&Value::from(message))?;
            return Ok(Printed::Whole);
        }
        let shown = match self.decode(message, growth, values) {
            Ok(shown) => shown,
            Err(why) => return Ok(Printed::Not(why)),
        };
        self.print(&shown.text)?;
        Ok(match shown.is_whole {
            true => Printed::Whole,
            false => Printed::Cut,
        })
    }

    /// Prints the text of a value.
    ///
    /// # Errors
    /// Fails if standard output cannot be written.
    pub(crate) fn print(self, text: &str) -> anyhow::Result<()> {
        match self {
            Format::Json => output::print_json(text),
            Format::Literal | Format::Raw => output::print(text),
        }
    }
}

/// Explains an ellipsis in the output.
pub(crate) fn cut_note(what: &str, growth: usize) -> String {
    format!(
        "{what} was cut: repetitions of shared objects would add more than {growth} bytes; \
         --max-growth raises that limit"
    )
}

/// Counts messages that are missing in the output, as a whole or in part.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Missing {
    undecoded: u64,
    cut: u64,
}

impl Missing {
    /// Counts a message and returns what to report about it.
    pub(crate) fn count(&mut self, printed: Printed, growth: usize) -> Option<String> {
        match printed {
            Printed::Whole => None,
            Printed::Cut => {
                self.cut += 1;
                Some(cut_note("a message", growth))
            }
            Printed::Not(why) => {
                self.undecoded += 1;
                Some(why)
            }
        }
    }

    /// Returns what is missing in the output, if anything is.
    pub(crate) fn problem(self) -> Option<String> {
        let undecoded = format!(
            "{} could not be decoded",
            counted(self.undecoded, "message")
        );
        let cut = format!("{} not shown as a whole", counted(self.cut, "message"));
        match (self.undecoded, self.cut) {
            (0, 0) => None,
            (_, 0) => Some(format!("{undecoded}, see above")),
            (0, _) => Some(format!("{cut}, see above")),
            _ => Some(format!("{undecoded}, {cut}, see above")),
        }
    }
}
