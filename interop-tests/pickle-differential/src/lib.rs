//! Compares the pickle codec with CPython's own, in one process.
//!
//! [`strategy`] generates [`Model`]s: graphs of Python objects. Each is built twice, as objects of
//! the running interpreter ([`python`]) and as the codec's values ([`codec`]). Each side reads the
//! other's pickle, and the results are compared as text ([`describe`]) with types, bits and
//! sharing. `interop-tests/pickle_differential.py` runs the tests under a Python.

pub mod codec;
pub mod describe;
pub mod model;
pub mod python;
pub mod run;
pub mod strategy;

pub use describe::describe;
pub use model::{Model, Object};
