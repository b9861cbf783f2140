//! The connection over which one thread calls objects.
//!
//! As in Python each thread has its own: a server thread of the manager stands at the other end,
//! and is who owns an `RLock` that is acquired through it.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use super::Inner;
use super::exchange::{Failed, Patience, exchange_on_line};
use crate::connection::Connection;
use crate::error::{Kind, Result};

/// A connection that was not used for so long is looked at before it is used: whether it is still
/// there is worth a system call then, since a request that is sent may have run.
const IDLE: Duration = Duration::from_millis(10);

/// A connection that has done `accept_connection`, or one for a single call of the server.
#[derive(Debug)]
pub(super) struct Line {
    connection: Connection,
    pub(super) generation: u64,
    /// Microseconds since `began`.
    used: AtomicU64,
    began: Instant,
    /// Whose it is: a child made by `fork` has a copy, over which it would get the answers of the
    /// parent.
    process: u32,
}

impl Line {
    pub(super) fn new(connection: Connection, generation: u64) -> Self {
        Line {
            connection,
            generation,
            used: AtomicU64::new(0),
            began: Instant::now(),
            process: std::process::id(),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether it leads to that generation of the manager, and is this process's own.
    fn is_of(&self, generation: u64) -> bool {
        self.generation == generation && self.process == std::process::id()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// It was just used.
    pub(super) fn touch(&self) {
        self.used.store(self.now(), Relaxed);
    }

    /// Fails where the manager has closed it meanwhile, or said something that nobody asked for:
    /// that would be taken for the next answer.
    fn look(&self) -> Result<()> {
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
        Err(Kind::Usage(reason).into())
    }
}

impl Inner {
    /// The line of this thread, new where it has none.
    pub(super) fn line(
        self: &Arc<Self>,
        generation: u64,
        patience: &Patience,
    ) -> Result<Arc<Line>> {
        let thread = thread::current().id();
        let kept = self.lines().get(&thread).cloned();
        if let Some(line) = kept.filter(|line| line.is_of(generation)) {
            match line.look() {
                Ok(()) => return Ok(line),
                Err(error) if error.is_disconnected() => {
                    return Err(self.lost(generation, error));
                }
                // Out of step: never again.
                Err(_) => self.hang_up(&line),
            }
        }
        let line = self.open_line(generation, patience)?;
        self.lines().insert(thread, Arc::clone(&line));
        // A thread whose own variables are gone ends right after this, and so does the manager's
        // interest in it: the line is closed with the manager.
        let _ = LEAVING.try_with(|leaving| leaving.borrow_mut().remember(self, thread));
        Ok(line)
    }

    fn open_line(self: &Arc<Self>, generation: u64, patience: &Patience) -> Result<Arc<Line>> {
        let line = Arc::new(Line::new(self.dial(generation, patience)?, generation));
        let what = "accept_connection";
        let request = self.request(None, what, &(self.thread_name(),), &())?;
        let answer = exchange_on_line(&line, &request, patience).map_err(|failed| {
            // The call that the line is for has not been sent.
            let sent = false;
            self.failed(generation, what, Failed { sent, ..failed })
        })?;
        self.learn(&line.connection);
        self.answer::<()>(what, answer, patience)?.value()?;
        // Whoever cancelled may have shut it down.
        patience.check()?;
        line.touch();
        Ok(line)
    }

    /// Python gives the names of its process and its thread, which name the server's thread.
    fn thread_name(&self) -> String {
        let process = format!("rust-{}", std::process::id());
        match thread::current().name() {
            Some(name) if name != "main" => format!("{process}|{name}"),
            _ => process,
        }
    }

    /// Closes it, whoever has it: it is out of step, or broken.
    pub(super) fn hang_up(&self, line: &Arc<Line>) {
        let mut lines = self.lines();
        lines.retain(|_, other| !Arc::ptr_eq(other, line));
        let _ = line.connection.shutdown(std::net::Shutdown::Both);
    }
}

thread_local! {
    static LEAVING: RefCell<Leaving> = const { RefCell::new(Leaving(Vec::new())) };
}

/// Closes the lines of a thread that ends, as Python's `threading.local` does.
struct Leaving(Vec<(Weak<Inner>, ThreadId)>);

impl Leaving {
    fn remember(&mut self, inner: &Arc<Inner>, thread: ThreadId) {
        self.0.retain(|(inner, _)| inner.strong_count() > 0);
        let known = self
            .0
            .iter()
            .any(|(known, _)| known.as_ptr() == Arc::as_ptr(inner));
        if !known {
            self.0.push((Arc::downgrade(inner), thread));
        }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        for (inner, thread) in self.0.drain(..) {
            if let Some(inner) = inner.upgrade() {
                let line = inner.lines().remove(&thread);
                drop(line);
            }
        }
    }
}
