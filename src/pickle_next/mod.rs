//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.

mod disassemble;
mod error;
mod extent;
mod opcode;
mod printable;
mod pytext;
mod source;

pub use disassemble::{Argument, Disassembly, Instruction, disassemble};
pub use error::Error;
