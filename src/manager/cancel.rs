//! Ending a call from another thread.

use std::fmt;
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::line::Line;

/// Ends calls from another thread.
///
/// Whatever is called with it, in any thread, fails with
/// [`is_cancelled`](crate::Error::is_cancelled) once somebody has called [`cancel`](Self::cancel);
/// so does what is called with it later. Clones are one and the same.
///
/// Waiting that Python can end by itself, such as [`Queue::get_with`](super::Queue::get_with), is
/// asked for in short pieces, so that a cancelled wait has taken nothing and the connection goes
/// on. Any other call may have run, as its error says, and its connection is closed: an answer
/// that comes later is never taken for another call's. Only connecting and the handshake, which a
/// thread's first call has to do, end by their own timeouts: see
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
    lines: Vec<Weak<Line>>,
}

impl Cancel {
    /// Not cancelled.
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Ends all that is called with it, now and later.
    pub fn cancel(&self) {
        let mut state = self.lock();
        state.cancelled = true;
        for line in state.lines.drain(..).filter_map(|line| line.upgrade()) {
            // A connection that has ended by itself waits for nothing.
            let _ = line.connection().shutdown(Shutdown::Both);
        }
        self.0.changed.notify_all();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Has `cancel` end what waits on this connection, until the watch is dropped. None if it was
    /// cancelled before.
    pub(super) fn watch(&self, line: &Arc<Line>) -> Option<Watch<'_>> {
        let mut state = self.lock();
        if state.cancelled {
            return None;
        }
        let line = Arc::downgrade(line);
        state.lines.push(line.clone());
        Some(Watch { cancel: self, line })
    }

    /// Sleeps that long, or until it is cancelled.
    pub(super) fn sleep(&self, duration: Duration) {
        let _ = self
            .0
            .changed
            .wait_timeout_while(self.lock(), duration, |state| !state.cancelled);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half-way.
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
    line: Weak<Line>,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut state = self.cancel.lock();
        let own = |line: &Weak<Line>| Weak::ptr_eq(line, &self.line);
        if let Some(at) = state.lines.iter().position(own) {
            state.lines.swap_remove(at);
        }
    }
}
