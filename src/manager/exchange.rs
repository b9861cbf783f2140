//! One request and its answer on one connection.

use std::sync::Arc;
use std::time::Duration;

use super::cancel::Cancel;
use super::line::Line;
use crate::connection::Connection;
use crate::error::{Error, Kind, Result};
use crate::transport::readiness::Deadline;

/// How long to wait for an answer, and who may end that.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    pub(super) deadline: Deadline,
    pub(super) cancel: Option<Cancel>,
}

impl Patience {
    pub(super) fn new(timeout: Option<Duration>, cancel: Option<Cancel>) -> Self {
        Patience {
            deadline: Deadline::after(timeout),
            cancel,
        }
    }

    /// Fails where there is none left.
    pub(super) fn check(&self) -> Result<()> {
        match &self.cancel {
            Some(cancel) if cancel.is_cancelled() => Err(Kind::Cancelled.into()),
            _ if self.deadline.has_passed() => {
                Err(Kind::TimedOut("before the call was sent").into())
            }
            _ => Ok(()),
        }
    }

    /// Waits that long, if there is patience for it.
    pub(super) fn sleep(&self, duration: Duration) -> Result<()> {
        let duration = self
            .deadline
            .remaining()
            .map_or(duration, |left| left.min(duration));
        match &self.cancel {
            Some(cancel) => cancel.sleep(duration),
            None => std::thread::sleep(duration),
        }
        self.check()
    }
}

/// Why no answer came.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) source: Error,
    /// Whether the whole request went out.
    pub(super) sent: bool,
}

/// Sends a request and waits for the answer. After a failure the connection is out of step.
pub(super) fn exchange(
    connection: &Connection,
    request: &[u8],
    patience: &Patience,
) -> Result<Vec<u8>, Failed> {
    let timeout = patience.deadline.remaining();
    connection.set_send_timeout(timeout);
    let sent = connection.send_bytes(request);
    sent.map_err(|source| Failed {
        source,
        sent: false,
    })?;
    connection.set_recv_timeout(patience.deadline.remaining());
    let answer = connection.recv_answer();
    answer.map_err(|source| Failed { source, sent: true })
}

/// The same on the line of a thread, where it can be cancelled.
pub(super) fn exchange_on_line(
    line: &Arc<Line>,
    request: &[u8],
    patience: &Patience,
) -> Result<Vec<u8>, Failed> {
    let Some(cancel) = &patience.cancel else {
        return exchange(line.connection(), request, patience);
    };
    let cancelled = |sent| Failed {
        source: Kind::Cancelled.into(),
        sent,
    };
    let watch = cancel.watch(line).ok_or_else(|| cancelled(false))?;
    let answer = exchange(line.connection(), request, patience);
    drop(watch);
    // An answer that came all the same is an answer.
    answer.map_err(|failed| match cancel.is_cancelled() {
        true => cancelled(failed.sent),
        false => failed,
    })
}
