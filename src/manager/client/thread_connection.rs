//! Opening the connection of a thread, and closing it.

use std::sync::Arc;
use std::thread;

use super::call_limit::CallLimit;
use super::connections::ThreadConnection;
use super::exchange::{NoAnswer, exchange};
use super::session::Session;
use crate::error::Result;

impl Session {
    /// Returns the connection of this thread, a new one where it has none.
    pub(super) fn thread_connection(
        &self,
        generation: u64,
        limit: &CallLimit,
    ) -> Result<Arc<ThreadConnection>> {
        let kept = self.connections.current();
        if let Some(connection) = kept.filter(|kept| kept.is_of(generation)) {
            match connection.check() {
                Ok(()) => return Ok(connection),
                Err(error) if error.is_disconnected() => {
                    return Err(self.lost(generation, error));
                }
                // Out of step: never again.
                Err(_) => self.connections.hang_up(&connection),
            }
        }
        let connection = self.open(generation, limit)?;
        self.connections.keep(&connection);
        Ok(connection)
    }

    fn open(&self, generation: u64, limit: &CallLimit) -> Result<Arc<ThreadConnection>> {
        let connection = self.dial(generation, limit)?;
        let what = "accept_connection";
        let request = self.request(None, what, &(name_of_thread(),), &())?;
        let answer = exchange(&connection, &request, limit).map_err(|failed| {
            // The call that the connection is for has not been sent.
            let sent = false;
            self.no_answer(generation, what, NoAnswer { sent, ..failed })
        })?;
        self.answered(&connection);
        self.decode::<()>(what, answer)?.value()?;
        // A `Cancel` may have shut it down.
        limit.check()?;
        let opened = ThreadConnection::new(connection, generation);
        opened.touch();
        Ok(Arc::new(opened))
    }
}

/// Returns the name for the manager's thread: Python gives the names of its process and its thread.
fn name_of_thread() -> String {
    let process = format!("rust-{}", std::process::id());
    match thread::current().name() {
        Some(name) if name != "main" => format!("{process}|{name}"),
        _ => process,
    }
}
