//! From anything that serde knows: to a [`Value`](super::Value), or straight to a pickle.
//!
//! One serializer decides what becomes of what, and speaks to one of two sinks, so that both ways
//! give the same.

mod compound;
mod fields;
mod forms;
mod handed;
mod level;
mod names;
mod open;
mod pickle;
mod serializer;
mod sink;
mod structs;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub use fields::{byte_array, frozen_set, set};
pub use forms::{Called, ListState, NamedTuple, Slots};
pub(crate) use pickle::serialize_into_with;
pub use pickle::{serialize_into, to_vec, to_vec_with};
pub use tree::to_value;
