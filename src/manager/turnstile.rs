//! How many connections to a manager are being made at once.
//!
//! CPython's managers have room for 5 (Python 2.7), 16, or from 3.12 on 128 that they have not
//! accepted yet. Over TCP whoever comes on top believes to be connected, and waits for seconds
//! until the system's next attempt. So threads of one process go in few at a time, which takes no
//! longer: the manager's threads take turns as well.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::exchange::Patience;
use super::inner::lock;
use crate::error::Result;

/// With those of another process or two that is still within the smallest room.
const AT_ONCE: usize = 3;

/// After this long it is not the crowd that holds the others up.
const LONG: Duration = Duration::from_secs(5);

/// How often those who wait look at their own patience.
const GLANCE: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
pub(super) struct Turnstile {
    inside: Mutex<usize>,
    left: Condvar,
}

impl Turnstile {
    /// Waits until there is room; not for ever, since a manager may hang.
    pub(super) fn enter(&self, patience: &Patience) -> Result<Inside<'_>> {
        let mut inside = lock(&self.inside);
        let mut waited = Duration::ZERO;
        while *inside >= AT_ONCE && waited < LONG {
            let (guard, result) = self
                .left
                .wait_timeout(inside, GLANCE)
                .unwrap_or_else(PoisonError::into_inner);
            inside = guard;
            if result.timed_out() {
                waited += GLANCE;
            }
            patience.check()?;
        }
        *inside += 1;
        Ok(Inside(self))
    }
}

/// Makes room when it is dropped.
pub(super) struct Inside<'a>(&'a Turnstile);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        *lock(&self.0.inside) -= 1;
        self.0.left.notify_one();
    }
}
