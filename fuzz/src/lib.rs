//! What must hold for every input. The targets in `fuzz_targets/` hand their inputs to the
//! functions in [`answers`], [`checks`], [`showing`], [`typed`] and [`xmlrpc`]; only [`seam`],
//! [`build`] and [`describe`] know the codecs.

pub mod answers;
pub mod build;
pub mod checks;
pub mod describe;
pub mod plan;
pub mod seam;
pub mod showing;
pub mod typed;
pub mod typed_stack;
pub mod xmlrpc;
