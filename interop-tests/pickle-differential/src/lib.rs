//! The pickle codec beside CPython's own, in one process.
//!
//! [`strategy`] makes [`Model`]s: graphs of Python objects. Each is built twice, as objects of
//! the running interpreter ([`python`]) and as the codec's values ([`seam`]); a pickle of the
//! one is read by the other, and what comes out is compared as text ([`describe`]), with types,
//! bits and sharing in it. `interop-tests/pickle_differential.py` runs the tests under a Python.

pub mod describe;
pub mod model;
pub mod python;
pub mod run;
pub mod seam;
pub mod strategy;

pub use describe::describe;
pub use model::{Model, Object};
