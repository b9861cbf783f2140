//! Python values: reads and writes pickles of every protocol, without running code.
//!
//! The crate `mpconn` re-exports all of it as the module `mpconn::pickle`.
//!
//! | Python | here |
//! |---|---|
//! | `pickle.loads(data)` | [`from_slice`] into a Rust type, [`loads`] into a [`Value`], [`Graph::read`] without copying |
//! | `pickle.dumps(x, protocol)` | [`to_vec`] of a Rust type, [`dumps`] of a [`Value`] |
//! | `pickle.dumps(x, 5, buffer_callback=…)`, `loads(data, buffers=…)` | [`dumps_with_buffers`], [`ReadOptions::buffers`] |
//! | `Unpickler.find_class` | [`ReadOptions::allow`] |
//! | `pickletools.dis(data)` | [`disassemble()`] |
//! | `repr(x)`, `ast.literal_eval(text)` | `value.to_string()`, [`value.show()`](Value::show), `text.parse::<Value>()` |
//! | `datetime`, `Decimal`, `OrderedDict`, exceptions, numpy arrays | [`types`] |
//!
//! ```
//! use mpconn_pickle::{Protocol, Value, from_slice, loads, to_vec};
//! use serde::{Deserialize, Serialize};
//!
//! /// Instances of the class `Order` of Python's module `shop`.
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! #[serde(rename = "shop.Order")]
//! struct Order<'a> {
//!     name: &'a str,
//!     count: u32,
//! }
//!
//! let message = to_vec(&vec![Order { name: "tea", count: 2 }], Protocol::V4)?;
//! let orders: Vec<Order<'_>> = from_slice(&message)?; // the text is borrowed from the message
//! assert_eq!(orders[0].name, "tea");
//!
//! let anything: Value = loads(message)?;
//! assert_eq!(anything.to_string(), "[<shop.Order() {'name': 'tea', 'count': 2}>]");
//! # Ok::<(), mpconn_pickle::PickleError>(())
//! ```
//!
//! # Objects, as Python has them
//!
//! A [`Value`] refers to a Python object: what a pickle shares stays shared, cycles are
//! [`Value::Recursive`], a class is a [`Class`] by its name, and an object of any class is an
//! [`Instance`]: what is called with which arguments, then its state and its items. Instances are written
//! as they were read. For plain data [`dumps`] writes what CPython's own pickler writes, byte for byte.
//!
//! # Untrusted pickles
//!
//! Nothing is imported or called, whatever a pickle says. [`Limits`], which have defaults, limit what it
//! may cost; [`ReadOptions::allow`] refuses classes by name. No depth of nesting overflows
//! the stack: a `Value` may be a million levels deep when it is read, written, printed, compared and
//! dropped. The text of a value is limited, too: repeated shared objects add 1 MiB at most
//! ([`SHOWN_GROWTH`]) and are cut after that, and control characters are escaped. A [`PickleError`] says
//! what is wrong, at which byte, in which opcode, and where in the value.
//!
//! # Rust types in Python
//!
//! [`to_vec`] and [`to_value`] write them and agree (except for nested classes, see below);
//! [`from_slice`] and [`from_value`] read them. A [`Value`] inside a type stays as it is, and so do the types
//! that it consists of: [`Dict`], [`List`] and the others.
//!
//! | Rust | Python | read from |
//! |---|---|---|
//! | `()`, unit structs, `Option::None` | `None` | `None`; `()` also from `()` |
//! | `bool`, `f32`, `f64` | `bool`, `float` | the same; floats also from `int` |
//! | integers up to `i128` and `u128`, [`BigInt`] | `int` | `int` in range |
//! | `char`, `&str`, `String` | `str` | `str` |
//! | `serde_bytes::{Bytes, ByteBuf}`, `&[u8]` | `bytes` | `bytes`, `bytearray`, buffers, `str` as UTF-8 |
//! | `#[serde(with = "mpconn_pickle::byte_array")]`: [`mod@byte_array`] | `bytearray` | the same |
//! | `Vec`, slices, sets | `list` | `list`, `tuple`, `set`, `frozenset`, `deque`, `bytes` |
//! | `#[serde(with = "mpconn_pickle::set")]`: [`mod@set`], [`mod@frozen_set`] | `set`, `frozenset` | as `Vec` |
//! | tuples, arrays, tuple structs | `tuple` | as `Vec`, of that length; named tuples |
//! | newtype structs | their content | their content |
//! | maps | `dict`; a `Vec` as a key is a `tuple` | `dict`, `OrderedDict`, `defaultdict`, `Counter` |
//! | structs | `dict` with the names of the fields | `dict`; instances by `__dict__`, slots or state; named tuples, `list` and `tuple` in order |
//! | enums: `Unit`, `New(x)`, `Tuple(x, y)`, `Struct { x }` | `'Unit'`, `{'New': x}`, `{'Tuple': (x, y)}`, `{'Struct': {'x': x}}` | the same; unit variants also from members of `enum.Enum` |
//! | a type of [`types`] | that type | that type |
//!
//! **Inside `#[serde(flatten)]`, `#[serde(untagged)]` and `#[serde(tag = "…")]`** serde reads into a buffer
//! first, which holds only types of serde's data model. A [`Value`] in there changes without an error: tuples
//! and sets become lists, `bytearray` becomes `bytes`, instances become their attributes, items or arguments,
//! and shared objects are copied. Types of [`types`] change likewise, or cannot be read there. Move such a
//! field outside, or read the whole into a `Value` and convert that with [`from_value_ref`].
//!
//! A type that is named as a Python class, `#[serde(rename = "shop.Order")]`, is an instance of it there.
//! `"shop:Order.Item"` is a nested class; protocols 2 and 3 can only write it as
//! `getattr(Order, 'Item')`, which [`loads`] keeps as it is and [`Instance::is`] and types named so
//! recognize. Such a type is read from instances of that class, and from what it would be read from without
//! the name:
//!
//! | Rust | Python | used for |
//! |---|---|---|
//! | a struct | an instance with the fields in its `__dict__` | most classes, dataclasses |
//! | a tuple struct, a newtype struct | `cls.__new__(cls, *fields)` | named tuples |
//! | a unit struct | `cls.__new__(cls)` | objects without state |
//! | a unit variant of an enum | `cls(value)`: the name of the variant, as an `int` where it is one (`#[serde(rename = "1")]`) | `enum.Enum` |
//! | [`Slots`] around a struct | an instance with the fields in its slots | `__slots__`, `@dataclass(slots=True)` |
//! | [`ListState`] around a struct | an instance with the list of the fields as its state | `@dataclass(slots=True, frozen=True)` |
//! | [`AsNamedTuple`] around a struct | `cls.__new__(cls, *fields)` | named tuples |
//! | [`Called`] around any of them but enums | `cls(*fields)` | exceptions, what `__init__` makes |

