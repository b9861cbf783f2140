//! Ending a call from another thread.

use std::fmt;
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::connection::Connection;

/// Ends calls from another thread.
///
/// After [`cancel`](Self::cancel) every call that was given this `Cancel` fails with
/// [`is_cancelled`](crate::Error::is_cancelled), in any thread, and so do later ones. Clones are the
/// same `Cancel`.
///
/// A wait that Python can end by itself, such as that of [`Queue::get_with`](super::Queue::get_with),
/// is cut into short waits. A cancelled one has taken nothing, and the connection goes on. Any other
/// call may have run, as its error says, and its connection is closed, so that a late answer is never
/// taken for another call's. Connecting and the handshake, which a thread's first call has to do,
/// are not cancelled; they have timeouts of their own:
/// [`Builder::connect_timeout`](super::Builder::connect_timeout).
///
/// ```no_run
/// use mpconn::manager::{Cancel, Manager, Queue};
///
/// let manager = Manager::connect("localhost:6000", "secret")?;
/// let jobs: Queue<String> = manager.create("jobs", ())?;
/// let cancel = Cancel::new();
/// let stop = cancel.clone();
/// std::thread::spawn(move || {
///     std::thread::sleep(std::time::Duration::from_secs(5));
///     stop.cancel();
/// });
/// match jobs.get_with(&cancel) {
///     Err(error) if error.is_cancelled() => println!("no job in five seconds"),
///     job => println!("{}", job?),
/// }
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Cancel(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cancelled: bool,
    /// The connections that wait for an answer.
    connections: Vec<Weak<Connection>>,
}

impl Cancel {
    /// Returns one that is not cancelled.
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Ends all calls that were given this `Cancel`, and all that will be.
    pub fn cancel(&self) {
        let mut state = self.lock();
        state.cancelled = true;
        let waiting = state.connections.drain(..);
        for connection in waiting.filter_map(|waiting| waiting.upgrade()) {
            // It may have ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
        self.0.changed.notify_all();
    }

    /// Returns whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Lets `cancel` shut this connection down until the watch is dropped. Returns `None` if it was
    /// cancelled before.
    pub(super) fn watch(&self, connection: &Arc<Connection>) -> Option<Watch<'_>> {
        let mut state = self.lock();
        if state.cancelled {
            return None;
        }
        let connection = Arc::downgrade(connection);
        state.connections.push(connection.clone());
        Some(Watch {
            cancel: self,
            connection,
        })
    }

    /// Sleeps that long, or until it is cancelled.
    pub(super) fn sleep(&self, duration: Duration) {
        let _ = self
            .0
            .changed
            .wait_timeout_while(self.lock(), duration, |state| !state.cancelled);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds this lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}

pub(super) struct Watch<'a> {
    cancel: &'a Cancel,
    connection: Weak<Connection>,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut state = self.cancel.lock();
        let own = |other: &Weak<Connection>| Weak::ptr_eq(other, &self.connection);
        if let Some(at) = state.connections.iter().position(own) {
            state.connections.swap_remove(at);
        }
    }
}
