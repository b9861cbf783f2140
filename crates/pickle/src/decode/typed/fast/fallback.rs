//! How the fast way ends where it does not apply.

use std::fmt;

/// What a value was not read for does not matter: the graph will say.
#[derive(Debug)]
pub(super) struct GiveUp;

pub(super) type Result<T> = std::result::Result<T, GiveUp>;

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain data of the type that is asked for")
    }
}

impl std::error::Error for GiveUp {}

impl serde::de::Error for GiveUp {
    fn custom<T: fmt::Display>(_: T) -> Self {
        GiveUp
    }
}
