//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.
//!
//! # What becomes of Rust's types
//!
//! By [`to_vec`] and [`to_value`], which agree. A [`Value`] inside of a type goes as it is.
//!
//! | Rust | Python |
//! |---|---|
//! | `()`, unit structs, `Option::None` | `None` |
//! | `bool`, `f32`, `f64` | `bool`, `float` |
//! | integers up to `i128` and `u128`, [`BigInt`] | `int` |
//! | `char`, `&str`, `String` | `str` |
//! | `serde_bytes::{Bytes, ByteBuf}` | `bytes` |
//! | `#[serde(with = "mpconn::pickle::byte_array")]`: [`mod@byte_array`] | `bytearray` |
//! | `Vec`, slices, sets | `list` |
//! | `#[serde(with = "mpconn::pickle::set")]`: [`mod@set`], [`mod@frozen_set`] | `set`, `frozenset` |
//! | tuples, arrays, tuple structs | `tuple` |
//! | newtype structs | what is in them |
//! | maps | `dict`; a `Vec` as a key is a `tuple` |
//! | structs | `dict` with the names of the fields |
//! | enums: `Unit`, `New(x)`, `Tuple(x, y)`, `Struct { x }` | `'Unit'`, `{'New': x}`, `{'Tuple': (x, y)}`, `{'Struct': {'x': x}}` |
//!
//! A type that is named as a Python class, `#[serde(rename = "shop.Order")]`, is one there (and
//! `"shop:Order.Item"` is a class inside of a class):
//!
//! | Rust | Python | used for |
//! |---|---|---|
//! | a struct | an instance with the fields in its `__dict__` | most classes, dataclasses |
//! | a tuple struct, a newtype struct | `cls.__new__(cls, *fields)` | named tuples |
//! | a unit struct | `cls.__new__(cls)` | objects without state |
//! | a unit variant of an enum | `cls(value)`: the name of the variant, as an `int` where it is one (`#[serde(rename = "1")]`) | `enum.Enum` |
//! | [`Slots`] around a struct | an instance with the fields in its slots | `__slots__`, `@dataclass(slots=True)` |
//! | [`ListState`] around a struct | an instance with the list of the fields as its state | `@dataclass(slots=True, frozen=True)` |
//! | [`NamedTuple`] around a struct | `cls.__new__(cls, *fields)` | named tuples |
//! | [`Called`] around any of them but enums | `cls(*fields)` | exceptions, what `__init__` makes |

#[cfg(test)]
pub(crate) mod arbitrary;
mod bigint;
mod class_name;
mod compat;
mod de;
mod disassemble;
mod error;
pub(crate) mod extent;
pub mod graph;
mod handover;
#[cfg(feature = "json")]
mod json;
mod key;
mod literal;
mod opcode;
mod options;
mod printable;
mod protocol;
mod pytext;
mod read;
mod repr;
mod ser;
#[cfg(feature = "serde-pickle")]
pub(crate) mod serde_pickle;
mod source;
pub mod types;
mod value;
mod view;
mod write;

pub use bigint::{BigInt, OutOfRange, ParseBigIntError};
pub use de::{from_slice, from_slice_with, from_value, from_value_ref, from_vec};
pub use disassemble::{Argument, Disassembly, Instruction, disassemble};
pub use error::Error;
pub use graph::Graph;
#[cfg(feature = "json")]
pub use json::JsonError;
pub use literal::LiteralError;
pub use options::{Limits, Python2Str, ReadOptions};
pub use protocol::Protocol;
pub use read::{loads, loads_with};
pub use ser::{
    Called, ListState, NamedTuple, Slots, byte_array, frozen_set, serialize_into, set, to_value,
    to_vec,
};
pub use value::{
    Anchor, Buffer, ByteArray, Bytes, Change, Class, Construction, Dict, FrozenSet, Instance,
    InstanceParts, List, PersistentId, Set, Str, SurrogateStr, Tuple, Value,
};

pub use write::{dump_into, dumps, dumps_with_buffers};

/// How deep types of Rust's may be nested that are read or written through serde: 500 levels,
/// which fit the usual stack of a thread, 2 MiB. A [`Value`] may be as deep as one likes.
pub const MAX_DEPTH: usize = 500;

type Result<T> = std::result::Result<T, Error>;
