//! Deserializes Rust types from pickles and [`Value`]s.
//!
//! | Rust | read from |
//! |---|---|
//! | `()`, unit structs | `None`, `()`; a unit struct named as a class: an instance of it |
//! | `Option` | `None`, or what is in it |
//! | `bool` | `bool` |
//! | integers, [`BigInt`](crate::BigInt) | `int` in range |
//! | `f32`, `f64` | `float`, `int` |
//! | `char`, `&str`, `Cow<str>`, `String` | `str` |
//! | `&[u8]`, `serde_bytes::{Bytes, ByteBuf}` | `bytes`, `bytearray`, buffers, `str` as UTF-8; a `ByteBuf` also a list of small `int` |
//! | `Vec`, sets | `list`, `tuple`, `set`, `frozenset`, `bytes`, `bytearray`, `deque`, subclasses of these, a namedtuple |
//! | tuples, arrays, tuple structs | the same, of that length; `complex` as two floats; the arguments of a namedtuple or of a call |
//! | maps | `dict`, `OrderedDict`, `defaultdict`, `Counter`, subclasses of these; the attributes of an instance |
//! | structs | a `dict`; an instance by its `__dict__`, its slots, or both; by a state in the order of the fields; a namedtuple; a call by its arguments; a `list` or `tuple` in order |
//! | structs with a field `args` | an exception: its arguments, and its attributes |
//! | newtype structs | what is in them |
//! | enums | `'Unit'`, `{'New': x}`, `{'Tuple': (x, y)}`, `{'Struct': {'x': x}}`; a member of an `enum.Enum` by its value, `cls(value)`, or its name, `getattr(cls, name)` |
//! | [`Value`] | anything, with what is shared still shared |
//!
//! A subclass of `int`, `float`, `str` or `bytes`, a member of an `IntEnum` or `Flag`, and anything
//! else that is made of one plain argument (`Decimal('1.5')`) is also read as that argument.
//!
//! A type whose name is that of a Python class (`#[serde(rename = "shop.Order")]`, with a colon
//! before the name of a class in a class: `"shop:Order.Line"`) takes instances of that class
//! only, or plain data. Any other takes instances of every class.
//!
//! Unknown fields are ignored, also those whose name is no text. Equal keys are one, as in Python. A
//! shared object is read once for each reference, within [`Limits::growth`]. An object that contains
//! itself is an error, except in a [`Value`] and in what is ignored.
//!
//! Types recurse, so their depth is limited to what fits the usual stack of a thread:
//! [`Limits::typed_depth`]. Values, and what is ignored, may be deeper.

mod access;
mod context;
mod depth;
mod deserializer;
mod duplicate_keys;
mod error_text;
#[cfg(not(mpconn_no_fast))]
mod fast;
mod handles;
mod instance;
mod owned_message;
#[cfg(test)]
mod tests;
mod value;
mod variant;

pub use owned_message::from_vec;

use serde::de::{Deserialize, DeserializeOwned};

use super::view::Tree;
use crate::{Graph, Limits, ReadOptions, Result, Value};
use context::{Context, Inside};

/// Reads a pickle into any type that serde can deserialize: `pickle.loads`, into a type. See the table
/// in [the crate](crate).
///
/// Text and bytes may be borrowed from the message. Bytes after the pickle are ignored, as in Python.
/// Nothing is imported or called.
///
/// May call `T::deserialize` more than once: a fast reader tries first, and where it gives up the
/// message is read again from its beginning. [Below](#side-effects) is what that means.
///
/// ```
/// use mpconn_pickle::from_slice;
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// struct Job<'a> {
///     id: u64,
///     name: &'a str,
/// }
///
/// // pickle.dumps({'id': 7, 'name': 'sweep'})
/// let message = b"\x80\x04\x95\x19\0\0\0\0\0\0\0}\x94(\x8c\x02id\x94K\x07\x8c\x04name\x94\x8c\x05sweep\x94u.";
/// let job: Job<'_> = from_slice(message)?;
/// assert_eq!(job, Job { id: 7, name: "sweep" });
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails if the message is no pickle, or of another shape than the type; the error names the byte and
/// the path. Fails if it exceeds the default [`Limits`], or nests types deeper than
/// [`TYPED_DEPTH`](crate::TYPED_DEPTH).
///
/// # Side effects
/// Values of an attempt that gave up are dropped. A `Deserialize` that counts, registers or opens
/// something does so in each attempt:
///
/// ```
/// use std::cell::Cell;
///
/// use mpconn_pickle::from_slice;
/// use serde::{Deserialize, Deserializer};
///
/// thread_local!(static READ: Cell<u32> = const { Cell::new(0) });
///
/// struct Ticket;
///
/// impl<'de> Deserialize<'de> for Ticket {
///     fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
///         u32::deserialize(deserializer)?;
///         READ.set(READ.get() + 1);
///         Ok(Ticket)
///     }
/// }
///
/// // [1, 2, None]: each attempt reads two tickets, then fails.
/// let message = b"\x80\x04](K\x01K\x02Ne.";
/// assert!(from_slice::<Vec<Ticket>>(message).is_err());
/// assert!(READ.get() >= 2); // 4, where the fast reader tried first
/// ```
///
/// Decode to plain data, and do such work afterwards.
pub fn from_slice<'de, T: Deserialize<'de>>(message: &'de [u8]) -> Result<T> {
    from_slice_with(message, ReadOptions::defaults())
}

