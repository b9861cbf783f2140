//! Helpers of the tests of `mpconn` with real CPythons.

mod interpreter;
pub mod managers;
mod peer;
mod python;
mod scratch;

pub use interpreter::{Interpreter, find_pythons};
pub use peer::{About, Answer, Peer, PythonError};
pub use python::{fixture, golden_files, python};
pub use scratch::Scratch;

use std::time::Duration;

/// Limit for operations of tests: a longer one hangs, and its test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);
