//! Serializes a [`Value`](crate::Value) inside another type.

use super::position::{Ser, unhashable};
use super::sink::Sink;
use crate::{MAX_DEPTH, PickleError, Result, Tuple, Value, key, value_through_serde};

impl<S: Sink> Ser<'_, S> {
    /// Takes the value that its `Serialize` has left.
    pub(super) fn handed_over(self) -> Result<()> {
        let value = value_through_serde::take().ok_or_else(|| {
            PickleError::new("a newtype of a name that belongs to this crate: rename it")
        })?;
        self.level.plain("a Value")?;
        if !self.level.is_hashed() {
            return self.sink.value(value);
        }
        let mut changing = Changing::default();
        let key = changing.hashable(&value, 0, false)?;
        self.sink.copied(changing.copied)?;
        match key {
            None => self.sink.value(value),
            Some(key) => self.sink.key(key, value),
        }
    }
}

/// Most values in a key; shared ones count each time.
const MOST_IN_A_KEY: usize = 1 << 20;

/// Converts lists in a key to tuples.
#[derive(Default)]
struct Changing {
    /// Number of values visited.
    values: usize,
    /// Bytes and work of copies of shared objects.
    copied: usize,
}

impl Changing {
    /// Returns the value as a key; `None` if it can be a key already.
    fn hashable(&mut self, value: &Value, depth: usize, is_shared: bool) -> Result<Option<Value>> {
        let (items, unique) = match value {
            Value::List(list) => (&**list, list.is_unique()),
            Value::Tuple(tuple) if tuple.iter().any(has_items) => (&**tuple, tuple.is_unique()),
            other => {
                return match key::unhashable(other) {
                    None => Ok(None),
                    Some(what) => Err(unhashable(what)),
                };
            }
        };
        if depth == MAX_DEPTH {
            return Err(PickleError::limit(
                "a key nested deeper than 500 levels: flatten it",
            ));
        }
        // The outermost always has a second handle: that of its owner.
        let is_shared = is_shared || depth > 0 && !unique;
        self.count(items.len(), is_shared)?;
        let mut changed: Option<Vec<Value>> = matches!(value, Value::List(_)).then(Vec::new);
        for (index, item) in items.iter().enumerate() {
            let new = self.hashable(item, depth + 1, is_shared)?;
            match (&mut changed, new) {
                (Some(changed), new) => changed.push(new.unwrap_or_else(|| item.clone())),
                (None, None) => {}
                (None, Some(new)) => {
                    let before = items[..index].iter().cloned();
                    changed = Some(before.chain([new]).collect());
                }
            }
        }
        if changed.is_some() && is_shared {
            self.copied += size_of_val(items);
        }
        Ok(changed.map(|items| Value::Tuple(Tuple::from(items))))
    }

    fn count(&mut self, values: usize, is_shared: bool) -> Result<()> {
        self.values += values;
        if self.values > MOST_IN_A_KEY {
            return Err(PickleError::limit(format!(
                "a key of more than {MOST_IN_A_KEY} values, each counted wherever it stands: make \
                 it smaller"
            )));
        }
        if is_shared {
            self.copied += values;
        }
        Ok(())
    }
}

/// Returns whether it may hold lists.
fn has_items(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Tuple(_))
}
