//! A hash table of positions.

use std::hash::{BuildHasher, Hash, RandomState};

/// A hash table of the positions of keys, which are stored elsewhere.
pub(crate) struct Index {
    state: RandomState,
    /// Open addressing: a power of two, at most half of them used.
    slots: Vec<usize>,
    count: usize,
}

const EMPTY: usize = usize::MAX;

impl Index {
    /// Makes an empty table for that many keys.
    pub(super) fn with_room_for(count: usize) -> Self {
        Index {
            state: RandomState::new(),
            slots: vec![EMPTY; (count * 2).next_power_of_two().max(2)],
            count: 0,
        }
    }

    /// Returns whether one more key fits.
    pub(super) fn has_room(&self) -> bool {
        (self.count + 1) * 2 <= self.slots.len()
    }

    /// Returns the positions of keys that may equal this one.
    #[inline]
    pub(super) fn positions(&self, key: &impl Hash) -> impl Iterator<Item = usize> {
        self.chain(key)
            .map(|slot| self.slots[slot])
            .take_while(|position| *position != EMPTY)
    }

    /// Adds the position of a key.
    pub(super) fn insert(&mut self, key: &impl Hash, position: usize) {
        let free = self.chain(key).find(|slot| self.slots[*slot] == EMPTY);
        if let Some(slot) = free {
            self.slots[slot] = position;
            self.count += 1;
        }
    }

    /// Returns the slots for a key, in probing order.
    #[inline]
    fn chain<K: Hash>(&self, key: &K) -> impl Iterator<Item = usize> + use<K> {
        let mask = self.slots.len() - 1;
        // Only the low bits select a slot.
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are enough")]
        let first = self.state.hash_one(key) as usize;
        (0..=mask).map(move |step| first.wrapping_add(step) & mask)
    }
}
