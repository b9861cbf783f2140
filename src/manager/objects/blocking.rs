//! Calls that wait at the manager until something happens.
//!
//! Giving up such a call by closing its connection would leave the manager's thread waiting: what
//! it then takes from a queue is lost. So whoever may give up asks for short waits, one after the
//! other, which end by themselves.

use std::time::Duration;

use crate::error::{Kind, Result};
use crate::manager::exchange::Patience;
use crate::manager::{Proxy, Wait};
use crate::transport::readiness::Deadline;

/// How long each wait is that can be cancelled: how late a cancelled call may be.
const CANCELLABLE: Duration = Duration::from_millis(100);

/// How long each wait is where only a manager that does not answer at all is to be noticed.
const NOTICEABLE: Duration = Duration::from_secs(5);

/// How late a manager may be with the end of a wait, where nothing else was said.
const LATENESS: Duration = Duration::from_secs(20);

/// What one wait at the manager came to.
pub(super) enum Waited<T, N = ()> {
    Done(T),
    /// The time was over before, which Python told with this.
    NotYet(N),
}

/// Waits once at the manager: for so many seconds, or for ever, with that patience for the answer.
pub(super) trait Once<T, N>: FnMut(Option<f64>, &Patience) -> Result<Waited<T, N>> {}

impl<T, N, F: FnMut(Option<f64>, &Patience) -> Result<Waited<T, N>>> Once<T, N> for F {}

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
    let lateness = call_timeout.unwrap_or(LATENESS);
    let end = Deadline::after(wait.timeout);
    loop {
        if wait
            .cancel
            .as_ref()
            .is_some_and(|cancel| cancel.is_cancelled())
        {
            return Err(Kind::Cancelled.into());
        }
        let left = end.remaining();
        let this = match (left, piece) {
            (Some(left), Some(piece)) => Some(left.min(piece)),
            (left, piece) => left.or(piece),
        };
        let patience = Patience::new(this.map(|this| this.saturating_add(lateness)), None);
        match once(this.map(|this| this.as_secs_f64()), &patience)? {
            Waited::Done(done) => return Ok(Waited::Done(done)),
            Waited::NotYet(told) if left.is_some() && left == this => {
                return Ok(Waited::NotYet(told));
            }
            Waited::NotYet(_) => {}
        }
    }
}
