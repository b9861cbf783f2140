//! Values inside of what is serialized.

use super::level::unhashable;
use super::serializer::Ser;
use super::sink::Sink;
use crate::pickle::{Error, MAX_DEPTH, Result, Tuple, Value, handover, key};

impl<S: Sink> Ser<'_, S> {
    /// Takes the value that its `Serialize` has left.
    pub(super) fn handed_over(self) -> Result<()> {
        let value = handover::take().ok_or_else(|| {
            Error::new("a newtype of a name that belongs to this crate: rename it")
        })?;
        self.level.plain("a Value")?;
        match self.level.is_hashed() {
            false => self.sink.value(&value),
            true => self.sink.value(&hashable(value, 0)?),
        }
    }
}

/// The value as a key: lists in it become tuples.
fn hashable(value: Value, depth: usize) -> Result<Value> {
    let items = match value {
        Value::List(items) => items.into_vec(),
        Value::Tuple(items) if items.iter().any(has_items) => items.into_vec(),
        other => {
            return match key::unhashable(&other) {
                None => Ok(other),
                Some(what) => Err(unhashable(what)),
            };
        }
    };
    if depth == MAX_DEPTH {
        return Err(Error::limit(
            "a key nested deeper than 500 levels: flatten it",
        ));
    }
    let items: Result<Vec<Value>> = items
        .into_iter()
        .map(|item| hashable(item, depth + 1))
        .collect();
    Ok(Value::Tuple(Tuple::from(items?)))
}

/// Whether lists could be in it.
fn has_items(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Tuple(_))
}
