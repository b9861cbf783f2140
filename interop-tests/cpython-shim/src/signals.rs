//! Blocking calls during which Python's signal handlers run.
//!
//! Python runs signal handlers on the main thread, between two bytecodes or when an extension
//! calls `PyErr_CheckSignals`. The crate continues after interrupted system calls. So on the main
//! thread a blocking call is split into slices with a check in between. Other threads block until
//! the call is done, as in CPython.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::errors;

/// The longest delay of a handler.
const SLICE: Duration = Duration::from_millis(20);

/// Returns whether handlers run on this thread.
fn on_main_thread() -> bool {
    #[cfg(target_os = "linux")]
    return rustix::thread::gettid() == rustix::process::getpid();
    #[cfg(not(target_os = "linux"))]
    return true;
}

/// Repeats an attempt that can time out, without the interpreter lock, until it ends in
/// another way. A time of `None` is unlimited.
pub(crate) fn until_done<T: Send>(
    py: Python<'_>,
    mut attempt: impl FnMut(Option<Duration>) -> mpconn::Result<T> + Send,
) -> PyResult<T> {
    let slice = on_main_thread().then_some(SLICE);
    loop {
        let ended = py.detach(|| attempt(slice));
        py.check_signals()?;
        match ended {
            Err(error) if error.is_timed_out() && !error.is_authentication() => {}
            other => return other.map_err(errors::to_python),
        }
    }
}

/// Repeats a query, in slices of the timeout, until it has a result or the timeout is over.
/// Timeouts are Python's: seconds, negative ones are zero, `None` is unlimited.
pub(crate) fn until_answered<T: Send>(
    py: Python<'_>,
    timeout: Option<f64>,
    mut ask: impl FnMut(Option<Duration>) -> mpconn::Result<Option<T>> + Send,
) -> PyResult<Option<T>> {
    let timeout = timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok());
    let deadline = timeout.and_then(|time| Instant::now().checked_add(time));
    let slice = on_main_thread().then_some(SLICE);
    loop {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let time = left.into_iter().chain(slice).min();
        let answer = py.detach(|| ask(time)).map_err(errors::to_python)?;
        py.check_signals()?;
        if answer.is_some() || left.is_some_and(|left| left.is_zero()) {
            return Ok(answer);
        }
    }
}

/// Runs a call that cannot be split on another thread, while the main thread checks for
/// signals. If a handler raises, the call continues and its result is dropped.
pub(crate) fn aside<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> mpconn::Result<T> + Send + 'static,
) -> PyResult<T> {
    if !on_main_thread() {
        return py.detach(work).map_err(errors::to_python);
    }
    let (done, mut result) = channel();
    let worker = std::thread::Builder::new().name("mpconn-shim".into());
    worker.spawn(move || done.send(work()))?;
    loop {
        // The receiver is not Sync, so it is moved in and out again.
        let ended;
        (ended, result) = py.detach(move || (result.recv_timeout(SLICE), result));
        match ended {
            Ok(ended) => return ended.map_err(errors::to_python),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(pyo3::exceptions::PyRuntimeError::new_err(
                    "the thread that did it has panicked",
                ));
            }
        }
    }
}
