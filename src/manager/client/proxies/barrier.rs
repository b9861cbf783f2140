//! Barriers.

use std::time::Duration;

use mpconn_proto::manager::wire::Count;

use super::blocking::in_one_piece;
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// A place where a number of threads wait for each other: `threading.Barrier` at the manager,
    /// Python 3.3 and later.
    ///
    /// # Giving up
    /// In Python, a thread that leaves a barrier before its time breaks it for all; a timeout does so too.
    /// So a wait cannot be cut into short ones, and takes no [`Cancel`](crate::manager::Cancel). Call
    /// [`abort`](Self::abort) from another thread, which ends all waits with a broken barrier, and
    /// [`reset`](Self::reset) to use it again.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Barrier, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let start: Barrier = manager.create("start", ())?;
    /// if start.wait()? == 0 {
    ///     println!("all {} are here", start.parties()?);
    /// }
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    Barrier
}

impl Manager {
    /// Creates a barrier for that many threads: `manager.Barrier(parties)`.
    ///
    /// # Errors
    /// Fails as [`create`](Self::create). Python 2.7 has no barriers:
    /// [`is_not_registered`](crate::manager::RemoteError::is_not_registered).
    pub fn barrier(&self, parties: usize) -> Result<Barrier> {
        self.create("Barrier", (parties,))
    }

    /// Creates a barrier that a wait breaks after that time by default:
    /// `manager.Barrier(parties, timeout=timeout)`.
    ///
    /// # Errors
    /// As [`barrier`](Self::barrier).
    pub fn barrier_with(&self, parties: usize, timeout: Duration) -> Result<Barrier> {
        self.create_kw("Barrier", (parties,), [("timeout", timeout.as_secs_f64())])
    }
}

impl Barrier {
    /// Waits until all parties wait: `barrier.wait()`. Returns a number from 0 to
    /// [`parties`](Self::parties) - 1, another one to each.
    ///
    /// It has no time limit but that of [`barrier_with`](Manager::barrier_with): the manager's
    /// [`call_timeout`](crate::manager::Builder::call_timeout) does not apply.
    ///
    /// # Errors
    /// Fails with [`is_broken_barrier`](crate::manager::RemoteError::is_broken_barrier) if it is broken, and
    /// as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait(&self) -> Result<usize> {
        let Count(n) = self.proxy.call_unlimited("wait", &())?;
        Ok(n)
    }

    /// Waits until all parties wait, for a limited time, after which the barrier is broken for all:
    /// `barrier.wait(timeout)`.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize> {
        let limit = in_one_piece(&self.proxy, timeout);
        let args = (timeout.as_secs_f64(),);
        let Count(n) = self.proxy.call_within("wait", &args, &(), &limit)?;
        Ok(n)
    }
}
