//! Reads a pickle into a [`Value`]: `pickle.loads`.

use std::borrow::Cow;
use std::sync::Arc;

use super::graph::{Converter, Graph};
use super::single_value;
use crate::{ReadOptions, Result, Value};

/// Reads a pickle of any protocol: `pickle.loads`.
///
/// Takes the message (`Vec<u8>`) or a slice. Large `bytes` stay in a message that is taken, which
/// then lives as long as they do; from a slice they are copied. Bytes after the pickle are ignored, as
/// in Python. Nothing is imported or called.
///
/// ```
/// use mpconn_pickle::{Value, loads};
///
/// let message = b"\x80\x04]\x94(K\x01K\x02e.";
/// assert_eq!(loads(message)?, Value::list([1, 2]));
/// assert_eq!(loads(message.to_vec())?, Value::list([1, 2]));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails if CPython's unpickler would, or the default [`Limits`](crate::Limits) are exceeded.
pub fn loads<'m>(message: impl Into<Cow<'m, [u8]>>) -> Result<Value> {
    loads_with(message, ReadOptions::defaults())
}

/// As [`loads`], with options.
///
/// ```
/// use mpconn_pickle::{Limits, ReadOptions, loads_with};
///
/// // [[[]]]
/// let options = ReadOptions::new().limits(Limits::new().depth(2));
/// let error = loads_with(b"]]]aa.", &options).unwrap_err();
/// assert!(error.is_limit());
/// ```
///
/// # Errors
/// Fails as [`loads`] does, or if the options forbid what is in the pickle.
pub fn loads_with<'m>(message: impl Into<Cow<'m, [u8]>>, options: &ReadOptions) -> Result<Value> {
    match message.into() {
        Cow::Borrowed(message) => copied(message, options),
        Cow::Owned(message) => taken(message, options),
    }
}

/// Reads a message that stays with the caller.
fn copied(message: &[u8], options: &ReadOptions) -> Result<Value> {
    match single_value::find(message, options).and_then(|found| found.copy_from(message)) {
        Some(value) => Ok(value),
        None => values(message, options, None),
    }
}

/// Reads a message that large bytes may keep as their memory.
fn taken(mut message: Vec<u8>, options: &ReadOptions) -> Result<Value> {
    if message.len() < single_value::STAYS {
        return copied(&message, options);
    }
    if let Some(found) = single_value::find(&message, options) {
        match found.take_out_of(message) {
            Ok(value) => return Ok(value),
            Err(same) => message = same,
        }
    }
    let message = Arc::new(message);
    values(&message, options, Some(&message))
}

/// Reads through a graph. `large` is the message, if large bytes may keep it.
fn values(message: &[u8], options: &ReadOptions, large: Option<&Arc<Vec<u8>>>) -> Result<Value> {
    let mut graph = Graph::new(message, options.limits.depth);
    graph.fill(options)?;
    Converter::new(&graph, large).run(graph.root)
}

/// Returns the range of the content in a message that is one `bytes` and nothing else.
pub(crate) fn plain_bytes(message: &[u8], options: &ReadOptions) -> Option<std::ops::Range<usize>> {
    single_value::find(message, options)?.bytes()
}
