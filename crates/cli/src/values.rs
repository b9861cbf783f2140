//! Values as text: Python literals, JSON, or bytes literals of messages that are not pickles.

use std::borrow::Cow;

use mpconn::pickle::{self, Limits, MAX_DEPTH, Protocol, ReadOptions, Value};

use super::limits::without_advice;

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

impl Format {
    /// Returns the format for verbs without `--raw`.
    pub(crate) fn of_values(json: bool) -> Self {
        match json {
            true => Format::Json,
            false => Format::Literal,
        }
    }
}

/// Why a text is not a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Counted from 1.
    pub(crate) line: usize,
    /// In characters, counted from 1.
    pub(crate) column: usize,
    pub(crate) reason: String,
}

impl Flaw {
    fn new(column: usize, reason: impl Into<String>) -> Flaw {
        Flaw {
            line: 1,
            column,
            reason: reason.into(),
        }
    }

    /// Returns a flaw at the end of the text before it.
    fn after(before: &str, reason: impl Into<String>) -> Flaw {
        let last = before.rsplit('\n').next().unwrap_or(before);
        Flaw {
            line: before.matches('\n').count() + 1,
            ..Flaw::new(last.chars().count() + 1, reason)
        }
    }
}

impl Format {
    /// Encodes a line of input as a message.
    pub(crate) fn encode(self, line: &[u8]) -> Result<Vec<u8>, Flaw> {
        match (self, self.read(line)?) {
            (Format::Raw, Value::Bytes(message)) => Ok(message.into_vec()),
            (Format::Raw, other) => Err(Flaw::new(
                1,
                format!(
                    "with --raw a line is a bytes literal, such as b'abc', and this is of type {}",
                    other.type_name()
                ),
            )),
            (_, value) => {
                pickle::dumps(&value, PROTOCOL).map_err(|error| Flaw::new(1, unpickled(&error)))
            }
        }
    }

    /// Parses a text.
    pub(crate) fn read(self, text: &[u8]) -> Result<Value, Flaw> {
        let text = std::str::from_utf8(text).map_err(|error| {
            let before = String::from_utf8_lossy(&text[..error.valid_up_to()]);
            Flaw::after(&before, "this is not UTF-8")
        })?;
        match self {
            Format::Json => from_json(text),
            Format::Literal | Format::Raw => from_literal(text),
        }
    }

    /// Returns the line for a message, or the reason why there is none. Repeated shared objects add at
    /// most `growth` bytes; messages of more than `values` values are not decoded.
    pub(crate) fn decode(
        self,
        message: Vec<u8>,
        growth: usize,
        values: usize,
    ) -> Result<Shown, String> {
        if self == Format::Raw {
            return Ok(self.write(&Value::from(message), growth));
        }
        let (len, beginning) = (message.len(), message[..message.len().min(SHOWN)].to_vec());
        let value = loads(message, values).map_err(|error| undecoded(len, &beginning, &error))?;
        Ok(self.write(&value, growth))
    }

    /// Returns the line for a value. Repeated shared objects add at most `growth` bytes.
    pub(crate) fn write(self, value: &Value, growth: usize) -> Shown {
        let show = value.show().growth(growth);
        let mut text = String::new();
        let is_whole = match self {
            Format::Json => {
                text = show.to_json();
                true
            }
            // Writing to a String cannot fail.
            Format::Literal | Format::Raw => show.write_to(&mut text).unwrap_or_default(),
        };
        Shown { text, is_whole }
    }
}

/// A value as a line of text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) text: String,
    /// Whether nothing was cut. JSON is never cut: it has shared objects once.
    pub(crate) is_whole: bool,
}

/// Default limit of bytes that repeated shared objects may add to a line.
pub(crate) const GROWTH: usize = pickle::SHOWN_GROWTH;

/// Default limit of values in a decoded message. A value of one byte can take a hundred bytes of
/// memory, and those allocations abort on failure.
pub(crate) const VALUES: usize = 2 << 20;

/// Read by every Python since 2.7; the peer's version is unknown.
const PROTOCOL: Protocol = Protocol::V2;

