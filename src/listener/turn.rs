//! One turn of a listener: poll everything, do what is due.

use rustix::event::{PollFd, PollFlags};

use super::pending::{Pending, Progress};
use super::{Accepted, Event, Listener};
use crate::Address;
use crate::connection::Connection;
use crate::error::{Error, Kind, Result};
use crate::handshake::HandshakeError;
use crate::transport::readiness::{Deadline, poll_until};

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
        let bound = self.callable().map(|place| &self.bound[place]);
        fds.extend(bound.map(|b| PollFd::new(b, PollFlags::IN)));
        let pending = self.pending.iter();
        fds.extend(pending.map(|p| PollFd::new(&p.transport, p.interest())));
    }

    /// The places of the sockets that clients are taken from, at present.
    fn callable(&self) -> impl Iterator<Item = usize> {
        let bound = match self.takes_clients() {
            true => &self.bound[..],
            false => &[],
        };
        let places = bound.iter().enumerate();
        places.filter_map(|(place, b)| b.resting.is_none().then_some(place))
    }

    pub(super) fn takes_clients(&self) -> bool {
        let room = match self.settings.authkey {
            // A client without a handshake is best left in the backlog until it is wanted.
            None => 1,
            Some(_) => self.settings.max_pending,
        };
        let rests = self.resting.is_some() || self.crowded.is_some();
        !self.paused && !rests && self.finished.len() < room
    }

    /// When something is due although no descriptor is ready.
    pub(crate) fn next_deadline(&self) -> Deadline {
        // All have been given the same time, so the oldest is the first to run out of it.
        let oldest = self.pending.front().map_or(Deadline::NEVER, |p| p.deadline);
        let rests = self
            .bound
            .iter()
            .map(|b| b.resting)
            .chain([self.resting, self.crowded]);
        rests.flatten().fold(oldest, Deadline::earlier)
    }

    /// Takes the events of [`pollables`](Self::pollables), in that order.
    pub(crate) fn handle_events(&mut self, events: &mut impl Iterator<Item = PollFlags>) {
        let is_ready = |event: PollFlags| !event.is_empty();
        if events.next().is_some_and(is_ready) {
            self.control.clear();
        }
        let callers: Vec<usize> = self
            .callable()
            .filter(|_| events.next().is_some_and(is_ready))
            .collect();
        self.advance_pending(events);
        self.expire();
        self.take_clients(callers);
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

    pub(super) fn conclude(&mut self, pending: Pending, progress: Progress) {
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

    pub(super) fn finish(&mut self, connection: Connection, tag: u64, peer: Option<Address>) {
        self.settings.receive.apply(&connection);
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

    pub(super) fn tell(&mut self, event: &Event<'_>) {
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
                let mut pending = pending;
                let error = pending.silent();
                self.tell_failure(pending, error);
            }
        }
        let goes_on = |rest: &Deadline| !rest.has_passed();
        for bound in &mut self.bound {
            bound.resting = bound.resting.filter(goes_on);
        }
        self.resting = self.resting.filter(goes_on);
        self.crowded = self.crowded.filter(goes_on);
        if self.pending.len() < self.settings.max_pending {
            self.crowded = None;
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
}
