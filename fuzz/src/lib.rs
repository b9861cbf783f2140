//! Properties that hold for every input. The targets in `fuzz_targets/` pass their inputs to
//! [`answers`], [`checks`], [`showing`], [`typed`] and [`xmlrpc`]. Only [`codec`], [`build`] and
//! [`describe`] use the codecs under test.

pub mod answers;
pub mod build;
pub mod checks;
pub mod codec;
pub mod describe;
pub mod plan;
pub mod showing;
pub mod typed;
pub mod typed_stack;
pub mod xmlrpc;
