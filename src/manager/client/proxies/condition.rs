//! Conditions.

use std::time::{Duration, Instant};

use super::acquire::acquirer;
use super::blocking::{CANCELLABLE, not_cancelled};
use super::typed::typed;
use crate::error::Result;
use crate::manager::client::call_limit::CallLimit;
use crate::manager::{Manager, Proxy, Wait};
use crate::transport::readiness::Deadline;

typed! {
    /// A lock, and a way to wait for what others do while they hold it: `threading.Condition` at the manager.
    ///
    /// As in Python, a thread has to hold it to wait or to notify, and holds it again after waiting.
    ///
    /// # Giving up
    /// [`wait`](Self::wait) and [`wait_timeout`](Self::wait_timeout) cannot be cancelled, and the
    /// manager's [`call_timeout`](crate::manager::Builder::call_timeout) does not apply. Python does
    /// not end a wait before it has the lock again, and closing the connection would leave the
    /// condition locked forever. A wait cannot be cut into short ones either: a notification may
    /// arrive while one whose time is over waits for the lock; it would be lost, because Python
    /// reports the timeout. [`wait_for`](Self::wait_for) can be cancelled: after each short wait it
    /// holds the lock and asks the predicate, so that it misses nothing.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Cancel, Condition, Manager, Queue};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let changed: Condition = manager.condition()?;
    /// let orders: Queue<String> = manager.queue(0)?;
    /// let cancel = Cancel::new();
    /// let guard = changed.lock()?;
    /// changed.wait_for(|| Ok(orders.qsize()? >= 10), &cancel)?;
    /// guard.release()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    Condition
}
acquirer!(Condition, ThreadGuard);

impl Manager {
    /// Creates a condition with an `RLock` of its own: `manager.Condition()`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn condition(&self) -> Result<Condition> {
        self.create("Condition", ())
    }

    /// Creates a condition with a [`Lock`](super::Lock) or [`RLock`](super::RLock) of this manager:
    /// `manager.Condition(lock)`.
    ///
    /// Python 3 gives the condition a proxy of the lock. With a `Lock` that works if the manager's
    /// process has the key as its `current_process().authkey`, as one that Python's `Manager()`
    /// starts has. With an `RLock` the condition can be acquired and released, but waiting and
    /// notifying raise the `RuntimeError` "cannot wait on un-acquired lock", from Python as well.
    /// Python 2.7 gives it the lock itself, and both work.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn condition_of(&self, lock: &impl AsRef<Proxy>) -> Result<Condition> {
        self.create("Condition", (lock.as_ref(),))
    }
}

impl Condition {
    /// Waits until it is notified: `condition.wait()`. As in Python, the notification may be meant for
    /// others: check what you wait for, or use [`wait_for`](Self::wait_for).
    ///
    /// # Errors
    /// Fails with a `RuntimeError` if the lock is not held, and as [`Proxy::call`].
    pub fn wait(&self) -> Result<()> {
        self.wait_once(None).map(drop)
    }

    /// Waits until it is notified, for a limited time: `condition.wait(timeout)`. Returns whether it was
    /// notified in time.
    ///
    /// It may take longer, because it returns with the lock acquired again. Python 2.7 does not tell whether it
    /// was notified; there this is whether the answer came in time.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        let began = Instant::now();
        let told = self.wait_once(Some(timeout))?;
        Ok(told.unwrap_or_else(|| began.elapsed() < timeout))
    }

    /// Waits until the predicate is true, which is called while the lock is held:
    /// `condition.wait_for(predicate, timeout)`. Returns what it returned last.
    ///
    /// A wait that can be cancelled is cut into waits of a tenth of a second, and the predicate is called
    /// after each. The lock is held afterwards in any case.
    ///
    /// # Errors
    /// Fails with the predicate's error, if the wait is cancelled, and as [`wait`](Self::wait).
    pub fn wait_for(
        &self,
        mut predicate: impl FnMut() -> Result<bool>,
        how_long: impl Into<Wait>,
    ) -> Result<bool> {
        let how_long = how_long.into();
        let end = Deadline::after(how_long.timeout);
        loop {
            // First of all, and after each wait: it may have been notified without being told.
            if predicate()? {
                return Ok(true);
            }
            not_cancelled(&how_long)?;
            if end.has_passed() {
                return Ok(false);
            }
            let piece = how_long.cancel.as_ref().map(|_| CANCELLABLE);
            self.wait_once(match (end.remaining(), piece) {
                (Some(left), Some(piece)) => Some(left.min(piece)),
                (left, piece) => left.or(piece),
            })?;
        }
    }

    fn wait_once(&self, timeout: Option<Duration>) -> Result<Option<bool>> {
        let args = (timeout.map(|timeout| timeout.as_secs_f64()),);
        let limit = CallLimit::NONE;
        self.proxy.call_within("wait", &args, &(), &limit)
    }
}
