//! Semaphores.

use super::acquire::acquirer;
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// A counter that can be acquired that many times, and released by anybody: `threading.Semaphore` at the
    /// manager.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Manager, Semaphore};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let downloads: Semaphore = manager.semaphore(4)?;
    /// let _one_of_four = downloads.lock()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    Semaphore
}
acquirer!(Semaphore, Guard);

typed! {
    /// A semaphore that cannot be released more often than it was acquired:
    /// `threading.BoundedSemaphore` at the manager.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{BoundedSemaphore, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let downloads: BoundedSemaphore = manager.bounded_semaphore(4)?;
    /// downloads.acquire()?;
    /// downloads.release()?;
    /// assert!(downloads.release().unwrap_err().remote().unwrap().is_value_error());
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    BoundedSemaphore
}
acquirer!(BoundedSemaphore, Guard);

impl Manager {
    /// Creates a semaphore: `manager.Semaphore(value)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn semaphore(&self, value: usize) -> Result<Semaphore> {
        self.create("Semaphore", (value,))
    }

    /// Creates a semaphore that never exceeds `value`: `manager.BoundedSemaphore(value)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn bounded_semaphore(&self, value: usize) -> Result<BoundedSemaphore> {
        self.create("BoundedSemaphore", (value,))
    }
}
