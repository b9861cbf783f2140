//! The connections over which threads call objects.
//!
//! As in Python each thread has its own: the server thread at the other end owns any `RLock` that is
//! acquired over it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use super::lock;
use crate::connection::Connection;
use crate::error::{Cause, Result};

/// After a rest of this length a connection is polled before it is used: a request that is sent may
/// have run, so it is worth a system call to know that the connection still works.
const IDLE: Duration = Duration::from_millis(10);

/// A connection that has done `accept_connection`.
#[derive(Debug)]
pub(super) struct ThreadConnection {
    connection: Arc<Connection>,
    pub(super) generation: u64,
    began: Instant,
    /// When it was last used, in microseconds since `began`.
    used: AtomicU64,
    /// The process that made it: a child made by `fork` has a copy, over which it would get the
    /// parent's answers.
    process: u32,
}

impl ThreadConnection {
    pub(super) fn new(connection: Arc<Connection>, generation: u64) -> Self {
        ThreadConnection {
            connection,
            generation,
            began: Instant::now(),
            used: AtomicU64::new(0),
            process: std::process::id(),
        }
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Returns whether it leads to that generation of the manager, and is this process's own.
    pub(super) fn is_of(&self, generation: u64) -> bool {
        self.generation == generation && self.process == std::process::id()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Notes that it was just used.
    pub(super) fn touch(&self) {
        self.used.store(self.now(), Relaxed);
    }

    /// Fails if the manager has closed it meanwhile, or has sent something that nobody asked for: that
    /// would be taken for the next answer.
    pub(super) fn check(&self) -> Result<()> {
        let idle = Duration::from_micros(self.now().saturating_sub(self.used.load(Relaxed)));
        let is_fine = match self.connection.holds_input() {
            true => false,
            false => idle < IDLE || !self.connection.poll(Some(Duration::ZERO))?,
        };
        if is_fine {
            return Ok(());
        }
        // No more than what is there: it may be half a message.
        self.connection.set_recv_timeout(Some(Duration::ZERO));
        let told = self.connection.recv_bytes()?;
        let reason = format!("{} bytes that nobody asked for", told.len());
        Err(Cause::Usage(reason).into())
    }
}

/// The connection of each thread.
#[derive(Debug, Default)]
pub(super) struct Connections(Mutex<HashMap<ThreadId, Arc<ThreadConnection>>>);

impl Connections {
    fn map(&self) -> MutexGuard<'_, HashMap<ThreadId, Arc<ThreadConnection>>> {
        lock(&self.0)
    }

    /// Returns the connection of this thread.
    pub(super) fn current(&self) -> Option<Arc<ThreadConnection>> {
        self.map().get(&thread::current().id()).cloned()
    }

    /// Keeps the connection for this thread, until the thread ends.
    pub(super) fn keep(self: &Arc<Self>, connection: &Arc<ThreadConnection>) {
        let thread = thread::current().id();
        let old = self.map().insert(thread, Arc::clone(connection));
        drop(old);
        // A thread whose thread-locals are destroyed already is about to end: its connection is closed
        // with the session.
        let _ = OF_THREAD.try_with(|of| of.borrow_mut().remember(self, thread));
    }

    /// Closes a connection that is broken or out of step.
    pub(super) fn hang_up(&self, connection: &Arc<ThreadConnection>) {
        self.map()
            .retain(|_, other| !Arc::ptr_eq(other, connection));
        let _ = connection.connection.shutdown(std::net::Shutdown::Both);
    }

    /// Lets go of all. Threads that wait for an answer on one of them notice by themselves.
    pub(super) fn clear(&self) {
        let connections = std::mem::take(&mut *self.map());
        drop(connections);
    }
}

thread_local! {
    static OF_THREAD: RefCell<OfThread> = const { RefCell::new(OfThread(Vec::new())) };
}

/// Closes the connections of a thread that ends, as Python's `threading.local` does.
struct OfThread(Vec<(Weak<Connections>, ThreadId)>);

impl OfThread {
    fn remember(&mut self, connections: &Arc<Connections>, thread: ThreadId) {
        self.0.retain(|(known, _)| known.strong_count() > 0);
        let is_known = self
            .0
            .iter()
            .any(|(known, _)| known.as_ptr() == Arc::as_ptr(connections));
        if !is_known {
            self.0.push((Arc::downgrade(connections), thread));
        }
    }
}

impl Drop for OfThread {
    fn drop(&mut self) {
        for (connections, thread) in self.0.drain(..) {
            if let Some(connections) = connections.upgrade() {
                let connection = connections.map().remove(&thread);
                drop(connection);
            }
        }
    }
}
