//! Whether a manager is there, as far as is known.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::lock;

/// Counts how often a manager was lost, and lets one thread at a time look for it.
#[derive(Debug, Default)]
pub(super) struct Liveness {
    state: Mutex<State>,
    changed: Condvar,
    /// Whether it has ever answered.
    has_answered: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// How often it was lost: objects of an earlier generation are gone.
    generation: u64,
    is_lost: bool,
    /// A thread looks for it.
    is_sought: bool,
}

/// What [`Liveness::look`] found.
pub(super) enum Found {
    /// The manager is there, in this generation.
    There(u64),
    /// It is lost, and nobody looks for it.
    Lost,
    /// It is lost, and another thread looks for it.
    Sought,
}

impl Liveness {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Returns the current generation, lost or not.
    pub(super) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// Returns whether the manager is there, and `generation` is the current one.
    pub(super) fn is_current(&self, generation: u64) -> bool {
        let state = self.state();
        !state.is_lost && state.generation == generation
    }

    pub(super) fn has_answered(&self) -> bool {
        self.has_answered.load(Relaxed)
    }

    /// Notes an answer.
    pub(super) fn answered(&self) {
        self.has_answered.store(true, Relaxed);
    }

    /// Notes that a search has found the manager. Returns whether it was lost in that generation.
    pub(super) fn found(&self, generation: u64) -> bool {
        let mut state = self.state();
        let was_lost = state.generation == generation && std::mem::take(&mut state.is_lost);
        drop(state);
        if was_lost {
            self.changed.notify_all();
        }
        was_lost
    }

    /// Notes that this generation is lost. Returns whether that is news.
    pub(super) fn lose(&self, generation: u64) -> bool {
        let mut state = self.state();
        if state.generation != generation || state.is_lost {
            return false;
        }
        state.end_generation();
        true
    }

    /// Notes that the manager has ended as we asked it to.
    pub(super) fn end(&self) {
        self.state().end_generation();
    }

    /// Looks whether the manager is there.
    pub(super) fn look(&self) -> Found {
        let state = self.state();
        match (state.is_lost, state.is_sought) {
            (false, _) => Found::There(state.generation),
            (true, false) => Found::Lost,
            (true, true) => Found::Sought,
        }
    }

    /// Begins to look for a lost manager, if nobody else does: returns its generation.
    pub(super) fn begin_search(&self) -> Option<(u64, Search<'_>)> {
        let mut state = self.state();
        if !state.is_lost || state.is_sought {
            return None;
        }
        state.is_sought = true;
        Some((state.generation, Search(self)))
    }

    /// Waits until something may have changed, at most that long.
    pub(super) fn wait(&self, timeout: Duration) {
        let state = self.state();
        if state.is_lost && state.is_sought {
            let waited = self.changed.wait_timeout(state, timeout);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl State {
    fn end_generation(&mut self) {
        self.generation += 1;
        self.is_lost = true;
    }
}

/// Lets others look for the manager again when it is dropped.
pub(super) struct Search<'a>(&'a Liveness);

impl Drop for Search<'_> {
    fn drop(&mut self) {
        self.0.state().is_sought = false;
        self.0.changed.notify_all();
    }
}
