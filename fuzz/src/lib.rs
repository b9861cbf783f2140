//! What must hold for every input. The targets in `fuzz_targets/` hand their inputs to the
//! functions in [`checks`]; only [`seam`] knows the codec.

pub mod checks;
pub mod plan;
pub mod seam;
