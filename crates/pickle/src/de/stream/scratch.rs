//! What streams remember while they read.

use super::key::Key;
use crate::memory::memory;

memory! {
    pub(super) struct Scratch<'a> {
        memo: Vec<Option<&'a str>>,
        keys: Vec<Key<'a>>,
        table: Vec<u32>,
    }
}
