//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.

mod error;
mod opcode;
mod printable;
mod pytext;
mod source;

pub use error::Error;
