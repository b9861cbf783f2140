//! Queues.

use mpconn_proto::manager::RemoteError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blocking::{Waited, wait};
use super::typed::typed;
use crate::error::Result;
use crate::manager::client::call_limit::CallLimit;
use crate::manager::{Manager, Wait};

typed! {
    /// A queue: `queue.Queue` at the manager, which `SyncManager` registers as `Queue` and
    /// `JoinableQueue`. Objects of type `T` go in and come out.
    ///
    /// # Examples
    /// ```no_run
    /// use std::time::Duration;
    /// use mpconn::manager::{Manager, Queue};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let queue: Queue<(String, u32)> = manager.queue(0)?;
    /// queue.put(&("tea".to_owned(), 2))?;
    /// assert_eq!(queue.get_with(Duration::from_secs(1))?.1, 2);
    /// assert!(queue.get_nowait().unwrap_err().remote().unwrap().is_empty());
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "JoinableQueue")]
    Queue<T>
}

impl Manager {
    /// Creates a queue for at most `maxsize` objects, 0 for any number: `manager.Queue(maxsize)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn queue<T>(&self, maxsize: usize) -> Result<Queue<T>> {
        self.create("Queue", (maxsize,))
    }

    /// Creates a queue under its other name: `manager.JoinableQueue(maxsize)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn joinable_queue<T>(&self, maxsize: usize) -> Result<Queue<T>> {
        self.create("JoinableQueue", (maxsize,))
    }
}

impl<T: DeserializeOwned> Queue<T> {
    /// Waits for the next object and takes it: `queue.get()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get(&self) -> Result<T> {
        self.get_with(Wait::new())
    }

    /// Does the same as [`get`](Self::get) for a limited time, or until it is cancelled:
    /// `queue.get(True, timeout)`. A wait that is over or was cancelled has taken nothing.
    ///
    /// # Errors
    /// Fails with [`is_empty`](crate::manager::RemoteError::is_empty) if there was nothing in time, if it is
    /// cancelled, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_with(&self, how_long: impl Into<Wait>) -> Result<T> {
        let taken = wait(&self.proxy, &how_long.into(), |seconds, limit| {
            let taken = match seconds {
                None => self.proxy.call_within("get", &(), &(), limit),
                Some(seconds) => self.proxy.call_within("get", &(true, seconds), &(), limit),
            };
            Waited::told(taken, RemoteError::is_empty)
        });
        taken?.in_time()
    }
}

impl<T: Serialize> Queue<T> {
    /// Waits for room and adds an object: `queue.put(item)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn put(&self, item: &T) -> Result<()> {
        self.put_with(item, Wait::new())
    }

    /// Does the same as [`put`](Self::put) for a limited time, or until it is cancelled:
    /// `queue.put(item, True, timeout)`.
    ///
    /// # Errors
    /// Fails with [`is_full`](crate::manager::RemoteError::is_full) if there was no room in time, if it is
    /// cancelled, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn put_with(&self, item: &T, how_long: impl Into<Wait>) -> Result<()> {
        let put = wait(&self.proxy, &how_long.into(), |seconds, limit| {
            let put = match seconds {
                None => self.proxy.call_within("put", &(item,), &(), limit),
                Some(seconds) => self
                    .proxy
                    .call_within("put", &(item, true, seconds), &(), limit),
            };
            Waited::told(put, RemoteError::is_full)
        });
        put?.in_time()
    }
}

impl<T> Queue<T> {
    /// Waits until all objects are done with: `queue.join()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn join(&self) -> Result<()> {
        self.join_with(Wait::new())
    }

    /// Does the same as [`join`](Self::join) for a limited time, or until it is cancelled. Python has neither:
    /// the manager's thread goes on waiting, which changes nothing, and this thread's next call opens a new
    /// connection.
    ///
    /// # Errors
    /// Fails if the time is over, if it is cancelled, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn join_with(&self, how_long: impl Into<Wait>) -> Result<()> {
        let Wait { timeout, cancel } = how_long.into();
        let limit = CallLimit::new(timeout, cancel);
        self.proxy.call_within("join", &(), &(), &limit)
    }
}
