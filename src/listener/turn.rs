//! One turn of a listener: poll everything, do what is due.

use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::pending::{Pending, Progress};
use super::{Accepted, Event, Listener};
use crate::address::Address;
use crate::connection::Connection;
use crate::error::{Error, Kind, Result};
use crate::frame::Decoder;
use crate::handshake::{Handshake, HandshakeError};
use crate::login::Login;
use crate::transport::Transport;
use crate::transport::readiness::{Deadline, poll_until};

/// Rest after a failure to accept that giving up a client cannot mend.
const REST: Duration = Duration::from_millis(100);

/// Clients taken in one turn at most, so that those at their handshakes get on.
const MAX_BURST: usize = 64;

impl Listener {
    /// Waits for something to do, until the deadline, and does it.
    pub(super) fn turn(&mut self, deadline: Deadline) -> Result<()> {
        let until = deadline.earlier(self.next_deadline());
        let mut fds = Vec::with_capacity(1 + self.bound.len() + self.pending.len());
        self.pollables(&mut fds);
        poll_until(&mut fds, until).map_err(|e| Error::io("cannot wait for connections", e))?;
        let events: Vec<_> = fds.iter().map(PollFd::revents).collect();
        self.handle_events(&mut events.into_iter());
        Ok(())
    }

    /// The next one to hand out, or the order that says that there is none.
    pub(super) fn next_finished(&mut self) -> Result<Option<Accepted>> {
        self.look_at_orders();
        if self.control.take_cancel() {
            return Err(Kind::Cancelled.into());
        }
        match self.finished.pop_front() {
            Some(accepted) => {
                self.last_accepted.clone_from(&accepted.peer);
                Ok(Some(accepted))
            }
            None if self.is_drained() => Err(Kind::Closed.into()),
            None => Ok(None),
        }
    }

    fn is_drained(&self) -> bool {
        self.draining && self.pending.is_empty() && self.finished.is_empty()
    }

    /// Whether `accept` would return at once.
    pub(crate) fn is_ready(&mut self) -> bool {
        self.look_at_orders();
        !self.finished.is_empty() || self.is_drained() || self.control.orders().cancel
    }

