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
    /// A lock with a way to wait for what others do under it: `threading.Condition` at the manager.
    ///
    /// As in Python whoever waits or notifies has to hold it, and holds it again after waiting.
    ///
    /// # Giving up
    /// [`wait`](Self::wait) and [`wait_timeout`](Self::wait_timeout) cannot be cancelled, and do
    /// not know the manager's [`call_timeout`](crate::manager::Builder::call_timeout): Python does
    /// not end a wait before the lock is acquired again, and closing the connection would leave it
    /// locked for ever. Nor can they be cut into pieces. While a piece that is over waits for the
    /// lock, a notification may be spent on it, which says all the same that its time was over; the
    /// next piece would wait for another one. [`wait_for`](Self::wait_for) can: after each piece it
    /// holds the lock and looks itself, so that nothing can be missed.
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
    /// A new condition with an `RLock` of its own: `manager.Condition()`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn condition(&self) -> Result<Condition> {
        self.create("Condition", ())
    }

    /// A new condition of a [`Lock`](super::Lock) or [`RLock`](super::RLock) of this manager's:
    /// `manager.Condition(lock)`.
    ///
    /// Python 3 gives the condition a proxy of the lock. That works for a `Lock`, where the
    /// manager's process has the key as its `current_process().authkey`, as one that Python's
    /// `Manager()` starts does. A condition of an `RLock` can be acquired and released, but a
    /// `RuntimeError` says "cannot wait on un-acquired lock" when it is waited for or notified,
    /// from Python as well. Python 2.7 gives it the lock itself: both work.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn condition_of(&self, lock: &impl AsRef<Proxy>) -> Result<Condition> {
        self.create("Condition", (lock.as_ref(),))
    }
}

impl Condition {
    /// Waits until notified: `condition.wait()`. What others wait for may wake this one, as in
    /// Python: look, or use [`wait_for`](Self::wait_for).
    ///
    /// # Errors
    /// [`remote`](crate::Error::remote) with a `RuntimeError` where the lock is not held, and as
    /// [`Proxy::call`].
    pub fn wait(&self) -> Result<()> {
        self.wait_once(None).map(drop)
    }

    /// The same for a time: `condition.wait(timeout)`. Whether it was notified in time.
    ///
    /// It may take longer: until the lock is acquired again. Python 2.7 does not say whether it was
    /// notified: there this is whether the answer came before the time was over.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        let began = Instant::now();
        let told = self.wait_once(Some(timeout))?;
        Ok(told.unwrap_or_else(|| began.elapsed() < timeout))
    }

    /// Waits until the predicate is true, which is asked while the lock is held:
    /// `condition.wait_for(predicate, timeout)`. What it said last.
    ///
    /// What can be cancelled waits in pieces of a tenth of a second, and asks after each of them.
    /// The lock is held afterwards in any case.
    ///
    /// # Errors
    /// What the predicate fails with, [`is_cancelled`](crate::Error::is_cancelled), and as
    /// [`wait`](Self::wait).
    pub fn wait_for(
        &self,
        mut predicate: impl FnMut() -> Result<bool>,
        how_long: impl Into<Wait>,
    ) -> Result<bool> {
        let how_long = how_long.into();
        let end = Deadline::after(how_long.timeout);
        loop {
            // First of all, and after each wait: a notification may have been spent on this one.
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
