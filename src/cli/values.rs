//! Values as text: Python literals, JSON, or the bytes of messages that are no pickles.

use mpconn::pickle::{self, Protocol, Value};

use super::args::FormatArgs;

/// How values are written and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Python literals, pickled.
    Literal,
    /// JSON, pickled.
    Json,
    /// Bytes literals of whole messages.
    Raw,
}

impl From<&FormatArgs> for Format {
    fn from(args: &FormatArgs) -> Self {
        match (args.json, args.raw) {
            (_, true) => Format::Raw,
            (true, _) => Format::Json,
            _ => Format::Literal,
        }
    }
}

/// Why a text is no value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Where, counted in characters from 1.
    pub(crate) column: usize,
    pub(crate) reason: String,
}

impl Flaw {
    fn new(column: usize, reason: impl Into<String>) -> Flaw {
        let reason = reason.into();
        Flaw { column, reason }
    }
}

impl Format {
    /// The message for a line of input.
    pub(crate) fn encode(self, line: &[u8]) -> Result<Vec<u8>, Flaw> {
        let line = std::str::from_utf8(line).map_err(|error| {
            let before = String::from_utf8_lossy(&line[..error.valid_up_to()]);
            Flaw::new(before.chars().count() + 1, "this is no UTF-8 text")
        })?;
        let value = match self {
            Format::Json => from_json(line)?,
            Format::Literal | Format::Raw => from_literal(line)?,
        };
        match (self, value) {
            (Format::Raw, Value::Bytes(message)) => Ok(message),
            (Format::Raw, other) => Err(Flaw::new(
                1,
                format!(
                    "with --raw a line is a bytes literal, such as b'abc', and this is of type {}",
                    other.type_name()
                ),
            )),
            (_, value) => pickle::dumps(&value, PROTOCOL)
                .map_err(|error| Flaw::new(1, format!("this cannot be pickled: {error}"))),
        }
    }

    /// The line for a message, or in words why there is none.
    pub(crate) fn decode(self, message: &[u8]) -> Result<String, String> {
        if self == Format::Raw {
            return Ok(bytes_literal(message));
        }
        let value = pickle::loads(message).map_err(|error| undecoded(message, &error))?;
        Ok(match self {
            Format::Json => to_json(&value).to_string(),
            _ => value.to_string(),
        })
    }
}

/// Every Python from 2.7 on reads it, and what is on the other side is not known.
const PROTOCOL: Protocol = Protocol::V2;

/// Bytes that are shown of a message that is no pickle.
const SHOWN: usize = 64;

fn undecoded(message: &[u8], error: &impl std::fmt::Display) -> String {
    let shown = &message[..message.len().min(SHOWN)];
    let more = if shown.len() < message.len() { "..." } else { "" };
    format!(
        "a message of {} bytes cannot be decoded ({error}): {}{more}; --raw prints messages \
         as they are",
        message.len(),
        bytes_literal(shown)
    )
}

/// Bytes as Python writes them.
pub(crate) fn bytes_literal(bytes: &[u8]) -> String {
    Value::Bytes(bytes.to_vec()).to_string()
}

fn from_literal(line: &str) -> Result<Value, Flaw> {
    line.parse()
        .map_err(|error: pickle::LiteralError| Flaw::new(error.column(), error.message()))
}
