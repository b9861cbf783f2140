//! Messages from peers as lines of standard output.

use mpconn::pickle::Value;

use super::output::{self, counted};
use super::values::Format;

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Printed {
    Whole,
    /// Parts that come again were left out.
    Cut,
    /// There is no line, for this reason.
    Not(String),
}

impl Format {
    /// Prints a message as one line. Shared objects that come again add no more than `growth`
    /// bytes; messages of more than `values` values are not decoded.
    ///
    /// # Errors
    /// When standard output takes nothing.
    pub(crate) fn print_message(
        self,
        message: Vec<u8>,
        growth: usize,
        values: usize,
    ) -> anyhow::Result<Printed> {
        if self == Format::Raw {
            // Up to four times as long as the message.
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
    /// When standard output takes nothing.
    pub(crate) fn print(self, text: &str) -> anyhow::Result<()> {
        match self {
            Format::Json => output::print_json(text),
            Format::Literal | Format::Raw => output::print(text),
        }
    }
}

/// The reason for an ellipsis in the output.
pub(crate) fn cut_note(what: &str, growth: usize) -> String {
    format!(
        "{what} was cut: parts that it shares come again, and add more than {growth} bytes; \
         --max-growth raises that"
    )
}

/// Messages that are missing in the output, or parts of them.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Missing {
    undecoded: u64,
    cut: u64,
}

impl Missing {
    /// Counts a message, and returns what there is to tell about it.
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

    /// What is wrong with the output, if something is.
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
