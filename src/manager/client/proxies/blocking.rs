//! Calls that wait at the manager until something happens.
//!
//! Giving up such a call by closing its connection would leave the manager's thread waiting: what
//! it then takes from a queue is lost. So whoever may give up asks for short waits, one after the
//! other, which end by themselves.

use std::time::Duration;

use mpconn_proto::manager::RemoteError;

use crate::error::{Error, Kind, Result};
use crate::manager::client::call_limit::CallLimit;
use crate::manager::{Proxy, Wait};
use crate::transport::readiness::Deadline;

/// How long each wait is that can be cancelled: how late a cancelled call may be.
pub(super) const CANCELLABLE: Duration = Duration::from_millis(100);

/// How long each wait is where only a manager that does not answer at all is to be noticed.
const NOTICEABLE: Duration = Duration::from_secs(5);

/// How long each wait is at most: Python refuses longer ones than its clocks can count.
const LONGEST: Duration = Duration::from_secs(1_000_000);

/// How late a manager may be with the end of a wait, where nothing else was said.
const LATENESS: Duration = Duration::from_secs(20);

/// What one wait at the manager came to.
pub(super) enum Waited<T, N = ()> {
    Done(T),
    /// The time was over before, which Python told with this.
    NotYet(N),
}

impl<T> Waited<T, Error> {
    /// What a call came to that tells the end of its time with an exception.
    pub(super) fn told(result: Result<T>, is_over: fn(&RemoteError) -> bool) -> Result<Self> {
        match result {
            Ok(done) => Ok(Waited::Done(done)),
            Err(error) if error.remote().is_some_and(is_over) => Ok(Waited::NotYet(error)),
            Err(error) => Err(error),
        }
    }

    /// With that exception as the error.
    pub(super) fn in_time(self) -> Result<T> {
        match self {
            Waited::Done(done) => Ok(done),
            Waited::NotYet(error) => Err(error),
        }
    }
}

/// Waits once at the manager: for so many seconds, or for ever, with that limit for the answer.
pub(super) trait Once<T, N>: FnMut(Option<f64>, &CallLimit) -> Result<Waited<T, N>> {}

impl<T, N, F: FnMut(Option<f64>, &CallLimit) -> Result<Waited<T, N>>> Once<T, N> for F {}

/// Fails once the wait is cancelled.
pub(super) fn not_cancelled(wait: &Wait) -> Result<()> {
    match &wait.cancel {
        Some(cancel) if cancel.is_cancelled() => Err(Kind::Cancelled.into()),
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
