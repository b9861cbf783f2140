//! What streams remember while they read.

use super::key::Key;
use super::opcodes::Known;
use crate::pickle::memory::memory;

memory! {
    pub(super) struct Scratch<'a> {
        memo: Vec<Known<'a>>,
        keys: Vec<Key<'a>>,
        table: Vec<u32>,
    }
}
