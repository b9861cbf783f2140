//! A limit for connections to one manager that are being made at once.
//!
//! The backlog of CPython's managers is 5 (Python 2.7), 16, or from 3.12 on 128. On TCP a client beyond
//! the backlog believes it is connected and stalls until the kernel retransmits, for seconds. So the
//! threads of a process dial a few at a time. That takes no longer, because the manager's threads take
//! turns as well.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::call_limit::CallLimit;
use super::lock;
use crate::error::Result;

/// Leaves room in the smallest backlog for one or two other processes.
const AT_ONCE: usize = 3;

/// After this long it is not our own threads that hold the others up.
const LONG: Duration = Duration::from_secs(5);

/// How often a thread that waits looks at the limit of its call.
const CHECK_INTERVAL: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
pub(super) struct DialLimit {
    dialling: Mutex<usize>,
    finished: Condvar,
}

impl DialLimit {
    /// Waits for a turn, at most for a while: a manager may hang.
    pub(super) fn wait(&self, limit: &CallLimit) -> Result<Turn<'_>> {
        let mut dialling = lock(&self.dialling);
        let mut waited = Duration::ZERO;
        while *dialling >= AT_ONCE && waited < LONG {
            let (guard, result) = self
                .finished
                .wait_timeout(dialling, CHECK_INTERVAL)
                .unwrap_or_else(PoisonError::into_inner);
            dialling = guard;
            if result.timed_out() {
                waited += CHECK_INTERVAL;
            }
            limit.check()?;
        }
        *dialling += 1;
        Ok(Turn(self))
    }
}

/// Lets the next thread dial when it is dropped.
pub(super) struct Turn<'a>(&'a DialLimit);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *lock(&self.0.dialling) -= 1;
        self.0.finished.notify_one();
    }
}
