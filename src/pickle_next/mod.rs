//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.

#[cfg(test)]
pub(crate) mod arbitrary;
mod bigint;
mod class_name;
mod compat;
mod de;
mod disassemble;
mod error;
mod extent;
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
