//! Losing a manager, and finding it again.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::exchange::Patience;
use super::inner::{Health, lock};
use super::{Event, Inner};
use crate::error::{Error, Kind, Result};
use crate::handshake::HandshakeError;

/// How often those who wait for another thread's search look at their own patience.
const GLANCE: Duration = Duration::from_millis(20);

impl Inner {
    /// It is lost, unless that is known already.
    pub(super) fn lose(&self, generation: u64, error: &Error) {
        let health = lock(&self.health);
        if health.generation != generation || health.is_lost {
            return;
        }
        self.end_generation(health);
        self.tell(&Event::Lost { error });
    }

    /// The error of a manager that is lost, which it is from now on, before anything was sent.
    pub(super) fn lost(&self, generation: u64, source: Error) -> Error {
        self.lose(generation, &source);
        Error::lost("the manager is lost".to_owned(), source)
    }

    /// It has ended because we asked it to.
    pub(super) fn ended(&self) {
        self.end_generation(lock(&self.health));
    }

    fn end_generation(&self, mut health: MutexGuard<'_, Health>) {
        health.generation += 1;
        health.is_lost = true;
        drop(health);
        // The next one may be an older Python.
        self.forget();
        // Those that wait on one of these hear of it by themselves.
        let lines = std::mem::take(&mut *self.lines());
        drop(lines);
    }

    /// The generation, if it is there and that is `known`.
    pub(super) fn is_current(&self, known: u64) -> bool {
        let health = lock(&self.health);
        !health.is_lost && health.generation == known
    }

    /// The generation, once it is there, which may mean to look for it.
    pub(super) fn generation(self: &Arc<Self>, patience: &Patience) -> Result<u64> {
        let mut health = lock(&self.health);
        loop {
            if !health.is_lost {
                return Ok(health.generation);
            }
            if self.settings.reconnect.is_never() {
                return Err(self.still_lost());
            }
            if !health.is_sought {
                health.is_sought = true;
                break;
            }
            // Another thread looks for it.
            let waited = self.health_changed.wait_timeout(health, GLANCE);
            health = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
            patience.check()?;
        }
        let generation = health.generation;
        drop(health);
        let _seeking = Seeking(self);
        self.seek(generation, patience)
    }

    fn still_lost(&self) -> Error {
        let advice = "call Manager::reconnect, or give the builder a Reconnect";
        let what = format!("the manager at {} was lost before", self.settings.address);
        Error::lost(what, Kind::Usage(advice.to_owned()).into())
    }

    fn seek(self: &Arc<Self>, generation: u64, patience: &Patience) -> Result<u64> {
        let mut last = None;
        for (attempt, delay) in (1..).zip(self.settings.reconnect.delays()) {
            patience.sleep(delay)?;
            self.tell(&Event::Reconnecting { attempt, delay });
            let Err(error) = self.find(generation, patience) else {
                return Ok(generation);
            };
            self.tell(&Event::ReconnectFailed {
                attempt,
                error: &error,
            });
            let hopeless = is_hopeless(&error);
            last = Some(error);
            if hopeless {
                break;
            }
        }
        Err(last.unwrap_or_else(|| self.still_lost()))
    }

    /// Asks whether it is there, and remembers that it is.
    pub(super) fn find(self: &Arc<Self>, generation: u64, patience: &Patience) -> Result<()> {
        self.serve_as::<()>(generation, "dummy", &(), &(), patience)?;
        let mut health = lock(&self.health);
        let was_lost = health.generation == generation && std::mem::take(&mut health.is_lost);
        drop(health);
        if was_lost {
            self.health_changed.notify_all();
            self.tell(&Event::Reconnected);
        }
        Ok(())
    }
}

/// Another key will not become the right one. One that is silent or hangs up may be on its way down,
/// or not be up yet behind something that takes connections for it.
fn is_hopeless(error: &Error) -> bool {
    use HandshakeError::{Closed, ConnectionFailed, Silent};
    error.handshake_error().is_some_and(|error| {
        !matches!(
            error,
            Closed { .. } | Silent { .. } | ConnectionFailed { .. }
        )
    })
}

/// Others may look for it again once this is dropped.
struct Seeking<'a>(&'a Inner);

impl Drop for Seeking<'_> {
    fn drop(&mut self) {
        lock(&self.0.health).is_sought = false;
        self.0.health_changed.notify_all();
    }
}