    /// What to poll. The same state must meet the events in
    /// [`handle_events`](Self::handle_events), so only these two and
    /// [`look_at_orders`](Self::look_at_orders) change it.
    pub(crate) fn pollables<'a>(&'a self, fds: &mut Vec<PollFd<'a>>) {
        fds.push(PollFd::new(self.control.pollable(), PollFlags::IN));
        if self.takes_clients() {
            fds.extend(self.bound.iter().map(|b| PollFd::new(b, PollFlags::IN)));
        }
        let pending = self.pending.iter();
        fds.extend(pending.map(|p| PollFd::new(&p.transport, p.interest())));
    }

    fn takes_clients(&self) -> bool {
        let room = match self.settings.authkey {
            // A client without a handshake is best left in the backlog until it is wanted.
            None => 1,
            Some(_) => self.settings.max_pending,
        };
        !self.paused && self.resting.is_none() && self.finished.len() < room
    }

    /// When something is due although no descriptor is ready.
    pub(crate) fn next_deadline(&self) -> Deadline {
        // All have been given the same time, so the oldest is the first to run out of it.
        let oldest = self.pending.front().map_or(Deadline::NEVER, |p| p.deadline);
        oldest.earlier(self.resting.unwrap_or(Deadline::NEVER))
    }

    /// Takes the events of [`pollables`](Self::pollables), in that order.
    pub(crate) fn handle_events(&mut self, events: &mut impl Iterator<Item = PollFlags>) {
        let is_ready = |event: PollFlags| !event.is_empty();
        if events.next().is_some_and(is_ready) {
            self.control.clear();
        }
        let sockets = if self.takes_clients() {
            self.bound.len()
        } else {
            0
        };
        let callers: Vec<usize> = (0..sockets)
            .filter(|_| events.next().is_some_and(is_ready))
            .collect();
        self.advance_pending(events);
        self.expire();
        match callers.is_empty() {
            true => self.burst = 1,
            false => self.take_clients(&callers),
        }
        self.look_at_orders();
    }

    fn advance_pending(&mut self, events: &mut impl Iterator<Item = PollFlags>) {
        let mut over = Vec::new();
        for (place, pending) in self.pending.iter_mut().enumerate() {
            if events.next().is_some_and(|event| !event.is_empty())
                && let Some(outcome) = pending.advance(true)
            {
                over.push((place, outcome));
            }
        }
        for (gone, (place, outcome)) in over.into_iter().enumerate() {
            if let Some(pending) = self.pending.remove(place - gone) {
                self.conclude(pending, Some(outcome));
            }
        }
    }

    fn conclude(&mut self, pending: Pending, progress: Progress) {
        match progress {
            None => self.pending.push_back(pending),
            Some(Err(error)) => self.tell_failure(pending, error),
            Some(Ok(outcome)) => {
                let tag = pending.tag;
                let (transport, decoder, peer) = pending.finish();
                let connection = Connection::new(transport, decoder, peer.clone(), Some(outcome));
                self.finish(connection, tag, peer);
            }
        }
    }

    fn finish(&mut self, connection: Connection, tag: u64, peer: Option<Address>) {
        connection.set_max_message_len(self.settings.max_message_len);
        self.finished.push_back(Accepted {
            connection,
            tag,
            peer,
        });
    }

    fn tell_failure(&mut self, pending: Pending, error: HandshakeError) {
        self.tell(&Event::HandshakeFailed {
            peer: pending.peer.as_ref(),
            tag: pending.tag,
            error: &Error::handshake(pending.peer.as_ref(), error),
        });
    }

    fn tell(&mut self, event: &Event<'_>) {
        if let Some(on_event) = &mut self.settings.on_event {
            on_event(event);
        }
    }

    /// Those whose time has run out go, and a rest may be over.
    fn expire(&mut self) {
        while self
            .pending
            .front()
            .is_some_and(|p| p.deadline.has_passed())
        {
            if let Some(pending) = self.pending.pop_front() {
                let error = pending.silent();
                self.tell_failure(pending, error);
            }
        }
        self.resting = self.resting.filter(|rest| !rest.has_passed());
    }

    fn take_clients(&mut self, callers: &[usize]) {
        let mut taken = 0;
        for &place in callers {
            taken += self.take_clients_of(place);
        }
        // As long as there are more than were taken, more are taken the next time.
        self.burst = match taken >= self.burst {
            true => (self.burst * 2).min(MAX_BURST),
            false => 1,
        };
    }

    fn take_clients_of(&mut self, place: usize) -> usize {
        let mut taken = 0;
        while taken < self.burst && self.takes_clients() {
            let tag = self.bound[place].tag;
            match self.bound[place].accept() {
                Ok((transport, peer)) => self.admit(transport, peer, tag),
                Err(Errno::AGAIN) => break,
                Err(error) => {
                    self.could_not_accept(tag, error);
                    break;
                }
            }
            taken += 1;
        }
        taken
    }

    fn admit(&mut self, transport: Transport, peer: Option<Address>, tag: u64) {
        let Some(key) = &self.settings.authkey else {
            let connection = Connection::new(transport, Decoder::new(), peer.clone(), None);
            return self.finish(connection, tag, peer);
        };
        let login = Login::new(Handshake::listener(key, &self.settings.policy));
        let deadline = Deadline::after(self.settings.handshake_timeout);
        let mut pending = Pending::new(transport, peer, tag, login, deadline);
        // The challenge goes out at once.
        let progress = pending.advance(false);
        if self.pending.len() >= self.settings.max_pending {
            self.evict();
        }
        self.conclude(pending, progress);
    }

    /// The oldest unfinished client goes.
    fn evict(&mut self) -> bool {
        let Some(pending) = self.pending.pop_front() else {
            return false;
        };
        self.tell(&Event::Evicted {
            peer: pending.peer.as_ref(),
            tag: pending.tag,
        });
        true
    }

    /// Out of descriptors, as a rule: giving up an unfinished client frees one. Where
    /// that cannot help it rests, so that it does not spin.
    fn could_not_accept(&mut self, tag: u64, error: Errno) {
        self.tell(&Event::AcceptFailed {
            tag,
            error: &Error::io("cannot accept a connection", error),
        });
        let is_shortage = matches!(
            error,
            Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM
        );
        if !(is_shortage && self.evict()) {
            self.resting = Some(Deadline::after(Some(REST)));
        }
    }

    fn look_at_orders(&mut self) {
        let orders = self.control.orders();
        self.paused = orders.pause;
        if orders.shut_down && !self.draining {
            self.draining = true;
            self.empty_backlog();
            self.bound.clear();
        }
    }

    /// Those who have connected by now are served, if there is room for them.
    fn empty_backlog(&mut self) {
        for place in 0..self.bound.len() {
            let tag = self.bound[place].tag;
            while self.pending.len() + self.finished.len() < self.settings.max_pending {
                match self.bound[place].accept() {
                    Ok((transport, peer)) => self.admit(transport, peer, tag),
                    Err(_) => break,
                }
            }
        }
    }
}
