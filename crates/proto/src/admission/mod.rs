//! Who is let in: the policy of a listener, without sockets and without a clock.
//!
//! Clients wait in the backlogs of listening sockets. Each one that is accepted has a handshake to go
//! through, and a slot while it does. There are as many slots as [`Settings::slots`] says, and anyone
//! can connect and stay silent. An [`Admission`] decides from which socket the next client is
//! accepted, when none is, and who loses its slot. It knows clients and sockets by their ids; the driver
//! has what the ids stand for.
//!
//! # Order of calls
//! In each round, at one time `now`:
//! 1. [`handle_timeout`](Admission::handle_timeout), then drop the clients that
//!    [`poll_expired`](Admission::poll_expired) returns.
//! 2. Drive the handshakes that can go on. Report [`handle_proved`](Admission::handle_proved),
//!    [`handle_finished`](Admission::handle_finished) and [`handle_left`](Admission::handle_left).
//! 3. [`handle_ready`](Admission::handle_ready) for each socket that has clients.
//! 4. While [`poll_accept`](Admission::poll_accept) returns a socket, accept from it and report one of
//!    [`handle_accepted`](Admission::handle_accepted) and
//!    [`handle_accept_error`](Admission::handle_accept_error). A client whose handshake is not over
//!    at once gets a slot by [`handle_waiting`](Admission::handle_waiting), which may name another one
//!    that loses its own.
//! 5. [`end_round`](Admission::end_round). Then tell of [`poll_shedding`](Admission::poll_shedding), and
//!    wait: for the sockets that are [wanted](Admission::wants), for the clients, and no longer than
//!    [`poll_timeout`](Admission::poll_timeout) says.
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
//! - The oldest client that has proved nothing loses its slot when all are taken and another client
//!   comes; never within its [grace](Settings::grace), and never one that has proved its key.
//! - No client is accepted for which there is no slot. It waits in the backlog, where it costs this
//!   process nothing.
//! - Each socket has its turn. While clients come in crowds, more are accepted in a round, 64 from a socket
//!   at most, so that handshakes get on.
//! - A socket that fails to accept rests. Where descriptors or memory have run out, the oldest
//!   client is evicted first, if that is allowed.
//!
//! # The promise
//! Let there be *s* slots, *n* sockets with clients, a grace of *g*, and *a* clients before this one in the
//! backlog of its socket. A client that answers each message within *r* ≤ *g* in all is finished after
//!
//! > *g* · ⌈*n* (*a* + 1) / *s*⌉ + *r*
//!
//! at most, whatever others without the key do: each grace frees all slots that are taken by then, and its
//! own is its own for as long as it needs. [`Settings::longest_wait`] computes the first term. While
//! fewer than *s* / *g* clients arrive in a second (5,120 by default), *a* does not grow. Beyond that
//! the backlogs fill up, at that many more a second, until the system turns clients away; the
//! listener sheds, and says so ([`Shedding`]). Clients that have the key and stall after they have
//! proved it keep their slots until their deadline; they are not strangers.
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
//! // Its grace is not over: the others wait in the backlog.
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

use shedding::Pressure;
use slots::Slots;
use sockets::Sockets;

/// Why a client could not be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptFailure {
    /// Nobody waits: accepting would block. That is no failure, and nobody is evicted for it.
    Nobody,
    /// Descriptors or memory have run out: a client that leaves may mend that.
    Shortage,
    /// Another reason, of that socket.
    Other,
}

