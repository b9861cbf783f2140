//! The policy by which a listener accepts clients, without sockets and without a clock.
//!
//! Clients wait in the backlogs of listening sockets. Each accepted client occupies a slot during its
//! handshake. The number of slots is limited ([`Settings::slots`]), and anyone can connect and stay
//! silent. An [`Admission`] decides from which socket to accept the next client, when to accept
//! none, and which client loses its slot. It knows clients and sockets by ids only; the driver maps
//! the ids to connections.
//!
//! # Order of calls
//! In each round, with one time `now`:
//! 1. Call [`handle_timeout`](Admission::handle_timeout), then drop the clients that
//!    [`poll_expired`](Admission::poll_expired) returns.
//! 2. Drive the handshakes that can make progress. Report [`handle_proved`](Admission::handle_proved),
//!    [`handle_finished`](Admission::handle_finished) and [`handle_left`](Admission::handle_left).
//! 3. Call [`handle_ready`](Admission::handle_ready) for each socket that has clients.
//! 4. While [`poll_accept`](Admission::poll_accept) returns a socket, accept from it and report one of
//!    [`handle_accepted`](Admission::handle_accepted) and
//!    [`handle_accept_error`](Admission::handle_accept_error). If the client's handshake is not
//!    over at once, give it a slot with [`handle_waiting`](Admission::handle_waiting), and disconnect
//!    the client that this evicts, if any.
//! 5. Call [`end_round`](Admission::end_round) and report
//!    [`poll_shedding`](Admission::poll_shedding). Then wait for the [wanted](Admission::wants) sockets
//!    and for the clients, until [`poll_timeout`](Admission::poll_timeout) at the latest.
//!
//! ```text
//!              poll_accept                    handle_waiting           handle_finished
//!   backlog ──────────────▶ handle_accepted ────────────────▶ slot ──────────────────▶ finished
//!                                  │                           │                          │
//!                     handle_left, │          evicted, expired,│          handle_handed_out
//!                   handle_finished▼               handle_left ▼                          ▼
//!                                gone                        gone                     connection
//! ```
//!
//! # The rules
//! - When all slots are taken and another client connects, the oldest client is evicted. A client keeps
//!   its slot during its [grace period](Settings::grace), and once it has proved that it knows the key.
//! - A client for whom there is no slot is not accepted. It waits in the backlog, where it costs this
//!   process nothing.
//! - Sockets take turns. While many clients connect, more are accepted in each round, but at most 64
//!   from one socket, so that handshakes make progress.
//! - A socket that fails to accept rests. If descriptors or memory have run out, the oldest
//!   client is evicted first, if the first rule allows it.
//!
//! # The promise
//! Let there be *s* slots, *n* sockets with clients, a grace period of *g*, and *a* clients before this
//! one in the backlog of its socket. If this client needs *r* ≤ *g* for all its answers, its handshake
//! is over after at most
//!
//! > *g* · ⌈*n* (*a* + 1) / *s*⌉ + *r*
//!
//! whatever clients without the key do: after each grace period all slots taken before can be freed,
//! and this client keeps its own for as long as it needs. [`Settings::longest_wait`] computes the first
//! term. While fewer than *s* / *g* clients connect per second (5,120 by default), *a* does not grow.
//! Beyond that rate the backlogs fill up until the system refuses clients. The listener then sheds load
//! and reports it ([`Shedding`]). Clients that stall after they have proved that they know the key
//! keep their slots until their deadline; the promise does not cover those.
//!
//! # Examples
//! ```
//! use std::time::{Duration, Instant};
//! use mpconn_proto::admission::{Admission, Settings};
//!
//! let now = Instant::now();
//! let mut admission = Admission::new(Settings::new().slots(1));
//! let socket = admission.add_socket();
//!
//! // Three clients wait at the socket; the first is silent.
//! admission.handle_ready(socket);
//! assert_eq!(admission.poll_accept(now), Some(socket));
//! let silent = admission.handle_accepted(socket);
//! assert_eq!(admission.handle_waiting(silent, now), None);
//! // Its grace period is not over: the others wait in the backlog.
//! assert_eq!(admission.poll_accept(now), None);
//! admission.end_round(now);
//! assert!(!admission.wants(socket, now));
//!
//! let later = admission.poll_timeout(now).unwrap();
//! assert_eq!(later, now + Duration::from_millis(100));
//! admission.handle_ready(socket);
//! assert_eq!(admission.poll_accept(later), Some(socket));
//! let good = admission.handle_accepted(socket);
//! assert_eq!(admission.handle_waiting(good, later), Some(silent));
//! admission.handle_proved(good);
//! admission.handle_finished(good);
//! ```

mod ids;
mod settings;
mod shedding;
#[cfg(test)]
mod simulation;
mod slots;
mod sockets;
#[cfg(test)]
mod tests;

use std::io;
use std::time::{Duration, Instant};

pub use ids::{ClientId, SocketId};
pub use settings::Settings;
pub use shedding::Shedding;

