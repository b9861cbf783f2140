//! Serializes Rust types: to a [`Value`](crate::Value), or straight to a pickle.
//!
//! One serializer decides what becomes of each type, and writes to one of two sinks, so that both ways
//! agree.

mod compound;
mod embedded_value;
mod field_helpers;
mod name_cache;
mod open_container;
mod pickle_sink;
mod position;
mod serializer;
mod sink;
mod structs;
mod value;
mod value_sink;
mod wrappers;

#[cfg(test)]
mod tests;

pub use field_helpers::{byte_array, frozen_set, set};
pub(crate) use pickle_sink::serialize_into_with;
pub use pickle_sink::{serialize_into, to_vec, to_vec_with};
pub use value_sink::to_value;
pub use wrappers::{AsNamedTuple, Called, ListState, Slots};
