//! Reads pickles.
//!
//! ```text
//! message ── single_value (one str or bytes) ───────────────────> Value
//!    ├────── machine (opcodes onto a stack) ──> graph ──────────> Value, or a Rust type by `typed`
//!    └────── typed::fast (plain data, no graph in between) ─────> Rust type
//! ```
//!
//! No message overflows the stack: the machine does not recurse, and the conversion to a `Value` does so for 64
//! levels at most. The machine allocates for bytes that are there, never for a length that is
//! claimed.

pub(crate) mod find_end;
pub mod graph;
mod hashing;
pub(crate) mod loads;
mod machine;
mod memory;
mod single_value;
pub(crate) mod source;
pub(crate) mod typed;
pub(crate) mod view;

#[cfg(test)]
mod tests;
