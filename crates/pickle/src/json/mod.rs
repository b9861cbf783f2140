//! JSON, for the command line and for peers at a shell.

mod error;
mod form;
mod read;
mod shares;
mod text;
mod write;

pub use error::JsonError;

use crate::{PickleError, Result, SHOWN_GROWTH, Value};
use write::{Shares, Writer};

/// JSON as in Python's `json` module, extended to all types.
/// [`to_exact_json`](Value::to_exact_json) writes everything that Python distinguishes, so that the
/// same value can be read again:
///
/// | Python | JSON |
/// |---|---|
/// | `None`, `True`, `int`, `float`, `str` | `null`, `true`, `1`, `1.0`, `"text"`; an `int` of any size |
/// | `list` | `[...]` |
/// | `tuple` | `{"$tuple": [...]}` if exact, else `[...]` |
/// | `dict` with keys of text | `{...}` |
/// | `dict` with other keys, or with a first key that begins with `$` | `{"$dict": [[key, value], ...]}` |
/// | `set`, `frozenset` | `{"$set": [...]}`, `{"$frozenset": [...]}` |
/// | `bytes`, `bytearray` | `{"$bytes": "00ff"}`, `{"$bytearray": "00ff"}`, in hexadecimal |
/// | `pickle.PickleBuffer`, read-only or not | `{"$buffer": "00ff"}`, `{"$mutable_buffer": "00ff"}` |
/// | `inf`, `-inf`, `nan` | `{"$float": "inf"}` |
/// | `complex` | `{"$complex": [1.0, 2.0]}` |
/// | `int` of more than 4,300 digits | `{"$int": "0x..."}` |
/// | `str` with lone surrogates | `{"$str": "'\\udc80'"}`, a Python literal |
/// | class or function | `{"$class": ["module", "qualified.name"]}` |
/// | instance | `{"$instance": ["new", callable, args, kwargs, [change, ...]]}` |
/// | persistent id | `{"$persistent": id}` |
/// | a container that contains itself; if exact, also a shared object | `{"$shared": [1, ...]}`, then `{"$same": 1}` |
///
/// An instance is made by `call` (REDUCE), `new` (NEWOBJ), `newex` (NEWOBJ_EX) or `old` (INST,
/// OBJ). A change is `["state", x]`, `["append", x]`, `["setitem", key, x]`, `["add", x]` or
/// `["call", x]`. As a key or in a set an array is read as a tuple, the only kind that is allowed.
///
/// Containers and bytearrays can be shared, and so can text, bytes, buffers, large integers and
/// names of classes of more than 64 bytes: the JSON is never much longer than the pickle. A dict
/// with shared text as a key is written like one with other keys.
///
/// Characters that control a terminal or the direction of text are escaped: control characters,
/// U+007F to U+009F, U+2028, U+2029 and the bidirectional controls.
impl Value {
    /// Writes the value as one line of JSON for other programs. Tuples are arrays. Shared objects
    /// are repeated, unless that would add more than 1 MiB: see
    /// [`Show::to_json`](super::Show::to_json).
    ///
    /// ```
    /// let value: mpconn_pickle::Value = "{'a': (1, 2.0, b'\\xff')}".parse()?;
    /// assert_eq!(value.to_json(), r#"{"a":[1,2.0,{"$bytes":"ff"}]}"#);
    /// # Ok::<(), mpconn_pickle::LiteralError>(())
    /// ```
    pub fn to_json(&self) -> String {
        self.show().to_json()
    }

    /// Writes the value as one line of JSON from which [`from_json`](Self::from_json) reads the
    /// same value.
    ///
    /// ```
    /// let value: mpconn_pickle::Value = "[(1, 2.0)]".parse()?;
    /// assert_eq!(value.to_exact_json(), r#"[{"$tuple":[1,2.0]}]"#);
    /// # Ok::<(), mpconn_pickle::LiteralError>(())
    /// ```
    pub fn to_exact_json(&self) -> String {
        exact(self, usize::MAX).unwrap_or_default()
    }

    /// Returns what [`to_exact_json`](Self::to_exact_json) returns, up to that many bytes.
    ///
    /// # Errors
    /// Fails with an error that [`is_limit`](PickleError::is_limit) where it is longer.
    pub fn try_exact_json(&self, max_bytes: usize) -> Result<String> {
        exact(self, max_bytes).ok_or_else(|| too_long(max_bytes))
    }

    /// Returns what [`to_json`](Self::to_json) returns, up to that many bytes.
    ///
    /// # Errors
    /// Fails with an error that [`is_limit`](PickleError::is_limit) where it is longer.
    pub fn try_json(&self, max_bytes: usize) -> Result<String> {
        within(self, SHOWN_GROWTH, max_bytes).ok_or_else(|| too_long(max_bytes))
    }

    /// Reads JSON of any depth. A number without point and exponent is an `int`, any other a
    /// `float`.
    ///
    /// ```
    /// use mpconn_pickle::Value;
    ///
    /// let value = Value::from_json(r#"{"a": [1, 2.0, null, {"$tuple": []}]}"#)?;
    /// assert_eq!(value.to_string(), "{'a': [1, 2.0, None, ()]}");
    /// # Ok::<(), mpconn_pickle::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// Fails if the text is not JSON, or if a name of the table has other content or stands beside
    /// other names.
    pub fn from_json(text: &str) -> std::result::Result<Self, JsonError> {
        // This does not recurse, and leaves only valid JSON for the reader below.
        serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_err(|error| JsonError::Syntax(error.to_string()))?;
        read::Reader::new(text).run()
    }
}

/// Returns JSON for other programs; `None` if it takes more than `max_bytes`. Shared objects are
/// repeated if that adds at most `growth` bytes, and otherwise written once.
pub(super) fn within(value: &Value, growth: usize, max_bytes: usize) -> Option<String> {
    let shares = Shares::find(value);
    let plain = Writer::plain(value, &shares, growth, max_bytes).run();
    plain.or_else(|| Writer::sharing(value, &shares, max_bytes).run())
}

fn exact(value: &Value, max_bytes: usize) -> Option<String> {
    Writer::exact(value, &Shares::find(value), max_bytes).run()
}

fn too_long(max_bytes: usize) -> PickleError {
    PickleError::limit(format!(
        "a value that takes more than {max_bytes} bytes as JSON: raise the limit"
    ))
}

#[cfg(test)]
mod tests;
