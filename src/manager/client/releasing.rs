//! The thread that gives references back.
//!
//! CPython's server reads one request of a connection, so each `decref` has a short connection of its
//! own. A manager has at most one such thread at a time, named `mpconn-release`. It begins with the first
//! proxy that is dropped, and ends after a second without another one.

use std::sync::{Arc, Mutex, Once, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::call_limit::CallLimit;
use super::event::ManagerEvent;
use super::lock;
use super::release_queue::{Next, Release, ReleaseQueue};
use super::session::Session;
use crate::error::{Cause, Error, Result};
use crate::sys;
use crate::transport::readiness::Deadline;

type Queue = ReleaseQueue<Session>;

/// How long the thread waits for another reference before it ends.
const REST: Duration = Duration::from_secs(1);

/// How long the manager may take for one reference.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before another attempt where the manager was not told: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long the end of the process waits for managers.
const AT_EXIT: Duration = Duration::from_secs(5);

/// Queues that may have something to send at the end of the process.
static QUEUES: Mutex<Vec<Weak<Queue>>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// What gives back, at the end of the process, what still lives then. Set by the references.
pub(super) type AtExit = fn();
static AT_EXIT_FIRST: Mutex<Option<AtExit>> = Mutex::new(None);

/// Queues references to be given back. It neither waits nor sends.
pub(super) fn release(release: Release<Session>) {
    let queue = Arc::clone(&release.owner.releases);
    if queue.push(release) {
        start(&queue);
    }
}

fn start(queue: &Arc<Queue>) {
    let of_thread = Arc::clone(queue);
    let thread = thread::Builder::new().name("mpconn-release".to_owned());
    // Without a thread the next one that is dropped tries again, and `flush`.
    if thread.spawn(move || send_all(&of_thread)).is_err() {
        queue.not_started();
    }
}

fn send_all(queue: &Queue) {
    let mut last = None;
    let mut pause = FIRST_PAUSE;
    loop {
        match queue.next(REST) {
            Next::Send(mut release) => {
                last = Some(Arc::downgrade(&release.owner));
                match send(&mut release) {
                    Sent::All => {
                        pause = FIRST_PAUSE;
                        drop(release);
                        queue.sent();
                    }
                    Sent::Later => {
                        queue.put_back(release);
                        thread::sleep(pause);
                        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                    }
                }
            }
            Next::Lost(count) => {
                if let Some(session) = last.as_ref().and_then(Weak::upgrade) {
                    session.tell(&ManagerEvent::ReleasesLost { count });
                }
            }
            Next::End => return,
        }
    }
}

enum Sent {
    All,
    /// The manager was not told of what is left, and may be later: it does not answer, or this process has
    /// no descriptor left.
    Later,
}

fn send(release: &mut Release<Session>) -> Sent {
    let session = &release.owner;
    while release.count > 0 && session.liveness.is_current(release.generation) {
        let limit = CallLimit::new(Some(TIMEOUT), None);
        let args = (release.ident.as_str(),);
        let sent = session.ask_server_for::<()>(release.generation, "decref", &args, &(), &limit);
        if let Err(error) = sent {
            if is_for_later(&error) {
                return Sent::Later;
            }
            // Asked again, it might give back a reference of somebody else.
            session.tell(&ManagerEvent::ReleaseFailed {
                typeid: &release.typeid,
                error: &error,
            });
        }
        release.count -= 1;
    }
    Sent::All
}

fn is_for_later(error: &Error) -> bool {
    let may_succeed = error.is_timed_out() || error.io_error().is_some();
    may_succeed && !error.may_have_run() && !error.is_lost()
}

/// Waits until all references of a manager that were dropped before are given back. Returns whether they
/// are.
///
/// # Errors
/// Fails if the wait is cancelled.
pub(super) fn flush(queue: &Arc<Queue>, limit: &CallLimit) -> Result<bool> {
    /// How often a wait that can be cancelled looks whether it was.
    const CHECK_INTERVAL: Duration = Duration::from_millis(20);
    loop {
        if queue.must_start() {
            start(queue);
        }
        let left = limit.deadline.remaining();
        let piece = match &limit.cancel {
            Some(_) => left.map_or(CHECK_INTERVAL, |left| left.min(CHECK_INTERVAL)),
            None => left.unwrap_or(REST),
        };
        if queue.wait_until_empty(piece) {
            return Ok(true);
        }
        if limit.is_cancelled() {
            return Err(Cause::Cancelled.into());
        }
        if limit.deadline.has_passed() {
            return Ok(false);
        }
    }
}

/// Has the end of the process wait for the queue, after it has called `first`.
pub(super) fn remember(queue: &Arc<Queue>, first: AtExit) {
    // Where the system has no room for the hook, dropping proxies is all there is.
    HOOK.call_once(|| {
        *lock(&AT_EXIT_FIRST) = Some(first);
        let _ = sys::at_exit(flush_all);
    });
    if queue.is_new_to_exit() {
        let mut queues = lock(&QUEUES);
        queues.retain(|known| known.strong_count() > 0);
        queues.push(Arc::downgrade(queue));
    }
}

/// A manager that does not answer holds nobody up for long.
extern "C" fn flush_all() {
    let first = lock(&AT_EXIT_FIRST).take();
    if let Some(first) = first {
        first();
    }
    let queues = std::mem::take(&mut *lock(&QUEUES));
    let limit = CallLimit {
        deadline: Deadline::at(Instant::now().checked_add(AT_EXIT)),
        cancel: None,
    };
    for queue in queues.iter().filter_map(Weak::upgrade) {
        // Nobody is left to be told.
        let _ = flush(&queue, &limit);
    }
}
