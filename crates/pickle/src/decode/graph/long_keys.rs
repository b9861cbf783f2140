//! Long keys that many containers share.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::decode::hashing::Hasher;
use crate::key;

/// What long keys are told apart by, found once for each of those that are shared.
#[derive(Default)]
pub(crate) struct LongKeys(Mutex<BTreeMap<usize, LongKey>>);

#[derive(Clone, Copy)]
pub(crate) struct LongKey {
    pub(crate) hash: u64,
    pub(crate) print: u128,
}

impl LongKeys {
    /// Takes bytes of the message, which stay where they are.
    #[cold]
    pub(crate) fn of(&self, bytes: &[u8]) -> LongKey {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || LongKey {
            hash: Hasher::new().bytes(bytes),
            print: key::print_of_bytes(bytes),
        };
        *known.entry(bytes.as_ptr().addr()).or_insert_with(make)
    }
}
