//! Calls that wait at the manager until something happens.
//!
//! Giving up such a call by closing its connection would leave the manager's thread waiting: what it then
//! takes from a queue is lost. So a call that may be given up is cut into short waits, which end by
//! themselves.

use std::time::Duration;

use mpconn_proto::manager::RemoteError;

use crate::error::{Cause, Error, Result};
use crate::manager::client::call_limit::CallLimit;
use crate::manager::{Proxy, Wait};
use crate::transport::readiness::Deadline;

/// The length of each short wait of a call that can be cancelled: a cancelled call may be this late.
pub(super) const CANCELLABLE: Duration = Duration::from_millis(100);

/// The length of each short wait where only a manager that does not answer has to be noticed.
const NOTICEABLE: Duration = Duration::from_secs(5);

/// The longest wait: Python refuses what its clocks cannot count.
const LONGEST: Duration = Duration::from_secs(1_000_000);

/// How late a manager may be with the end of a wait by default.
const LATENESS: Duration = Duration::from_secs(20);

/// The outcome of one wait at the manager.
pub(super) enum Waited<T, N = ()> {
    Done(T),
    /// The time was over first, which Python told with this.
    NotYet(N),
}

impl<T> Waited<T, Error> {
    /// Returns the outcome of a call that tells the end of its time with an exception.
    pub(super) fn told(result: Result<T>, is_over: fn(&RemoteError) -> bool) -> Result<Self> {
        match result {
            Ok(done) => Ok(Waited::Done(done)),
            Err(error) if error.remote().is_some_and(is_over) => Ok(Waited::NotYet(error)),
            Err(error) => Err(error),
        }
    }

    /// Returns the result, or that exception as the error.
    pub(super) fn in_time(self) -> Result<T> {
        match self {
            Waited::Done(done) => Ok(done),
            Waited::NotYet(error) => Err(error),
        }
    }
}

/// Waits once at the manager: for that many seconds or without a limit, and within that limit for the
/// answer.
pub(super) trait Once<T, N>: FnMut(Option<f64>, &CallLimit) -> Result<Waited<T, N>> {}

impl<T, N, F: FnMut(Option<f64>, &CallLimit) -> Result<Waited<T, N>>> Once<T, N> for F {}

/// Fails if the wait is cancelled.
pub(super) fn not_cancelled(wait: &Wait) -> Result<()> {
    match &wait.cancel {
        Some(cancel) if cancel.is_cancelled() => Err(Cause::Cancelled.into()),
        _ => Ok(()),
    }
}

/// The limit for a wait that cannot be cut into pieces, and ends by itself after that time.
pub(super) fn in_one_piece(proxy: &Proxy, timeout: Duration) -> CallLimit {
    let lateness = proxy.call_timeout().unwrap_or(LATENESS);
    CallLimit::new(Some(timeout.saturating_add(lateness)), None)
}

/// Waits as long as asked for. `NotYet` when that time is over.
pub(super) fn wait<T, N>(
    proxy: &Proxy,
    wait: &Wait,
    mut once: impl Once<T, N>,
) -> Result<Waited<T, N>> {
    let call_timeout = proxy.call_timeout();
    let piece = match (&wait.cancel, call_timeout) {
        (Some(_), _) => Some(CANCELLABLE),
        (None, Some(_)) => Some(NOTICEABLE),
        (None, None) => None,
    };
    let end = Deadline::after(wait.timeout);
    loop {
        not_cancelled(wait)?;
        let left = end.remaining();
        let this = match left {
            Some(left) => Some(left.min(piece.unwrap_or(LONGEST))),
            None => piece,
        };
        if piece.is_some() {
            // A manager that is lost is looked for as long as the whole wait may take, and until it
            // is cancelled: nothing is under way yet.
            let lateness = call_timeout.unwrap_or(LATENESS);
            let longest = left.or(call_timeout.and(this));
            let longest = longest.map(|longest| longest.saturating_add(lateness));
            proxy.reach(&CallLimit::new(longest, wait.cancel.clone()))?;
        }
        let limit = match this {
            Some(this) => in_one_piece(proxy, this),
            None => CallLimit::NONE,
        };
        match once(this.map(|this| this.as_secs_f64()), &limit)? {
            Waited::Done(done) => return Ok(Waited::Done(done)),
            Waited::NotYet(told) if left.is_some() && left == this => {
                return Ok(Waited::NotYet(told));
            }
            Waited::NotYet(_) => {}
        }
    }
}