/// Bytes shown of a message that is not a pickle.
const SHOWN: usize = 64;

/// Reads a pickle of at most that many values, at any depth: a [`Value`] needs no stack for it.
pub(crate) fn loads<'m>(
    message: impl Into<Cow<'m, [u8]>>,
    values: usize,
) -> Result<Value, pickle::PickleError> {
    let limits = Limits::new().depth(MAX_DEPTH).values(values);
    pickle::loads_with(message, &ReadOptions::new().limits(limits))
}

fn unpickled(error: &pickle::PickleError) -> String {
    match error.is_limit() {
        true => "this cannot be pickled: its pickle would be too long".to_owned(),
        false => format!("this cannot be pickled: {error}"),
    }
}

fn undecoded(len: usize, beginning: &[u8], error: &pickle::PickleError) -> String {
    let more = if beginning.len() < len { "..." } else { "" };
    let text = error.to_string();
    let hint = match error.is_limit() && text.contains("Limits::values") {
        true => "; --max-values allows more",
        false => "",
    };
    format!(
        "a message of {len} bytes cannot be decoded ({}{hint}): {}{more}; --raw prints messages \
         as they are",
        without_advice(&text),
        bytes_literal(beginning)
    )
}

/// Returns bytes as a Python literal.
pub(crate) fn bytes_literal(bytes: &[u8]) -> String {
    Value::from(bytes).to_string()
}

fn from_literal(text: &str) -> Result<Value, Flaw> {
    text.parse().map_err(|error: pickle::LiteralError| Flaw {
        line: error.line(),
        column: error.column(),
        reason: error.message().to_owned(),
    })
}

/// Returns the value for use inside other JSON. Repeated shared objects add at most `growth` bytes.
pub(crate) fn to_json(value: &Value, growth: usize) -> serde_json::Value {
    let text = value.show().growth(growth).to_json();
    // Only a depth beyond serde_json's limit fails.
    serde_json::from_str(&text).unwrap_or_else(|_| value.to_string().into())
}

fn from_json(text: &str) -> Result<Value, Flaw> {
    Value::from_json(text).map_err(|error| {
        // A syntax error has a position.
        match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Flaw::new(1, error.to_string()),
            Err(syntax) => {
                let message = syntax.to_string();
                let reason = message
                    .rsplit_once(" at line ")
                    .map_or(&*message, |(what, _)| what);
                let reason = format!("this is not JSON: {reason}");
                Flaw::after(before(text, &syntax), reason)
            }
        }
    })
}

/// Returns the text before an error, whose column counts bytes and may be inside a character.
fn before<'t>(text: &'t str, error: &serde_json::Error) -> &'t str {
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let end = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let end = (0..=end.min(text.len())).rfind(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
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
        for (format, text) in [
            (Format::Literal, "['ä',\n'ä', oops]".as_bytes()),
            (Format::Json, "[\"ä\",\n\"ä\", oops]".as_bytes()),
            (Format::Literal, b"['\xc3\xa4',\n'\xc3\xa4', \xff]"),
        ] {
            let flaw = format.read(text).unwrap_err();
            assert_eq!((flaw.line, flaw.column), (2, 6), "{flaw:?}");
        }
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
            assert_eq!(format.decode(message, GROWTH, VALUES).unwrap().text, line);
        }
    }

    #[test]
    fn what_can_be_sent_can_be_shown_however_deep() {
        // On a thread with the usual stack, as messages are shown.
        let shown = std::thread::spawn(|| {
            let line = "[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH);
            for format in [Format::Literal, Format::Json] {
                let message = Format::Literal.encode(line.as_bytes()).unwrap();
                assert_eq!(format.decode(message, GROWTH, VALUES).unwrap().text, line);
            }
        });
        shown.join().unwrap();
    }

    #[test]
    fn what_is_no_pickle_is_shown_by_its_beginning() {
        let why = Format::Literal
            .decode(vec![b'x'; 100], GROWTH, VALUES)
            .unwrap_err();
        let shown = format!("b'{}'...", "x".repeat(SHOWN));
        assert!(why.contains("100 bytes") && why.contains(&shown), "{why}");
    }
}
