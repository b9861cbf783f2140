//! Long keys that many containers share.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::decode::hashing::Hasher;
use crate::key;

/// Hashes and fingerprints of long keys, computed once for each key that is shared.
#[derive(Default)]
pub(crate) struct LongKeys(Mutex<BTreeMap<usize, LongKey>>);

#[derive(Clone, Copy)]
pub(crate) struct LongKey {
    pub(crate) hash: u64,
    pub(crate) print: u128,
}

impl LongKeys {
    /// Returns those of a key, by the address of its bytes in the message.
    #[cold]
    pub(crate) fn of(&self, bytes: &[u8]) -> LongKey {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || LongKey {
            hash: Hasher::new().bytes(bytes),
            print: key::fingerprint_of_bytes(bytes),
        };
        *known.entry(bytes.as_ptr().addr()).or_insert_with(make)
    }
}
