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
            true => {
                let mut left = MOST_IN_A_KEY;
                self.sink.value(&hashable(value, 0, &mut left)?)
            }
        }
    }
}

/// How many values a key may hold, counted wherever they stand: what is shared in it is taken
/// apart.
const MOST_IN_A_KEY: usize = 1 << 20;

/// The value as a key: lists in it become tuples.
fn hashable(value: Value, depth: usize, left: &mut usize) -> Result<Value> {
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
    *left = left.checked_sub(items.len()).ok_or_else(|| {
        Error::limit("a key of more than 1048576 values, with what it shares: make it smaller")
    })?;
    let items: Result<Vec<Value>> = items
        .into_iter()
        .map(|item| hashable(item, depth + 1, left))
        .collect();
    Ok(Value::Tuple(Tuple::from(items?)))
}

/// Whether lists could be in it.
fn has_items(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Tuple(_))
}
