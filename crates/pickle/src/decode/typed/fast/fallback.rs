//! The error with which the fast reader hands over to the graph reader.

use std::fmt;

/// Has no reason: the graph reader will report it.
#[derive(Debug)]
pub(super) struct Fallback;

pub(super) type Result<T> = std::result::Result<T, Fallback>;

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain data of the type that is asked for")
    }
}

impl std::error::Error for Fallback {}

impl serde::de::Error for Fallback {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Fallback
    }
}
