//! Python values: the dynamic [`Value`], its text form, its pickled form, and the bridge to serde.

mod opcode;
