//! Locks.

use super::acquire::acquirer;
use super::typed::typed;
use crate::error::Result;
use crate::manager::{Manager, Proxy};

typed! {
    /// A lock: `threading.Lock` at the manager.
    ///
    /// It has no owner: any thread of any process may release it.
    ///
    /// # Examples
    /// ```no_run
    /// use std::time::Duration;
    /// use mpconn::manager::{Lock, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let lock: Lock = manager.lock()?;
    /// {
    ///     let _guard = lock.lock()?;
    ///     // Nobody else holds it here.
    /// }
    /// match lock.lock_with(Duration::from_secs(1))? {
    ///     Some(guard) => guard.release()?,
    ///     None => println!("somebody else has it"),
    /// }
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    Lock
}
acquirer!(Lock, Guard);

typed! {
    /// A lock that its owner may acquire again: `threading.RLock` at the manager.
    ///
    /// Its owner is the server thread at the other end of a Rust thread's connection. Each thread has a
    /// connection of its own, so the Rust thread owns it, until it has released it as often as it has
    /// acquired it. See [`ThreadGuard`](super::ThreadGuard) for what happens if the connection closes
    /// first.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Manager, RLock};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let lock: RLock = manager.rlock()?;
    /// let _outer = lock.lock()?;
    /// let _inner = lock.lock()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    RLock
}
acquirer!(RLock, ThreadGuard);

impl Manager {
    /// Creates a lock: `manager.Lock()`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn lock(&self) -> Result<Lock> {
        self.create("Lock", ())
    }

    /// Creates a lock that its owner may acquire again: `manager.RLock()`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn rlock(&self) -> Result<RLock> {
        self.create("RLock", ())
    }
}

/// For [`Manager::condition_of`].
impl AsRef<Proxy> for Lock {
    fn as_ref(&self) -> &Proxy {
        self.proxy()
    }
}

/// For [`Manager::condition_of`].
impl AsRef<Proxy> for RLock {
    fn as_ref(&self) -> &Proxy {
        self.proxy()
    }
}
