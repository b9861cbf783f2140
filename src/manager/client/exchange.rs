//! One request and its answer on one connection.

use std::sync::Arc;

use super::call_limit::CallLimit;
use crate::connection::Connection;
use crate::error::{Cause, Error};

/// Why no answer came.
#[derive(Debug)]
pub(super) struct NoAnswer {
    pub(super) source: Error,
    /// Whether the whole request went out.
    pub(super) sent: bool,
}

/// Sends a request and waits for the answer, until the limit is reached or the call is cancelled. After a
/// failure the connection is out of step: an answer that comes later would be taken for the next one.
pub(super) fn exchange(
    connection: &Arc<Connection>,
    request: &[u8],
    limit: &CallLimit,
) -> Result<Vec<u8>, NoAnswer> {
    let Some(cancel) = &limit.cancel else {
        return exchange_until(connection, request, limit);
    };
    let cancelled = |sent| NoAnswer {
        source: Cause::Cancelled.into(),
        sent,
    };
    let watch = cancel.watch(connection).ok_or_else(|| cancelled(false))?;
    let answer = exchange_until(connection, request, limit);
    drop(watch);
    // An answer that came all the same is an answer.
    answer.map_err(|failed| match cancel.is_cancelled() {
        true => cancelled(failed.sent),
        false => failed,
    })
}

fn exchange_until(
    connection: &Connection,
    request: &[u8],
    limit: &CallLimit,
) -> Result<Vec<u8>, NoAnswer> {
    connection.set_send_timeout(limit.deadline.remaining());
    let sent = connection.send_bytes(request);
    sent.map_err(|source| NoAnswer {
        source,
        sent: false,
    })?;
    connection.set_recv_timeout(limit.deadline.remaining());
    let answer = connection.recv_answer();
    answer.map_err(|source| NoAnswer { source, sent: true })
}
