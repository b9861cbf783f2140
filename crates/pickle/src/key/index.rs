//! The positions of keys in a large dict.

use super::fingerprint::Fingerprints;
use super::form::Key;
use super::table::Index;
use crate::Value;

type Pair = (Value, Value);

impl Index {
    /// Makes an index of pairs whose keys all differ.
    pub(crate) fn new(pairs: &[Pair]) -> Self {
        let mut index = Index::with_room_for(pairs.len());
        let mut fingerprints = Fingerprints::default();
        for (position, (key, _)) in pairs.iter().enumerate() {
            index.insert(&Key::of(key, &mut fingerprints), position);
        }
        index
    }

    /// Returns the position of a key in the pairs of the index.
    pub(crate) fn position(&self, pairs: &[Pair], wanted: &Key<'_>) -> Option<usize> {
        let mut fingerprints = Fingerprints::default();
        self.positions(wanted)
            .find(|position| match pairs.get(*position) {
                Some((other, _)) => Key::of(other, &mut fingerprints) == *wanted,
                None => false,
            })
    }

    /// Adds the key of the last pair; `false` if the index is full.
    #[must_use]
    pub(crate) fn push(&mut self, pairs: &[Pair]) -> bool {
        let Some((key, _)) = pairs.last() else {
            return false;
        };
        let room = self.has_room();
        if room {
            self.insert(&Key::of(key, &mut Fingerprints::default()), pairs.len() - 1);
        }
        room
    }
}
