//! References that are to be given back to a manager. No I/O.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lock;
use crate::pickle::Str;

/// The objects that the queue has room for. References to further ones are lost, which an event tells.
pub(super) const MAX_OBJECTS: usize = 1 << 16;

/// References to one object.
#[derive(Debug)]
pub(super) struct Release<Owner> {
    pub(super) ident: Str,
    pub(super) typeid: Str,
    /// How many references. The manager counts each, and takes each back with a request of its own.
    pub(super) count: u64,
    pub(super) generation: u64,
    /// Keeps what sends it alive. `Owner` is [`Session`](super::session::Session).
    pub(super) owner: Arc<Owner>,
}

/// References that were dropped and not given back yet: objects in the order in which their first
/// reference was dropped.
///
/// One thread takes releases out and sends them: [`next`](Self::next) and [`sent`](Self::sent).
#[derive(Debug)]
pub(super) struct ReleaseQueue<Owner> {
    state: Mutex<State<Owner>>,
    changed: Condvar,
    is_known_to_exit: AtomicBool,
}

#[derive(Debug)]
struct State<Owner> {
    releases: BTreeMap<u64, Release<Owner>>,
    places: HashMap<Str, u64>,
    next_place: u64,
    /// References that found no room.
    lost: u64,
    /// Whether a release has been taken out and is being sent.
    is_sending: bool,
    /// Whether a thread runs that sends them.
    has_thread: bool,
    /// The process whose references and thread these are. A child made by `fork` has a copy of the queue,
    /// but no thread, and the references are not its own.
    process: u32,
}

/// What the sending thread does next.
#[derive(Debug)]
pub(super) enum Next<Owner> {
    Send(Release<Owner>),
    /// That many references were lost, which is to be told.
    Lost(u64),
    /// Nothing has come for a while: the thread ends.
    End,
}

impl<Owner> Default for ReleaseQueue<Owner> {
    fn default() -> Self {
        ReleaseQueue {
            state: Mutex::new(State {
                releases: BTreeMap::new(),
                places: HashMap::new(),
                next_place: 0,
                lost: 0,
                is_sending: false,
                has_thread: false,
                process: std::process::id(),
            }),
            is_known_to_exit: AtomicBool::new(false),
            changed: Condvar::new(),
        }
    }
}