impl AcceptFailure {
    /// Returns what kind of failure an error of the system is: `WouldBlock` is nobody; one that says that the
    /// socket itself cannot accept is another reason; the rest is taken for a shortage, since that of
    /// descriptors has no kind of its own. A driver that knows the system's codes tells better.
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

/// Decides who is let in.
///
/// The [module's documentation](self) has the order of calls, the rules and an example.
#[derive(Debug)]
pub struct Admission {
    settings: Settings,
    sockets: Sockets,
    slots: Slots,
    pressure: Pressure,
    accepted: u64,
    /// Number of clients that have finished and were not handed out.
    finished: usize,
    /// No socket is accepted from until then.
    resting_until: Option<Instant>,
    is_paused: bool,
    is_draining: bool,
    /// Somebody waits in a backlog for whom there was no slot in this round.
    found_no_slot: bool,
    /// The sockets were waited for before this round: nobody waits at those that were not ready.
    had_slot: bool,
}

/// That long after `now`; a century for what is longer, since no clock need know more.
fn later(now: Instant, time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    now.checked_add(time.min(CENTURY)).unwrap_or(now)
}

impl Admission {
    /// Makes a policy without sockets.
    pub fn new(settings: Settings) -> Self {
        Admission {
            pressure: Pressure::new(settings.grace),
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

    /// Returns its settings.
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

    /// Sets whether clients are accepted at all; they wait in the backlogs meanwhile. Those who have a
    /// slot go on.
    pub fn set_paused(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }

    /// Begins to drain: those who have connected by now are accepted as far as there are free slots,
    /// and nobody after them. The next [`poll_accept`](Self::poll_accept) returns every socket until
    /// that is done; close the sockets then.
    pub fn drain(&mut self) {
        if !self.is_draining {
            self.is_draining = true;
            self.sockets.mark_all_ready();
        }
    }

    /// Returns whether it drains or has drained.
    pub fn is_draining(&self) -> bool {
        self.is_draining
    }

    /// Returns whether it has drained: no client is at its handshake, and all that have finished were
    /// handed out.
    pub fn is_drained(&self) -> bool {
        self.is_draining && self.slots.is_empty() && self.finished == 0
    }

    /// Returns how many clients have a slot.
    pub fn pending(&self) -> usize {
        self.slots.len()
    }

    /// Returns how many clients have finished and were not handed out.
    pub fn finished(&self) -> usize {
        self.finished
    }

    /// Returns whether the slots do not carry what comes.
    pub fn is_shedding(&self) -> bool {
        self.pressure.is_shedding()
    }

    /// Returns whether to wait for clients at a socket. It may change with every other call and with
    /// the time.
    pub fn wants(&self, socket: SocketId, now: Instant) -> bool {
        self.accepts() && !self.sockets.rests(socket) && self.has_slot(now)
    }

    /// Notes that a socket has clients, or may have some.
    pub fn handle_ready(&mut self, socket: SocketId) {
        self.sockets.mark_ready(socket);
    }

    /// Returns the socket to accept the next client from, if one is to be accepted.
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

    /// Notes that a client was accepted, and names it. Then one of
    /// [`handle_waiting`](Self::handle_waiting), [`handle_finished`](Self::handle_finished) and
    /// [`handle_left`](Self::handle_left) is due.
    pub fn handle_accepted(&mut self, socket: SocketId) -> ClientId {
        self.sockets.handle_taken(socket, !self.is_draining);
        let id = ClientId::new(self.accepted);
        self.accepted += 1;
        id
    }

    /// Gives a client a slot, since its handshake is not over at once. Returns the client that has lost
    /// its own for that.
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
        self.pressure.handle_eviction(now);
        Some(evicted)
    }

    /// Notes that accepting failed. A socket at which nobody waits is left alone until it is ready again;
    /// after other failures accepting rests, so that it does not fail again at once. Returns the client
    /// that has lost its slot, so that what it held mends a shortage.
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

    /// Notes that a client has proved that it knows the key, though its handshake may not be over: from
    /// now on it is not evicted.
    pub fn handle_proved(&mut self, client: ClientId) {
        self.slots.prove(client);
    }

    /// Notes that a client has finished its handshake, or has none, and waits to be handed out.
    pub fn handle_finished(&mut self, client: ClientId) {
        self.slots.remove(client);
        self.finished += 1;
    }

    /// Notes that a client has left or was refused.
    pub fn handle_left(&mut self, client: ClientId) {
        self.slots.remove(client);
    }

    /// Notes that one of those that have finished was handed out.
    pub fn handle_handed_out(&mut self) {
        self.finished = self.finished.saturating_sub(1);
    }

    /// Takes the time: rests may be over.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.sockets.end_rests(now);
        self.resting_until = self.resting_until.filter(|until| *until > now);
    }

    /// Returns the next client whose handshake has taken too long. It has lost its slot.
    pub fn poll_expired(&mut self, now: Instant) -> Option<ClientId> {
        self.slots.expire(now)
    }

    /// Ends a round, in which each socket had its turn.
    pub fn end_round(&mut self, now: Instant) {
        let has_slot = self.has_slot(now);
        match std::mem::take(&mut self.found_no_slot) {
            true => self.pressure.handle_wait(now),
            false if self.had_slot => self.pressure.handle_relief(),
            // No socket was looked at: those who waited still do, as far as is known.
            false if !has_slot => self.pressure.handle_longer_wait(now),
            false => {}
        }
        self.had_slot = has_slot;
        let again = self.settings.is_edge_triggered;
        self.sockets.end_round(again, again);
    }

    /// Returns what there is to tell of shedding, if anything.
    pub fn poll_shedding(&mut self, now: Instant) -> Option<Shedding> {
        self.pressure.poll(now)
    }

    /// Returns when the next round is due although nothing happens: at once where readiness is told only
    /// once, and a socket may have more clients for whom there are slots.
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
            // Once it has passed, the sockets are waited for instead.
            self.slots.next_evictable().filter(|at| wants && *at > now),
            self.pressure.poll_timeout(),
        ];
        times.into_iter().flatten().min()
    }

    /// Returns whether anybody is accepted at present, slots aside.
    fn accepts(&self) -> bool {
        let has_room = self.finished < self.settings.finished_room();
        !self.is_paused && !self.is_draining && self.resting_until.is_none() && has_room
    }

    fn has_slot(&self, now: Instant) -> bool {
        self.slots.len() < self.settings.slots || self.slots.has_evictable(now)
    }
}
