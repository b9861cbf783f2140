//! Messages from peers as lines of standard output.

use mpconn::pickle::Value;

use super::output;
use super::values::Format;

impl Format {
    /// Prints a message as one line. The inner error says in words why there is none.
    ///
    /// # Errors
    /// When standard output takes nothing.
    pub(crate) fn print_message(self, message: Vec<u8>) -> anyhow::Result<Result<(), String>> {
        if self == Format::Raw {
            // Up to four times as long as the message.
            return output::print_pieces(&Value::from(message)).map(Ok);
        }
        match self.decode(message) {
            Ok(text) => self.print(&text).map(Ok),
            Err(why) => Ok(Err(why)),
        }
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