impl<Owner> ReleaseQueue<Owner> {
    fn state(&self) -> MutexGuard<'_, State<Owner>> {
        let mut state = lock(&self.state);
        state.forget_parent();
        state
    }

    /// Returns whether this is the first time that it is asked.
    pub(super) fn is_new_to_exit(&self) -> bool {
        !self.is_known_to_exit.swap(true, Relaxed)
    }

    /// Adds a reference. Returns whether a thread has to be started that sends it.
    pub(super) fn push(&self, release: Release<Owner>) -> bool {
        let mut state = self.state();
        state.add(release);
        let must_start = state.start();
        drop(state);
        self.changed.notify_all();
        must_start
    }

    /// Returns whether a thread has to be started, where an earlier one could not be.
    pub(super) fn must_start(&self) -> bool {
        let mut state = self.state();
        !state.releases.is_empty() && state.start()
    }

    /// Notes that the thread could not be started.
    pub(super) fn not_started(&self) {
        self.state().has_thread = false;
        self.changed.notify_all();
    }

    /// Takes back a reference to an object of that generation, which the manager still counts.
    pub(super) fn take_back(&self, ident: &str, generation: u64) -> bool {
        let mut state = self.state();
        let Some(&place) = state.places.get(ident) else {
            return false;
        };
        let Some(release) = state.releases.get_mut(&place) else {
            return false;
        };
        if release.generation != generation {
            return false;
        }
        release.count -= 1;
        if release.count == 0 {
            let taken = state.remove(place);
            drop(state);
            drop(taken);
            self.changed.notify_all();
        }
        true
    }

    /// Forgets all: the objects are gone.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.places.clear();
        let releases = std::mem::take(&mut state.releases);
        drop(state);
        // An owner may go with them.
        drop(releases);
        self.changed.notify_all();
    }

    /// Waits for something to send, at most that long.
    pub(super) fn next(&self, rest: Duration) -> Next<Owner> {
        let end = Instant::now() + rest;
        let mut state = self.state();
        loop {
            if state.lost > 0 {
                return Next::Lost(std::mem::take(&mut state.lost));
            }
            if let Some(&place) = state.releases.keys().next() {
                state.is_sending = true;
                let release = state.remove(place);
                return release.map_or(Next::End, Next::Send);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.has_thread = false;
                return Next::End;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Notes that what was taken out is sent, or failed for good.
    pub(super) fn sent(&self) {
        self.state().is_sending = false;
        self.changed.notify_all();
    }

    /// Puts back what was taken out and could not be sent.
    pub(super) fn put_back(&self, release: Release<Owner>) {
        let mut state = self.state();
        state.is_sending = false;
        state.add(release);
    }

    /// Waits until nothing is left, at most that long. Returns whether nothing is.
    pub(super) fn wait_until_empty(&self, timeout: Duration) -> bool {
        let busy = |state: &mut State<Owner>| state.is_sending || !state.releases.is_empty();
        let waited = self.changed.wait_timeout_while(self.state(), timeout, busy);
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        !state.is_sending && state.releases.is_empty()
    }
}

impl<Owner> State<Owner> {
    fn add(&mut self, release: Release<Owner>) {
        let known = self.places.get(&release.ident).copied();
        let known = known.and_then(|place| self.releases.get_mut(&place));
        if let Some(known) = known {
            known.count += release.count;
        } else if self.releases.len() >= MAX_OBJECTS {
            self.lost += release.count;
        } else {
            self.places.insert(release.ident.clone(), self.next_place);
            self.releases.insert(self.next_place, release);
            self.next_place += 1;
        }
    }

    fn remove(&mut self, place: u64) -> Option<Release<Owner>> {
        let release = self.releases.remove(&place)?;
        self.places.remove(&release.ident);
        Some(release)
    }

    /// Returns whether a thread has to be started, which is taken for done.
    fn start(&mut self) -> bool {
        !std::mem::replace(&mut self.has_thread, true)
    }

    /// Empties the copy that a child made by `fork` has.
    fn forget_parent(&mut self) {
        let process = std::process::id();
        if self.process != process {
            self.process = process;
            self.has_thread = false;
            self.is_sending = false;
            self.lost = 0;
            self.places.clear();
            // Not dropped: the last reference to a session would close the parent's connections.
            std::mem::forget(std::mem::take(&mut self.releases));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(ident: &str, generation: u64) -> Release<()> {
        Release {
            ident: ident.into(),
            typeid: "list".into(),
            count: 1,
            generation,
            owner: Arc::new(()),
        }
    }

    fn next(queue: &ReleaseQueue<()>) -> Option<(String, u64)> {
        match queue.next(Duration::ZERO) {
            Next::Send(release) => Some((release.ident.to_string(), release.count)),
            _ => None,
        }
    }

    #[test]
    fn references_to_one_object_are_one_entry() {
        let queue = ReleaseQueue::default();
        assert!(queue.push(release("a", 0)), "the first one starts a thread");
        for ident in ["b", "a", "a"] {
            assert!(!queue.push(release(ident, 0)));
        }
        assert_eq!(next(&queue), Some(("a".to_owned(), 3)));
        assert!(!queue.wait_until_empty(Duration::ZERO));
        assert_eq!(next(&queue), Some(("b".to_owned(), 1)));
        assert!(!queue.wait_until_empty(Duration::ZERO), "b is being sent");
        queue.sent();
        assert!(queue.wait_until_empty(Duration::ZERO));
        assert!(matches!(queue.next(Duration::ZERO), Next::End));
        assert!(queue.push(release("c", 0)), "the thread has ended");
    }

    #[test]
    fn a_reference_is_taken_back_while_it_waits() {
        let queue = ReleaseQueue::default();
        queue.push(release("a", 4));
        queue.push(release("a", 4));
        assert!(!queue.take_back("b", 4));
        assert!(
            !queue.take_back("a", 3),
            "an object of a manager that was lost"
        );
        assert!(queue.take_back("a", 4) && queue.take_back("a", 4));
        assert!(!queue.take_back("a", 4));
        assert!(queue.wait_until_empty(Duration::ZERO));
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let queue = ReleaseQueue::default();
        for n in 0..MAX_OBJECTS + 10 {
            queue.push(release(&n.to_string(), 0));
        }
        queue.push(release("0", 0));
        assert!(matches!(queue.next(Duration::ZERO), Next::Lost(10)));
        assert_eq!(next(&queue), Some(("0".to_owned(), 2)));
        queue.clear();
        queue.sent();
        assert!(queue.wait_until_empty(Duration::ZERO));
    }

    #[test]
    fn a_thread_that_could_not_be_started_is_tried_again() {
        let queue = ReleaseQueue::default();
        assert!(queue.push(release("a", 0)));
        queue.not_started();
        assert!(!queue.wait_until_empty(Duration::ZERO));
        assert!(queue.must_start() && !queue.must_start());
    }
}
