//! Where each key of a large dict stands.

use std::hash::{BuildHasher, RandomState};

use super::{Key, Prints};
use crate::Value;

type Pair = (Value, Value);

/// A table of positions: it holds no keys, so it lies beside them.
pub(crate) struct Index {
    state: RandomState,
    /// Open addressing: as many as a power of two, at most half of them taken.
    slots: Vec<usize>,
    count: usize,
}

const EMPTY: usize = usize::MAX;

impl Index {
    /// Of pairs whose keys all differ.
    pub(crate) fn new(pairs: &[Pair]) -> Self {
        let mut index = Index {
            state: RandomState::new(),
            slots: vec![EMPTY; (pairs.len() * 2).next_power_of_two().max(2)],
            count: 0,
        };
        let mut prints = Prints::default();
        for (position, (key, _)) in pairs.iter().enumerate() {
            index.insert(&Key::of(key, &mut prints), position);
        }
        index
    }

    /// Where a key stands in the pairs that the index is of.
    pub(crate) fn position(&self, pairs: &[Pair], wanted: &Key<'_>) -> Option<usize> {
        let mut prints = Prints::default();
        self.chain(wanted)
            .map(|slot| self.slots[slot])
            .take_while(|position| *position != EMPTY)
            .find(|position| match pairs.get(*position) {
                Some((other, _)) => Key::of(other, &mut prints) == *wanted,
                None => false,
            })
    }

    /// Notes the key of a pair that was added last; `false` where there is no room left.
    #[must_use]
    pub(crate) fn push(&mut self, pairs: &[Pair]) -> bool {
        let Some((key, _)) = pairs.last() else {
            return false;
        };
        let room = (self.count + 1) * 2 <= self.slots.len();
        if room {
            self.insert(&Key::of(key, &mut Prints::default()), pairs.len() - 1);
        }
        room
    }

    fn insert(&mut self, key: &Key<'_>, position: usize) {
        let free = self.chain(key).find(|slot| self.slots[*slot] == EMPTY);
        if let Some(slot) = free {
            self.slots[slot] = position;
            self.count += 1;
        }
    }

    /// The slots in which a key may be noted, in order.
    fn chain(&self, key: &Key<'_>) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        // Only as many bits count as there are slots.
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are enough")]
        let first = self.state.hash_one(key) as usize;
        (0..=mask).map(move |step| first.wrapping_add(step) & mask)
    }
}
