//! The loop of a listener: it polls all descriptors and does what is due.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use mpconn_proto::admission::{ClientId, Shedding, SocketId};
use rustix::event::{PollFd, PollFlags};

use super::pending::{Pending, Progress};
use super::{Accepted, Listener, ListenerEvent};
use crate::Address;
use crate::connection::Connection;
use crate::error::{Cause, Error, Result};
use crate::handshake::HandshakeError;
use crate::transport::readiness::{Deadline, poll_until};

impl Listener {
    /// Waits for something to do, until the deadline, and does it. Returns whether a descriptor was
    /// ready.
    pub(super) fn poll_once(&mut self, deadline: Deadline) -> Result<bool> {
        self.look();
        let until = deadline.earlier(self.next_deadline());
        let mut fds = Vec::with_capacity(1 + self.sockets.len() + self.pending.len());
        self.poll_fds(&mut fds);
        let failed = |e| Error::io("cannot wait for connections", e);
        let is_ready = poll_until(&mut fds, until).map_err(failed)?;
        let events: Vec<_> = fds.iter().map(PollFd::revents).collect();
        self.handle_events(&mut events.into_iter());
        Ok(is_ready)
    }

    /// Returns the next connection, or fails if the listener was cancelled or is drained.
    pub(super) fn next_finished(&mut self) -> Result<Option<Accepted>> {
        self.look();
        if self.control.take_cancel() {
            return Err(Cause::Cancelled.into());
        }
        match self.finished.pop_front() {
            Some(accepted) => {
                self.admission.handle_handed_out();
                self.last_accepted.clone_from(&accepted.peer);
                Ok(Some(accepted))
            }
            None if self.admission.is_drained() => Err(Cause::Closed.into()),
            None => Ok(None),
        }
    }

    /// Returns whether `accept` would return at once.
    pub(crate) fn is_ready(&mut self) -> bool {
        self.look();
        let orders = self.control.orders();
        !self.finished.is_empty() || self.admission.is_drained() || orders.cancel
    }

    /// Adds the descriptors to poll. [`handle_events`](Self::handle_events) takes their events in the same order,
    /// so only that function and [`look`](Self::look) may change the state between the two.
    pub(crate) fn poll_fds<'a>(&'a self, fds: &mut Vec<PollFd<'a>>) {
        self.wait_for(|fd, interest| fds.push(PollFd::from_borrowed_fd(fd, interest)));
    }

    /// Calls `name` with each descriptor to wait for, in the order of [`handle_events`](Self::handle_events).
    pub(super) fn wait_for<'a>(&'a self, mut name: impl FnMut(BorrowedFd<'a>, PollFlags)) {
        name(self.control.pollable().as_fd(), PollFlags::IN);
        for (_, bound) in self.wanted() {
            name(bound.as_fd(), PollFlags::IN);
        }
        for pending in self.pending.values() {
            name(pending.transport.as_fd(), pending.interest());
        }
    }

    /// Returns the sockets from which clients are accepted at present.
    fn wanted(&self) -> impl Iterator<Item = &(SocketId, super::ListeningSocket)> {
        let wants = |id| self.admission.wants(id, self.now);
        self.sockets.iter().filter(move |(id, _)| wants(*id))
    }

    /// Returns when something is due although no descriptor is ready.
    pub(crate) fn next_deadline(&self) -> Deadline {
        Deadline::at(self.admission.poll_timeout(self.now))
    }

    /// Takes the events of [`poll_fds`](Self::poll_fds), in that order.
    pub(crate) fn handle_events(&mut self, events: &mut impl Iterator<Item = PollFlags>) {
        let is_ready = |event: PollFlags| !event.is_empty();
        if events.next().is_some_and(is_ready) {
            self.control.clear();
        }
        let wanted: Vec<SocketId> = self.wanted().map(|(id, _)| *id).collect();
        for id in wanted {
            if events.next().is_some_and(is_ready) {
                self.admission.handle_ready(id);
            }
        }
        self.now = Instant::now();
        self.advance_pending(events);
        self.expire();
        self.accept_clients();
        self.admission.end_round(self.now);
        self.tell_shedding();
        self.look();
    }

    fn advance_pending(&mut self, events: &mut impl Iterator<Item = PollFlags>) {
        let mut over = Vec::new();
        for (id, pending) in &mut self.pending {
            if events.next().is_none_or(|event| event.is_empty()) {
                continue;
            }
            let progress = pending.advance(true);
            if pending.has_proved() {
                self.admission.handle_proved(*id);
            }
            if progress.is_some() {
                over.push((*id, progress));
            }
        }
        for (id, progress) in over {
            if let Some(pending) = self.pending.remove(&id) {
                self.conclude(id, pending, progress);
            }
        }
    }

    /// Keeps a client whose handshake goes on, and finishes or drops one whose handshake has ended.
    pub(super) fn conclude(&mut self, id: ClientId, pending: Pending, progress: Progress) {
        match progress {
            None => {
                self.pending.insert(id, pending);
            }
            Some(Err(error)) => {
                self.admission.handle_left(id);
                self.tell_failure(&pending, error);
            }
            Some(Ok(outcome)) => {
                let tag = pending.tag;
                let (transport, decoder, peer) = pending.finish();
                let connection = Connection::new(transport, decoder, peer.clone(), Some(outcome));
                self.finish(id, connection, tag, peer);
            }
        }
    }

    pub(super) fn finish(
        &mut self,
        id: ClientId,
        connection: Connection,
        tag: u64,
        peer: Option<Address>,
    ) {
        self.admission.handle_finished(id);
        self.settings.receive.apply(&connection);
        self.tell(&ListenerEvent::Accepted {
            peer: peer.as_ref(),
            tag,
        });
        self.finished.push_back(Accepted {
            connection,
            tag,
            peer,
        });
    }

    fn tell_failure(&mut self, pending: &Pending, error: HandshakeError) {
        self.tell(&ListenerEvent::HandshakeFailed {
            peer: pending.peer.as_ref(),
            tag: pending.tag,
            error: &Error::handshake(pending.peer.as_ref(), error),
        });
    }

    pub(super) fn tell(&mut self, event: &ListenerEvent<'_>) {
        if let Some(on_event) = &mut self.settings.on_event {
            on_event(event);
        }
    }

    fn tell_shedding(&mut self) {
        while let Some(shedding) = self.admission.poll_shedding(self.now) {
            match shedding {
                Shedding::Ended {
                    evicted, lasted, ..
                } => self.tell(&ListenerEvent::SheddingEnded { evicted, lasted }),
                _ => self.tell(&ListenerEvent::SheddingBegan),
            }
        }
    }

    /// Drops the clients whose time is over.
    fn expire(&mut self) {
        self.admission.handle_timeout(self.now);
        while let Some(id) = self.admission.poll_expired(self.now) {
            if let Some(mut pending) = self.pending.remove(&id) {
                let error = pending.silent();
                self.tell_failure(&pending, error);
            }
        }
    }

    /// Reads the clock and the orders.
    fn look(&mut self) {
        self.now = Instant::now();
        self.admission.handle_timeout(self.now);
        let orders = self.control.orders();
        self.admission.set_paused(orders.pause);
        if orders.shut_down && !self.admission.is_draining() {
            self.admission.drain();
            self.accept_clients();
            self.sockets.clear();
        }
    }
}
