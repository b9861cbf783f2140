//! JSON, for the command line and for peers at a shell.

mod form;
mod read;
mod write;

use super::{Error, Result, Value};

/// The longest text in which what is shared is written wherever it stands.
const PLAIN: usize = 16 << 20;

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

/// JSON in the manner of Python's `json` module, extended by what that refuses.
/// [`to_exact_json`](Value::to_exact_json) tells apart all that Python does, so that a value comes
/// back as it was:
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
/// | a container inside of itself; if exact, one that comes again too, and a `bytearray` that does | `{"$shared": [1, ...]}`, then `{"$same": 1}` |
///
/// An instance is made by `call` (REDUCE), `new` (NEWOBJ), `newex` (NEWOBJ_EX) or `old` (INST,
/// OBJ); a change is `["state", x]`, `["append", x]`, `["setitem", key, x]`, `["add", x]` or
/// `["call", x]`. In a set, and as a key, an array can only be a tuple, and is read as one.
///
/// That text or bytes are one object in several places is not told.
impl Value {
    /// Writes the value as JSON, in one line, as other programs expect it: tuples are arrays, and
    /// what is shared is written wherever it stands (once, where that would take more than
    /// 16 MiB).
    ///
    /// ```
    /// let value: mpconn::pickle::Value = "{'a': (1, 2.0, b'\\xff')}".parse()?;
    /// assert_eq!(value.to_json(), r#"{"a":[1,2.0,{"$bytes":"ff"}]}"#);
    /// # Ok::<(), mpconn::pickle::LiteralError>(())
    /// ```
    pub fn to_json(&self) -> String {
        self.json_within(usize::MAX).unwrap_or_default()
    }

    /// Writes the value as JSON, in one line, from which [`from_json`](Self::from_json) makes the
    /// same value again.
    ///
    /// ```
    /// let value: mpconn::pickle::Value = "[(1, 2.0)]".parse()?;
    /// assert_eq!(value.to_exact_json(), r#"[{"$tuple":[1,2.0]}]"#);
    /// # Ok::<(), mpconn::pickle::LiteralError>(())
    /// ```
    pub fn to_exact_json(&self) -> String {
        let text = write::Writer::exact(self, usize::MAX).run();
        text.unwrap_or_default()
    }

    /// What [`to_exact_json`](Self::to_exact_json) gives, with a limit as that of
    /// [`try_json`](Self::try_json).
    ///
    /// # Errors
    /// One that [`is_limit`](Error::is_limit) where it is longer.
    pub fn try_exact_json(&self, max_bytes: usize) -> Result<String> {
        let text = write::Writer::exact(self, max_bytes).run();
        text.ok_or_else(|| too_long(max_bytes))
    }

    fn json_within(&self, max_bytes: usize) -> Option<String> {
        let plain = write::Writer::plain(self, max_bytes.min(PLAIN)).run();
        plain.or_else(|| write::Writer::sharing(self, max_bytes).run())
    }

    /// What [`to_json`](Self::to_json) gives, if that takes not much more than so many bytes:
    /// long text that is one object in many places could be much more.
    ///
    /// # Errors
    /// One that [`is_limit`](Error::is_limit) where it is longer.
    pub fn try_json(&self, max_bytes: usize) -> Result<String> {
        self.json_within(max_bytes)
            .ok_or_else(|| too_long(max_bytes))
    }

    /// Reads JSON, of any depth. A number with neither point nor exponent is an `int`, any other
    /// a `float`.
    ///
    /// ```
    /// use mpconn::pickle::Value;
    ///
    /// let value = Value::from_json(r#"{"a": [1, 2.0, null, {"$tuple": []}]}"#)?;
    /// assert_eq!(value.to_string(), "{'a': [1, 2.0, None, ()]}");
    /// # Ok::<(), mpconn::pickle::JsonError>(())
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

fn too_long(max_bytes: usize) -> Error {
    Error::limit(format!(
        "a value that takes more than {max_bytes} bytes as JSON: raise the limit"
    ))
}

#[cfg(test)]
#[path = "json/tests.rs"]
mod tests;
