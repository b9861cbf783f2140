//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.

#[cfg(test)]
pub(crate) mod arbitrary;
mod bigint;
mod class_name;
mod error;
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
mod repr;
mod source;
pub mod types;
mod value;
mod view;

pub use bigint::{BigInt, OutOfRange, ParseBigIntError};
pub use error::Error;
pub use graph::Graph;
#[cfg(feature = "json")]
pub use json::JsonError;
pub use literal::LiteralError;
pub use options::{Limits, Python2Str, ReadOptions};
pub use protocol::Protocol;
pub use value::{
    Anchor, Buffer, ByteArray, Bytes, Change, Class, Construction, Dict, FrozenSet, Instance,
    InstanceParts, List, PersistentId, Set, Str, SurrogateStr, Tuple, Value,
};

/// How deep types of Rust's may be nested that are read or written through serde: 500 levels,
/// which fit the usual stack of a thread, 2 MiB. A [`Value`] may be as deep as one likes.
pub const MAX_DEPTH: usize = 500;

type Result<T> = std::result::Result<T, Error>;
