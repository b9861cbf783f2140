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
    /// A new queue for at most `maxsize` objects, 0 for any number: `manager.Queue(maxsize)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn queue<T>(&self, maxsize: usize) -> Result<Queue<T>> {
        self.create("Queue", (maxsize,))
    }

    /// The same under its other name: `manager.JoinableQueue(maxsize)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn joinable_queue<T>(&self, maxsize: usize) -> Result<Queue<T>> {
        self.create("JoinableQueue", (maxsize,))
    }
}

impl<T: DeserializeOwned> Queue<T> {
    /// Takes the next object, waiting for it: `queue.get()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get(&self) -> Result<T> {
        self.get_with(Wait::new())
    }

    /// The same, for a time or until it is cancelled: `queue.get(True, timeout)`. A wait that is
    /// over has taken nothing.
    ///
    /// # Errors
    /// [`is_empty`](crate::manager::RemoteError::is_empty) when there was nothing in time,
    /// [`is_cancelled`](crate::Error::is_cancelled), and as
    /// [`Proxy::call`](crate::manager::Proxy::call).
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
    /// Adds an object, waiting for room: `queue.put(item)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn put(&self, item: &T) -> Result<()> {
        self.put_with(item, Wait::new())
    }

    /// The same, for a time or until it is cancelled: `queue.put(item, True, timeout)`.
    ///
    /// # Errors
    /// [`is_full`](crate::manager::RemoteError::is_full) when there was no room in time,
    /// [`is_cancelled`](crate::Error::is_cancelled), and as
    /// [`Proxy::call`](crate::manager::Proxy::call).
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

    /// The same, for a time or until it is cancelled. Python has neither: its thread goes on
    /// waiting, which changes nothing, and this thread's next call opens a new connection.
    ///
    /// # Errors
    /// [`is_timed_out`](crate::Error::is_timed_out), [`is_cancelled`](crate::Error::is_cancelled), and as
    /// [`Proxy::call`](crate::manager::Proxy::call).
    pub fn join_with(&self, how_long: impl Into<Wait>) -> Result<()> {
        let Wait { timeout, cancel } = how_long.into();
        let limit = CallLimit::new(timeout, cancel);
        self.proxy.call_within("join", &(), &(), &limit)
    }
}