// Used by the fast reader alone.
#![cfg_attr(mpconn_no_fast, allow(dead_code))]

#[cfg(test)]
pub(crate) mod arbitrary;
mod bigint;
mod class_name;
pub mod codec;
mod compat;
mod decode;
mod disassemble;
mod encode;
mod error;
mod growth;
#[cfg(feature = "json")]
mod json;
mod key;
mod literal;
mod opcode;
mod options;
mod protocol;
pub(crate) mod pytext;
#[doc(hidden)]
pub mod python_names;
mod repr;
#[cfg(feature = "serde-pickle")]
pub(crate) mod serde_pickle;
pub mod stream;
pub mod types;
mod value;
mod value_through_serde;
#[cfg(feature = "xmlrpc")]
pub mod xmlrpc;

/// The examples of README.md, compiled and run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use bigint::{BigInt, OutOfRange, ParseBigIntError};
pub use decode::graph::{self, Graph};
pub use decode::loads::{loads, loads_with};
pub use decode::typed::{
    from_slice, from_slice_with, from_value, from_value_ref, from_value_ref_with, from_vec,
};
pub use disassemble::{Argument, Disassembly, Instruction, disassemble};
pub(crate) use encode::typed::serialize_into_with;
pub use encode::typed::{
    AsNamedTuple, Called, ListState, Slots, byte_array, frozen_set, serialize_into, set, to_value,
    to_vec, to_vec_with,
};
pub use error::PickleError;
pub use growth::SHOWN_GROWTH;
#[cfg(feature = "json")]
pub use json::JsonError;
pub use literal::LiteralError;
pub use mpconn_escape::escaped;
pub use options::{Limits, Python2Str, ReadOptions};
pub use protocol::Protocol;
pub use repr::Show;
pub use stream::{Pickler, Unpickler};
pub use value::{
    Anchor, Buffer, ByteArray, Bytes, Change, Class, Construction, Dict, FrozenSet, Instance,
    InstanceParts, List, PersistentId, Set, Str, SurrogateStr, Tuple, Value,
};

pub(crate) use encode::value::dump_pieces;
pub use encode::value::{dump_into, dumps, dumps_with, dumps_with_buffers};

/// Default limit of the depth of Rust types that are read through serde: 64 levels, which fit a thread of
/// 2 MiB in a debug build for a struct of 40 fields. A [`Value`] may be of any depth.
///
/// Raise it with [`Limits::typed_depth`] if the stack is known to be larger, or with the Cargo feature
/// `stacker`, which measures the stack that is left.
pub const TYPED_DEPTH: usize = 64;

/// Limit of the depth of Rust types that are written through serde: 500 levels. These types are the
/// program's own; those read from a peer are no deeper than [`TYPED_DEPTH`] by default. A [`Value`] may be
/// of any depth.
pub const MAX_DEPTH: usize = 500;

type Result<T> = std::result::Result<T, PickleError>;