/// As [`from_slice`], with options.
///
/// ```
/// use mpconn_pickle::{ReadOptions, from_slice_with};
///
/// // Python's os.system: named, and refused.
/// let options = ReadOptions::new().allow(|module, _| module == "shop");
/// let read = from_slice_with::<()>(b"cos\nsystem\n.", &options);
/// assert!(read.unwrap_err().is_refused());
/// ```
///
/// # Errors
/// Fails as [`from_slice`] does, or if the options forbid what is in the pickle.
pub fn from_slice_with<'de, T: Deserialize<'de>>(
    message: &'de [u8],
    options: &ReadOptions,
) -> Result<T> {
    read_fast(message, options).unwrap_or_else(|charged| from_graph(message, options, charged))
}

/// Messages up to this length are charged by their length, if values are charged.
#[cfg(not(mpconn_no_fast))]
const SHORT: usize = 64 << 10;

/// Reads with the fast reader, which changes no result. Fails with the number of values charged if the
/// graph has to be read.
#[cfg(not(mpconn_no_fast))]
#[inline]
fn read_fast<'de, T: Deserialize<'de>>(
    message: &'de [u8],
    options: &ReadOptions,
) -> std::result::Result<Result<T>, usize> {
    // It does not count values, and an opcode makes one at most.
    let charged = match &options.charge {
        None => 0,
        // The length of a long message is far more than its number of values.
        Some(charge) if message.len() <= SHORT && charge(message.len() as u64) => message.len(),
        Some(_) => return Err(0),
    };
    fast::read(message, options).map(Ok).ok_or(charged)
}

/// A build without the fast reader, which shows that it changes no result.
#[cfg(mpconn_no_fast)]
fn read_fast<'de, T: Deserialize<'de>>(
    _message: &'de [u8],
    _options: &ReadOptions,
) -> std::result::Result<Result<T>, usize> {
    Err(0)
}

/// Reads through a graph, which knows all opcodes.
#[cold]
fn from_graph<'de, T: Deserialize<'de>>(
    message: &'de [u8],
    options: &ReadOptions,
    charged: usize,
) -> Result<T> {
    let graph = Graph::read_charged(message, options, charged)?;
    from_tree(graph.root(), &options.limits).map_err(|error| error.with_message(message))
}

/// Converts a Python value to any type that serde can deserialize. See the table in
/// [the crate](crate).
///
/// ```
/// use mpconn_pickle::{Value, from_value};
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
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails if the value is of another shape than the type; [`PickleError::path`](crate::PickleError::path)
/// names the place. Fails if types are nested deeper than [`TYPED_DEPTH`](crate::TYPED_DEPTH).
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    from_value_ref(&value)
}

/// As [`from_value`], from a borrowed value: `&str` and `&[u8]` in the type borrow from it.
///
/// ```
/// use mpconn_pickle::{Value, from_value_ref};
///
/// let value = Value::list(["a", "b"]);
/// let words: Vec<&str> = from_value_ref(&value)?;
/// assert_eq!(words, ["a", "b"]);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails as [`from_value`] does.
pub fn from_value_ref<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T> {
    from_tree(value, &ReadOptions::defaults().limits)
}

/// As [`from_value_ref`], with options. Only the [`typed_depth`](Limits::typed_depth) and
/// [`growth`](Limits::growth) of their [`Limits`] matter here.
///
/// ```
/// use mpconn_pickle::{Limits, ReadOptions, Value, from_value_ref_with};
///
/// let value = Value::list([Value::list(["a"])]);
/// let flat = ReadOptions::new().limits(Limits::new().typed_depth(1));
/// let error = from_value_ref_with::<Vec<Vec<&str>>>(&value, &flat).unwrap_err();
/// assert!(error.is_limit());
/// ```
///
/// # Errors
/// Fails as [`from_value`] does.
pub fn from_value_ref_with<'de, T: Deserialize<'de>>(
    value: &'de Value,
    options: &ReadOptions,
) -> Result<T> {
    from_tree(value, &options.limits)
}

/// Reads the root of a tree.
fn from_tree<'de, T: Deserialize<'de>>(root: impl Tree<'de>, limits: &Limits) -> Result<T> {
    let context = Context::new(limits);
    let place = Inside::new(&context).place(root)?;
    T::deserialize(place).map_err(|error| error.at_byte(root.offset()))
}
