//! The thread that gives references back.
//!
//! CPython's server reads one request of a connection, so each `decref` has a short connection of its
//! own. A manager has at most one such thread at a time, named `mpconn-release`. It begins with the first
//! proxy that is dropped, and ends after a second without another one.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, Once, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::call_limit::CallLimit;
use super::event::ManagerEvent;
use super::lock;
use super::release_queue::{Next, Release, ReleaseQueue};
use super::session::Session;
use crate::sys;
use crate::transport::readiness::Deadline;

type Queue = ReleaseQueue<Session>;

/// How long the thread waits for another reference before it ends.
const REST: Duration = Duration::from_secs(1);

/// How long the manager may take for one reference.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The same once the manager has been late with a reference, until it answers again.
const HASTY_TIMEOUT: Duration = Duration::from_millis(100);

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
    loop {
        match queue.next(REST) {
            Next::Send(release) => {
                send(&release);
                last = Some(Arc::downgrade(&release.owner));
                drop(release);
                queue.sent();
            }
            Next::Lost(count) => {
                let owner = last.as_ref().and_then(Weak::upgrade);
                if let Some(owner) = owner {
                    owner.tell(&ManagerEvent::ReleasesLost { count });
                }
            }
            Next::End => return,
        }
    }
}

fn send(release: &Release<Session>) {
    let Release {
        ident,
        typeid,
        count,
        generation,
        owner: session,
    } = release;
    for _ in 0..*count {
        if !session.liveness.is_current(*generation) {
            return;
        }
        let timeout = match session.hangs.load(Relaxed) {
            true => HASTY_TIMEOUT,
            false => TIMEOUT,
        };
        let limit = CallLimit::new(Some(timeout), None);
        let args = (ident.as_str(),);
        let sent = session.ask_server_for::<()>(*generation, "decref", &args, &(), &limit);
        if let Err(error) = sent {
            if error.is_timed_out() {
                session.hangs.store(true, Relaxed);
            }
            session.tell(&ManagerEvent::ReleaseFailed {
                typeid,
                error: &error,
            });
        }
    }
}

/// Waits until all references of a manager that were dropped before are given back. Returns whether they
/// are.
///
/// # Errors
/// Fails if the wait is cancelled.
pub(super) fn flush(queue: &Arc<Queue>, limit: &CallLimit) -> crate::Result<bool> {
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
            return Err(crate::error::Kind::Cancelled.into());
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
