//! A queue between threads that is bounded in bytes.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Cost of an entry in addition to its bytes.
const ENTRY: usize = 256;

/// Both ends of a queue; clones share it.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    shared: Arc<Shared<T>>,
    max: usize,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue {
            shared: Arc::clone(&self.shared),
            max: self.max,
        }
    }
}

#[derive(Debug)]
struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    /// Each with its cost.
    entries: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

/// What the next entry was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<T> {
    Entry(T),
    /// No entry came before the deadline.
    Late,
    /// The queue is closed and empty.
    Closed,
}

impl<T> Queue<T> {
    /// Creates a queue with room for `max` bytes, and always for one entry of any size.
    pub(crate) fn new(max: usize) -> Queue<T> {
        let state = State {
            entries: VecDeque::new(),
            bytes: 0,
            closed: false,
        };
        Queue {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                changed: Condvar::new(),
            }),
            max,
        }
    }

    /// Adds an entry of that many bytes if there is room now; returns whether there was. A closed queue
    /// accepts and drops everything.
    pub(crate) fn offer(&self, entry: T, bytes: usize) -> bool {
        let mut state = self.state();
        let cost = bytes.saturating_add(ENTRY);
        if state.closed {
            return true;
        }
        let fits = state.has_room(cost, self.max);
        if fits {
            self.put(&mut state, entry, cost);
        }
        fits
    }

    /// Waits for room and adds an entry. Returns it if the queue is closed.
    pub(crate) fn push(&self, entry: T, bytes: usize) -> Result<(), T> {
        let cost = bytes.saturating_add(ENTRY);
        let waited = self.shared.changed.wait_while(self.state(), |state| {
            !state.closed && !state.has_room(cost, self.max)
        });
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(entry);
        }
        self.put(&mut state, entry, cost);
        Ok(())
    }

    fn put(&self, state: &mut State<T>, entry: T, cost: usize) {
        state.bytes += cost;
        state.entries.push_back((entry, cost));
        self.shared.changed.notify_all();
    }

    /// Takes the oldest entry. Waits for one until the deadline, by default without limit.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Next<T> {
        let mut state = self.state();
        loop {
            if let Some((entry, cost)) = state.entries.pop_front() {
                state.bytes -= cost;
                self.shared.changed.notify_all();
                return Next::Entry(entry);
            }
            if state.closed {
                return Next::Closed;
            }
            let changed = &self.shared.changed;
            state = match deadline {
                None => changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Next::Late;
                    }
                    let waited = changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Removes all entries and returns their number.
    pub(crate) fn clear(&self) -> u64 {
        let mut state = self.state();
        let number = state.entries.len() as u64;
        state.entries.clear();
        state.bytes = 0;
        self.shared.changed.notify_all();
        number
    }

    /// Closes the queue; its entries can still be taken.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.shared.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn has_room(&self, cost: usize, max: usize) -> bool {
        self.entries.is_empty() || self.bytes.saturating_add(cost) <= max
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn bytes_are_bounded_and_one_entry_always_fits() {
        let queue = Queue::new(10 * ENTRY);
        assert!(queue.offer(0, 1 << 30));
        assert!(!queue.offer(1, 0));
        assert_eq!(queue.next(None), Next::Entry(0));
        let fit = (0..100).filter(|n| queue.offer(*n, ENTRY)).count();
        assert_eq!(fit, 5);
        queue.close();
        assert_eq!(queue.push(9, 0), Err(9));
        assert!(queue.offer(9, 0));
        assert_eq!(queue.next(None), Next::Entry(0));
        for _ in 1..fit {
            assert!(matches!(queue.next(None), Next::Entry(_)));
        }
        assert_eq!(queue.next(None), Next::Closed);
    }

    #[test]
    fn who_pushes_waits_and_who_takes_may_be_late() {
        let queue = Queue::new(1);
        let late = Instant::now() + Duration::from_millis(1);
        assert_eq!(queue.next(Some(late)), Next::Late);
        queue.push(1, 1).unwrap();
        let pushing = std::thread::spawn({
            let queue = queue.clone();
            move || queue.push(2, 1)
        });
        assert_eq!(queue.next(None), Next::Entry(1));
        assert_eq!(queue.next(None), Next::Entry(2));
        pushing.join().unwrap().unwrap();
    }
}
