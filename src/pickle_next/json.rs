//! JSON, for the command line and for peers at a shell.

mod form;
mod read;
mod write;

use super::{Error, Result, Value};

/// Why a text is no JSON, or not the JSON of a Python value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is no JSON; the message has line and column.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// An object with one of the names that stand for Python's types holds something else.
    #[error("{{\"{name}\": ...}} has to hold {expected}")]
    Form {
        /// The name.
        name: String,
        /// What was expected in it.
        expected: &'static str,
    },
}

/// JSON in the manner of Python's `json` module, extended by what that refuses, so that all
/// comes back as it was:
///
/// | Python | JSON |
/// |---|---|
/// | `None`, `True`, `int`, `float`, `str` | `null`, `true`, `1`, `1.0`, `"text"`; an `int` of any size |
/// | `list` | `[...]` |
/// | `tuple` | `{"$tuple": [...]}` |
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
/// | a container that comes again, or inside of itself | `{"$shared": [1, ...]}`, then `{"$same": 1}` |
///
/// An instance is made by `call` (REDUCE), `new` (NEWOBJ), `newex` (NEWOBJ_EX) or `old` (INST,
/// OBJ); a change is `["state", x]`, `["append", x]`, `["setitem", key, x]`, `["add", x]` or
/// `["call", x]`. In a set, and as a key, an array can only be a tuple, and is read as one.
///
/// That text or bytes are one object in several places is not told.
impl Value {
    /// Writes the value as JSON, in one line.
    ///
    /// ```
    /// let value: mpconn::pickle_next::Value = "{'a': (1, 2.0, b'\\xff')}".parse()?;
    /// assert_eq!(value.to_json(), r#"{"a":{"$tuple":[1,2.0,{"$bytes":"ff"}]}}"#);
    /// # Ok::<(), mpconn::pickle_next::LiteralError>(())
    /// ```
    pub fn to_json(&self) -> String {
        write::Writer::new(self, usize::MAX)
            .run()
            .unwrap_or_default()
    }

    /// What [`to_json`](Self::to_json) gives, if that takes not much more than so many bytes:
    /// long text that is one object in many places could be much more.
    ///
    /// # Errors
    /// One that [`is_limit`](Error::is_limit) where it is longer.
    pub fn try_json(&self, max_bytes: usize) -> Result<String> {
        let text = write::Writer::new(self, max_bytes).run();
        text.ok_or_else(|| {
            Error::limit(format!(
                "a value that takes more than {max_bytes} bytes as JSON: raise the limit"
            ))
        })
    }

    /// Reads JSON, of any depth. A number with neither point nor exponent is an `int`, any other
    /// a `float`.
    ///
    /// ```
    /// use mpconn::pickle_next::Value;
    ///
    /// let value = Value::from_json(r#"{"a": [1, 2.0, null, {"$tuple": []}]}"#)?;
    /// assert_eq!(value.to_string(), "{'a': [1, 2.0, None, ()]}");
    /// # Ok::<(), mpconn::pickle_next::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// What is no JSON; a name from the table with another content than there, or beside other
    /// names.
    pub fn from_json(text: &str) -> std::result::Result<Self, JsonError> {
        // It does not recurse, so that only what is known to be JSON is read below.
        serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_err(|error| JsonError::Syntax(error.to_string()))?;
        read::Reader::new(text).run()
    }
}

#[cfg(test)]
#[path = "json/tests.rs"]
mod tests;
