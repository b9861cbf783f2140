//! A limit of open connections.

use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the first client beyond the limit waits for a slot. Later ones wait in the backlog.
const WAIT: Duration = Duration::from_secs(1);

/// The slots; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    shared: Arc<Shared>,
    max: usize,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    /// Whether a client has waited in vain since a slot was last freed.
    crowded: bool,
}

/// A slot, freed on drop.
#[derive(Debug)]
pub(crate) struct Slot(Arc<Shared>);

impl Slots {
    pub(crate) fn new(max: NonZeroUsize) -> Slots {
        Slots {
            shared: Arc::default(),
            max: max.get(),
        }
    }

    /// Takes a slot. Returns `None` if none becomes free in time; from then on without waiting, until
    /// one is freed.
    pub(crate) fn take(&self) -> Option<Slot> {
        let mut state = self.shared.state();
        if state.taken >= self.max && !state.crowded {
            let waited = self
                .shared
                .freed
                .wait_timeout_while(state, WAIT, |state| state.taken >= self.max);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.crowded = state.taken >= self.max;
        if state.crowded {
            return None;
        }
        state.taken += 1;
        Some(Slot(Arc::clone(&self.shared)))
    }

    /// Returns how many there are.
    pub(crate) fn max(&self) -> usize {
        self.max
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.taken -= 1;
        state.crowded = false;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_taken_once_and_given_back() {
        let slots = Slots::new(NonZeroUsize::new(2).unwrap());
        let (one, two) = (slots.take().unwrap(), slots.take().unwrap());
        // The first waits for its moment, those after it do not.
        assert!((0..100).all(|_| slots.take().is_none()));
        drop(one);
        let three = slots.take().unwrap();
        let waiting = std::thread::spawn({
            let slots = slots.clone();
            move || slots.take().is_some()
        });
        drop((two, three));
        assert!(waiting.join().unwrap());
        assert_eq!(slots.shared.state().taken, 0);
    }
}
