//! Finding a manager again that was lost.

use std::sync::Arc;
use std::time::Duration;

use mpconn_proto::manager::{Args, Kwargs};
use serde::de::DeserializeOwned;

use super::call_limit::CallLimit;
use super::event::ManagerEvent;
use super::liveness::Found;
use super::session::Session;
use crate::error::{Cause, Error, Result};
use crate::handshake::HandshakeError;

/// How often a thread that waits for another thread's search looks at the limit of its own call.
const CHECK_INTERVAL: Duration = Duration::from_millis(20);

impl Session {
    /// Returns the manager's generation, once the manager is there: a lost one is looked for, if the
    /// settings say so.
    pub(super) fn generation(&self, limit: &CallLimit) -> Result<u64> {
        loop {
            match self.liveness.look() {
                Found::There(generation) => return Ok(generation),
                Found::Lost | Found::Sought if self.settings.reconnect.is_never() => {
                    return Err(self.still_lost());
                }
                Found::Lost => {
                    if let Some((generation, _search)) = self.liveness.begin_search() {
                        return self.search(generation, limit);
                    }
                }
                Found::Sought => {
                    self.liveness.wait(CHECK_INTERVAL);
                    limit.check()?;
                }
            }
        }
    }

    fn still_lost(&self) -> Error {
        let advice = "call Manager::reconnect, or give the builder a Reconnect";
        let what = format!("the manager at {} was lost before", self.settings.address);
        Error::lost(what, Cause::Usage(advice.to_owned()).into())
    }

    fn search(&self, generation: u64, limit: &CallLimit) -> Result<u64> {
        let mut last = None;
        for (attempt, delay) in (1..).zip(self.settings.reconnect.delays()) {
            limit.sleep(delay)?;
            self.tell(&ManagerEvent::Reconnecting { attempt, delay });
            let Err(error) = self.find(generation, limit) else {
                return Ok(generation);
            };
            self.tell(&ManagerEvent::ReconnectFailed {
                attempt,
                error: &error,
            });
            let is_final = is_final(&error);
            last = Some(error);
            if is_final {
                break;
            }
        }
        Err(last.unwrap_or_else(|| self.still_lost()))
    }

    /// Asks whether the manager is there, and notes that it is.
    pub(super) fn find(&self, generation: u64, limit: &CallLimit) -> Result<()> {
        self.ask_server_for::<()>(generation, "dummy", &(), &(), limit)?;
        if self.liveness.found(generation) {
            self.tell(&ManagerEvent::Reconnected);
        }
        Ok(())
    }

    /// Calls a method of the server itself that returns a plain value.
    pub(super) fn call_server<T: DeserializeOwned>(
        self: &Arc<Self>,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        limit: &CallLimit,
    ) -> Result<T> {
        let generation = self.generation(limit)?;
        self.ask_server_for(generation, method, args, kwds, limit)
    }
}

/// Returns whether another attempt would fail in the same way: another key will not become the right
/// one. A manager that is silent or hangs up may be ending, or not be ready yet after a proxy that takes
/// connections for it.
fn is_final(error: &Error) -> bool {
    use HandshakeError::{Closed, ConnectionFailed, Silent};
    error.handshake_error().is_some_and(|error| {
        !matches!(
            error,
            Closed { .. } | Silent { .. } | ConnectionFailed { .. }
        )
    })
}
