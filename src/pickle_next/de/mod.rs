//! From pickles and [`Value`]s to anything that serde knows.

mod access;
mod context;
mod instance;
mod place;
mod show;
mod stream;
#[cfg(test)]
mod tests;
mod value;
mod variant;

use serde::de::{Deserialize, DeserializeOwned, Visitor};

use super::view::Tree;
use super::{Limits, Result, Value, handover};
use context::{Context, Inside};

/// Turns a Python value into any type that serde can deserialize; the table in
/// [`crate::pickle_next`] says from what.
///
/// ```
/// use mpconn::pickle_next::{Value, from_value};
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// struct Task {
///     name: String,
///     retries: Option<u8>,
/// }
///
/// let value = Value::dict([("name", Value::from("sweep")), ("retries", Value::from(3))]);
/// let task: Task = from_value(value)?;
/// assert_eq!(task, Task { name: "sweep".into(), retries: Some(3) });
/// # Ok::<(), mpconn::pickle_next::Error>(())
/// ```
///
/// # Errors
/// A value of another shape; the message names the place ([`Error::path`](super::Error::path)).
/// Nesting deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    from_value_ref(&value)
}

/// The same from a value that stays; `&str` and `&[u8]` in the type borrow from it.
///
/// ```
/// use mpconn::pickle_next::{Value, from_value_ref};
///
/// let value = Value::list(["a", "b"]);
/// let words: Vec<&str> = from_value_ref(&value)?;
/// assert_eq!(words, ["a", "b"]);
/// # Ok::<(), mpconn::pickle_next::Error>(())
/// ```
///
/// # Errors
/// As [`from_value`].
pub fn from_value_ref<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T> {
    from_tree(value, &Limits::new())
}

/// Reads what stands at the root of a tree.
fn from_tree<'de, T: Deserialize<'de>>(root: impl Tree<'de>, limits: &Limits) -> Result<T> {
    let context = Context::new(limits.growth);
    let place = Inside::new(&context).place(root)?;
    T::deserialize(place).map_err(|error| error.at_byte(root.offset()))
}

/// Leaves a value to the visitor of [`Value`], which asked for it.
fn hand_over<'de, V: Visitor<'de>>(value: Value, visitor: V) -> Result<V::Value> {
    handover::leave(value);
    let result = visitor.visit_unit();
    // Whoever did not take it must not meet it later.
    handover::take();
    result
}
