//! Small values of requests and replies.

use mpconn_pickle::Value;
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::manager::excerpt::OneLine;

/// A name: text, or the bytes that Python 2's `str` may have been read as.
#[derive(Debug)]
pub struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            name @ (Value::Str(_) | Value::Bytes(_)) => Ok(Name(text(name))),
            other => Err(D::Error::custom(format!(
                "{} where a name is expected",
                other.type_name()
            ))),
        }
    }
}

/// A count: the result of `len()`, `qsize()` and so on.
#[derive(Debug)]
pub struct Count(pub usize);

impl From<Count> for usize {
    fn from(Count(count): Count) -> Self {
        count
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let count = value.as_i64().and_then(|count| usize::try_from(count).ok());
        count.map(Count).ok_or_else(|| {
            let told = OneLine(&value);
            let kind = value.type_name();
            D::Error::custom(format!(
                "a count from 0 to {} is expected, and {told} of type {kind} came",
                i64::MAX
            ))
        })
    }
}

/// Returns the names as text: what an object exposes.
pub fn names(names: Vec<Name>) -> Vec<String> {
    names.into_iter().map(|Name(name)| name).collect()
}

/// Python 2 tells tracebacks in bytes of whatever encoding its sources have.
pub(super) fn text(value: Value) -> String {
    match value {
        Value::Str(text) => text.as_str().to_owned(),
        Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => OneLine(other).to_string(),
    }
}