use shedding::Overload;
use slots::Slots;
use sockets::Sockets;

/// The reason why no client could be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptFailure {
    /// No client is waiting: accepting would block. This is not an error, and no client is evicted.
    Nobody,
    /// Descriptors or memory have run out; evicting a client may help.
    Shortage,
    /// Another error, of this socket.
    Other,
}

impl AcceptFailure {
    /// Classifies an error of the operating system. `WouldBlock` is [`Nobody`](Self::Nobody), and an
    /// error of the socket itself is [`Other`](Self::Other). The rest counts as
    /// [`Shortage`](Self::Shortage), since running out of descriptors has no [`io::ErrorKind`]. A driver
    /// that knows the system's error codes can classify better.
    pub fn of(error: &io::Error) -> Self {
        use io::ErrorKind::{
            InvalidInput, NotConnected, PermissionDenied, Unsupported, WouldBlock,
        };
        match error.kind() {
            WouldBlock => AcceptFailure::Nobody,
            InvalidInput | NotConnected | PermissionDenied | Unsupported => AcceptFailure::Other,
            _ => AcceptFailure::Shortage,
        }
    }
}

/// Decides which clients a listener accepts and evicts.
///
/// The [module's documentation](self) has the order of calls, the rules and an example.
#[derive(Debug)]
pub struct Admission {
    settings: Settings,
    sockets: Sockets,
    slots: Slots,
    overload: Overload,
    accepted: u64,
    /// Clients that have finished and were not handed out.
    finished: usize,
    /// Until then no client is accepted from any socket.
    resting_until: Option<Instant>,
    is_paused: bool,
    is_draining: bool,
    /// A client may wait in a backlog for whom there was no slot in this round.
    found_no_slot: bool,
    /// The driver waited for the sockets before this round, so that those not ready have no clients.
    had_slot: bool,
}

/// Returns `now` plus `time`, limited to a century so that the sum cannot overflow.
fn later(now: Instant, time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    now.checked_add(time.min(CENTURY)).unwrap_or(now)
}

