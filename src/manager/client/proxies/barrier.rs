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
    /// Python has no way to leave a barrier that does not break it for all: a wait whose time is
    /// over does. So waiting cannot be cut into pieces, and takes no
    /// [`Cancel`](crate::manager::Cancel): call [`abort`](Self::abort) from another thread, which
    /// ends the waiting of all as the error of a broken barrier, and
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
    /// A new barrier for so many: `manager.Barrier(parties)`.
    ///
    /// # Errors
    /// As [`create`](Self::create): a `KeyError` of Python 2.7, which has none.
    pub fn barrier(&self, parties: usize) -> Result<Barrier> {
        self.create("Barrier", (parties,))
    }

    /// The same with a time after which waiting breaks it, where nothing else is said:
    /// `manager.Barrier(parties, timeout=timeout)`.
    ///
    /// # Errors
    /// As [`barrier`](Self::barrier).
    pub fn barrier_with(&self, parties: usize, timeout: Duration) -> Result<Barrier> {
        self.create_kw("Barrier", (parties,), [("timeout", timeout.as_secs_f64())])
    }
}

impl Barrier {
    /// Waits until as many wait as it is for: `barrier.wait()`. A number from 0 to
    /// [`parties`](Self::parties) - 1, another one for each.
    ///
    /// It takes as long as it takes, or as [`barrier_with`](Manager::barrier_with) said: the
    /// manager's [`call_timeout`](crate::manager::Builder::call_timeout) is not meant for it.
    ///
    /// # Errors
    /// [`is_broken_barrier`](crate::manager::RemoteError::is_broken_barrier), and as
    /// [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait(&self) -> Result<usize> {
        let Count(n) = self.proxy.call_unlimited("wait", &())?;
        Ok(n)
    }

    /// The same for a time, after which the barrier is broken, for all: `barrier.wait(timeout)`.
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
