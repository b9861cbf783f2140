//! A hash table beside what it is about.

use std::hash::{BuildHasher, Hash, RandomState};

/// A table of positions: it holds no keys, so it lies beside them.
pub(crate) struct Index {
    state: RandomState,
    /// Open addressing: as many as a power of two, at most half of them taken.
    slots: Vec<usize>,
    count: usize,
}

const EMPTY: usize = usize::MAX;

impl Index {
    /// An empty one for that many keys.
    pub(super) fn with_room_for(count: usize) -> Self {
        Index {
            state: RandomState::new(),
            slots: vec![EMPTY; (count * 2).next_power_of_two().max(2)],
            count: 0,
        }
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        (self.count + 1) * 2 <= self.slots.len()
    }

    /// Where keys stand that may be this one.
    #[inline]
    pub(super) fn positions(&self, key: &impl Hash) -> impl Iterator<Item = usize> {
        self.chain(key)
            .map(|slot| self.slots[slot])
            .take_while(|position| *position != EMPTY)
    }

    /// Notes where a key stands.
    pub(super) fn insert(&mut self, key: &impl Hash, position: usize) {
        let free = self.chain(key).find(|slot| self.slots[*slot] == EMPTY);
        if let Some(slot) = free {
            self.slots[slot] = position;
            self.count += 1;
        }
    }

    /// The slots in which a key may be noted, in order.
    #[inline]
    fn chain<K: Hash>(&self, key: &K) -> impl Iterator<Item = usize> + use<K> {
        let mask = self.slots.len() - 1;
        // Only as many bits count as there are slots.
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are enough")]
        let first = self.state.hash_one(key) as usize;
        (0..=mask).map(move |step| first.wrapping_add(step) & mask)
    }
}