impl Admission {
    /// Makes a policy without sockets.
    pub fn new(settings: Settings) -> Self {
        Admission {
            overload: Overload::new(settings.grace),
            settings,
            sockets: Sockets::default(),
            slots: Slots::default(),
            accepted: 0,
            finished: 0,
            resting_until: None,
            is_paused: false,
            is_draining: false,
            found_no_slot: false,
            had_slot: true,
        }
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds a listening socket.
    pub fn add_socket(&mut self) -> SocketId {
        self.sockets.add()
    }

    /// Removes a listening socket.
    pub fn remove_socket(&mut self, socket: SocketId) {
        self.sockets.remove(socket);
    }

    /// Pauses or resumes accepting. During a pause clients wait in the backlogs, and those that have a
    /// slot continue.
    pub fn set_paused(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }

    /// Begins to drain: clients that are already in a backlog are accepted while there are free slots,
    /// and none after them. [`poll_accept`](Self::poll_accept) returns every socket until
    /// that is done. Then close the sockets.
    pub fn drain(&mut self) {
        if !self.is_draining {
            self.is_draining = true;
            self.sockets.mark_all_ready();
        }
    }

    /// Returns whether [`drain`](Self::drain) was called.
    pub fn is_draining(&self) -> bool {
        self.is_draining
    }

    /// Returns whether draining is complete: no handshake is in progress, and all finished clients were
    /// handed out.
    pub fn is_drained(&self) -> bool {
        self.is_draining && self.slots.is_empty() && self.finished == 0
    }

    /// Returns the number of clients that have a slot.
    pub fn pending(&self) -> usize {
        self.slots.len()
    }

    /// Returns the number of clients that have finished and were not handed out.
    pub fn finished(&self) -> usize {
        self.finished
    }

    /// Returns whether more clients connect than the slots can handle.
    pub fn is_shedding(&self) -> bool {
        self.overload.is_shedding()
    }

    /// Returns whether to wait for clients at a socket. The answer may change with every call and with
    /// time.
    pub fn wants(&self, socket: SocketId, now: Instant) -> bool {
        self.accepts() && !self.sockets.rests(socket) && self.has_slot(now)
    }

    /// Notes that a socket may have clients.
    pub fn handle_ready(&mut self, socket: SocketId) {
        self.sockets.mark_ready(socket);
    }

    /// Returns the socket to accept the next client from, if any.
    pub fn poll_accept(&mut self, now: Instant) -> Option<SocketId> {
        if self.is_draining {
            let has_room = self.slots.len() + self.finished < self.settings.slots;
            return self.sockets.next().filter(|_| has_room);
        }
        if !self.accepts() {
            return None;
        }
        let socket = self.sockets.next()?;
        if !self.has_slot(now) {
            self.found_no_slot = true;
            return None;
        }
        Some(socket)
    }

    /// Notes that a client was accepted, and returns its id. Next call one of
    /// [`handle_waiting`](Self::handle_waiting), [`handle_finished`](Self::handle_finished) and
    /// [`handle_left`](Self::handle_left).
    pub fn handle_accepted(&mut self, socket: SocketId) -> ClientId {
        self.sockets.handle_taken(socket, !self.is_draining);
        let id = ClientId::new(self.accepted);
        self.accepted += 1;
        id
    }

    /// Gives a slot to a client whose handshake is not over at once. Returns the client that was evicted
    /// for it, if any.
    pub fn handle_waiting(&mut self, client: ClientId, now: Instant) -> Option<ClientId> {
        let evicted = match self.slots.len() < self.settings.slots {
            true => None,
            false => self.evict(now),
        };
        let timeout = self.settings.handshake_timeout;
        let deadline = timeout.and_then(|timeout| now.checked_add(timeout));
        let spared_until = later(now, self.settings.grace);
        self.slots.insert(client, deadline, spared_until);
        evicted
    }

    fn evict(&mut self, now: Instant) -> Option<ClientId> {
        let evicted = self.slots.evict(now)?;
        self.overload.handle_eviction(now);
        Some(evicted)
    }

    /// Notes that accepting failed. A socket without waiting clients is not asked again until it is
    /// ready. After other failures accepting rests, so that it does not fail again at once. Returns
    /// the client that was evicted to relieve a shortage, if any.
    pub fn handle_accept_error(
        &mut self,
        socket: SocketId,
        failure: AcceptFailure,
        now: Instant,
    ) -> Option<ClientId> {
        let rest = later(now, self.settings.rest);
        if self.is_draining || failure == AcceptFailure::Nobody {
            self.sockets.handle_empty(socket);
            return None;
        }
        if failure == AcceptFailure::Other {
            self.sockets.rest(socket, rest);
            return None;
        }
        self.sockets.spend(socket);
        let evicted = self.evict(now);
        if evicted.is_none() {
            self.resting_until = Some(self.slots.next_evictable().unwrap_or(rest));
        }
        evicted
    }

    /// Notes that a client has proved that it knows the key, even if its handshake is not over. It is not
    /// evicted after that.
    pub fn handle_proved(&mut self, client: ClientId) {
        self.slots.prove(client);
    }

    /// Notes that a client has finished its handshake, or needs none, and can be handed out.
    pub fn handle_finished(&mut self, client: ClientId) {
        self.slots.remove(client);
        self.finished += 1;
    }

    /// Notes that a client disconnected or was refused.
    pub fn handle_left(&mut self, client: ClientId) {
        self.slots.remove(client);
    }

    /// Notes that a finished client was handed out.
    pub fn handle_handed_out(&mut self) {
        self.finished = self.finished.saturating_sub(1);
    }

    /// Handles the passing of time: ends rests that are over.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.sockets.end_rests(now);
        self.resting_until = self.resting_until.filter(|until| *until > now);
    }

    /// Returns the next client whose handshake has taken too long, and frees its slot.
    pub fn poll_expired(&mut self, now: Instant) -> Option<ClientId> {
        self.slots.expire(now)
    }

    /// Ends a round.
    pub fn end_round(&mut self, now: Instant) {
        let has_slot = self.has_slot(now);
        match std::mem::take(&mut self.found_no_slot) {
            true => self.overload.handle_wait(now),
            false if self.had_slot => self.overload.handle_relief(),
            // No socket was checked: clients that were waiting are assumed to wait still.
            false if !has_slot => self.overload.handle_longer_wait(now),
            false => {}
        }
        self.had_slot = has_slot;
        let again = self.settings.is_edge_triggered;
        self.sockets.end_round(again, again);
    }

    /// Returns the beginning or end of load shedding, if it is not reported yet.
    pub fn poll_shedding(&mut self, now: Instant) -> Option<Shedding> {
        self.overload.poll(now)
    }

    /// Returns when the next round is due if nothing happens before. It is due at once if readiness is
    /// edge-triggered and a socket may have more clients for whom there are slots.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        if self.accepts() && self.has_slot(now) && self.sockets.next().is_some() {
            return Some(now);
        }
        let full = self.slots.len() >= self.settings.slots;
        let wants = self.accepts() && full;
        let times = [
            self.slots.next_deadline(),
            self.sockets.next_rest_end(),
            self.resting_until,
            // After that the driver waits for the sockets instead.
            self.slots.next_evictable().filter(|at| wants && *at > now),
            self.overload.poll_timeout(),
        ];
        times.into_iter().flatten().min()
    }

    /// Returns whether clients are accepted at present, regardless of slots.
    fn accepts(&self) -> bool {
        let has_room = self.finished < self.settings.finished_room();
        !self.is_paused && !self.is_draining && self.resting_until.is_none() && has_room
    }

    fn has_slot(&self, now: Instant) -> bool {
        self.slots.len() < self.settings.slots || self.slots.has_evictable(now)
    }
}
