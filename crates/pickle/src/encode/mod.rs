//! Writes pickles.
//!
//! ```text
//! Rust type ── typed (serde) ──┬──> Value
//!                              └──> encoder (opcodes, frames, memo numbers) ──> pickle
//! Value ────── value ───────────────^
//! ```

pub(crate) mod encoder;
pub(crate) mod typed;
pub(crate) mod value;
