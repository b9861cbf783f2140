//! Values as text: Python literals, JSON, or the bytes of messages that are no pickles.

use mpconn::pickle::{self, Limits, MAX_DEPTH, Protocol, ReadOptions, Value};

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
            (Format::Raw, Value::Bytes(message)) => Ok(message.into_vec()),
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
    pub(crate) fn decode(self, message: Vec<u8>) -> Result<String, String> {
        if self == Format::Raw {
            return Ok(Value::from(message).to_string());
        }
        let (len, beginning) = (message.len(), message[..message.len().min(SHOWN)].to_vec());
        let value = loads(message).map_err(|error| undecoded(len, &beginning, &error))?;
        Ok(match self {
            Format::Json => value.to_json(),
            _ => value.to_string(),
        })
    }
}

/// Every Python from 2.7 on reads it, and what is on the other side is not known.
const PROTOCOL: Protocol = Protocol::V2;

/// Bytes that are shown of a message that is no pickle.
const SHOWN: usize = 64;

/// Reads a pickle, as deep as can be: what comes is shown and fills no type that takes more
/// stack than a [`Value`] does.
pub(crate) fn loads(message: Vec<u8>) -> Result<Value, pickle::Error> {
    let limits = Limits::new().depth(MAX_DEPTH);
    pickle::loads_with(message, &ReadOptions::new().limits(limits))
}

fn undecoded(len: usize, beginning: &[u8], error: &pickle::Error) -> String {
    let more = if beginning.len() < len { "..." } else { "" };
    format!(
        "a message of {len} bytes cannot be decoded ({error}): {}{more}; --raw prints messages \
         as they are",
        bytes_literal(beginning)
    )
}

/// Bytes as Python writes them.
pub(crate) fn bytes_literal(bytes: &[u8]) -> String {
    Value::from(bytes).to_string()
}

fn from_literal(line: &str) -> Result<Value, Flaw> {
    line.parse()
        .map_err(|error: pickle::LiteralError| Flaw::new(error.column(), error.message()))
}
/// The value as a part of a larger piece of JSON.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    let text = value.to_json();
    // What was just written can be read, up to the depth that serde_json allows.
    serde_json::from_str(&text).unwrap_or_else(|_| value.to_string().into())
}

fn from_json(line: &str) -> Result<Value, Flaw> {
    Value::from_json(line).map_err(|error| {
        // Where it is no JSON at all there is a place to tell.
        match serde_json::from_str::<serde::de::IgnoredAny>(line) {
            Ok(_) => Flaw::new(1, error.to_string()),
            Err(syntax) => {
                let before = line.bytes().take(syntax.column().saturating_sub(1));
                let column = before.filter(|byte| !is_continuation(*byte)).count() + 1;
                let text = syntax.to_string();
                let reason = text
                    .rsplit_once(" at line ")
                    .map_or(&*text, |(what, _)| what);
                Flaw::new(column, format!("this is no JSON: {reason}"))
            }
        }
    })
}

/// A byte of UTF-8 that begins no character.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(format: Format, line: &[u8]) -> (usize, String) {
        let flaw = format.encode(line).unwrap_err();
        (flaw.column, flaw.reason)
    }

    #[test]
    fn flaws_have_a_column_in_characters() {
        assert_eq!(flaw(Format::Literal, "['ä', oops]".as_bytes()).0, 7);
        assert_eq!(flaw(Format::Json, "[\"ä\", oops]".as_bytes()).0, 7);
        assert_eq!(flaw(Format::Literal, b"\xc3\xa4 \xff").0, 3);
        let (column, reason) = flaw(Format::Raw, b"[1]");
        assert_eq!(column, 1);
        assert!(
            reason.contains("bytes literal") && reason.contains("list"),
            "{reason}"
        );
    }

    #[test]
    fn each_format_comes_back_as_it_was() {
        for (format, line) in [
            (Format::Literal, "{'a': (1, b'\\x00', None)}"),
            (Format::Json, "{\"a\":[1,2.5,null,{\"$bytes\":\"00\"}]}"),
            (Format::Raw, "b'no pickle'"),
        ] {
            let message = format.encode(line.as_bytes()).unwrap();
            assert_eq!(format.decode(message).unwrap(), line);
        }
    }

    #[test]
    fn what_can_be_sent_can_be_shown_however_deep() {
        // On a thread with the usual stack, as messages are shown.
        let shown = std::thread::spawn(|| {
            let line = "[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH);
            for format in [Format::Literal, Format::Json] {
                let message = Format::Literal.encode(line.as_bytes()).unwrap();
                assert_eq!(format.decode(message).unwrap(), line);
            }
        });
        shown.join().unwrap();
    }

    #[test]
    fn what_is_no_pickle_is_shown_by_its_beginning() {
        let why = Format::Literal.decode(vec![b'x'; 100]).unwrap_err();
        let shown = format!("b'{}'...", "x".repeat(SHOWN));
        assert!(why.contains("100 bytes") && why.contains(&shown), "{why}");
    }
}
