//! Memory that a reader leaves to the next one.

use crate::decode::memory::memory;

memory! {
    pub(super) struct Scratch<'a> {
        memo: Vec<Option<&'a str>>,
        keys: Vec<Key<'a>>,
        table: Vec<u32>,
    }
}

/// A key that Python compares as Rust does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Key<'de> {
    Text(&'de str),
    Int(i64),
}
