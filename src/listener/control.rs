//! Steering a listener from other threads.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use crate::transport::readiness::Waker;

/// Orders to a listener that it has not carried out yet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Orders {
    pub(super) cancel: bool,
    pub(super) pause: bool,
    pub(super) shut_down: bool,
}

#[derive(Debug)]
pub(super) struct Control {
    orders: Mutex<Orders>,
    waker: Waker,
}

impl Control {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Control {
            orders: Mutex::default(),
            waker: Waker::new()?,
        })
    }

    pub(super) fn orders(&self) -> Orders {
        *self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a cancellation was asked for; it counts once.
    pub(super) fn take_cancel(&self) -> bool {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut orders.cancel)
    }

    fn order(&self, change: impl FnOnce(&mut Orders)) {
        change(&mut self.orders.lock().unwrap_or_else(PoisonError::into_inner));
        self.waker.wake();
    }

    pub(super) fn pollable(&self) -> &OwnedFd {
        self.waker.pollable()
    }

    pub(super) fn clear(&self) {
        self.waker.clear();
    }
}

/// Steers a [`Listener`](crate::Listener) from any thread.
///
/// # Examples
/// ```
/// use mpconn::Listener;
///
/// let mut listener = Listener::bind(("127.0.0.1", 0))?;
/// let handle = listener.handle();
/// let thread = std::thread::spawn(move || listener.accept());
/// handle.cancel();
/// assert!(thread.join().unwrap().unwrap_err().is_cancelled());
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ListenerHandle {
    pub(super) control: Arc<Control>,
}

impl ListenerHandle {
    /// Makes the `accept` that waits now, or the next one, fail at once
    /// ([`is_cancelled`](crate::Error::is_cancelled)). The listener stays usable.
    pub fn cancel(&self) {
        self.control.order(|orders| orders.cancel = true);
    }

    /// Stops accepting connections: they wait in the system's backlog. Handshakes in progress go on.
    pub fn pause(&self) {
        self.control.order(|orders| orders.pause = true);
    }

    /// Accepts connections again.
    pub fn resume(&self) {
        self.control.order(|orders| orders.pause = false);
    }

    /// Drains the listener and ends it: it stops listening, `accept` still returns every client that had
    /// connected by then and authenticates in time, and then fails
    /// ([`is_closed`](crate::Error::is_closed)).
    ///
    /// A client that connects over TCP in the moment of closing is refused or reset. By a race in Linux it
    /// may also hear nothing until its own deadline.
    pub fn shutdown(&self) {
        self.control.order(|orders| orders.shut_down = true);
    }
}
