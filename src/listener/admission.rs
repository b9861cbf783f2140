//! Who gets a slot, and who loses it.
//!
//! Each client at its handshake has one. When all are taken the oldest goes for the
//! newest, but not before it has had a moment to answer, and none that has proved its
//! key for one that has not: so a flood of silent clients costs a good one, at worst,
//! the time that the backlog before it takes.

use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::pending::Pending;
use super::{Event, Listener};
use crate::Address;
use crate::connection::Connection;
use crate::error::Error;
use crate::frame::Decoder;
use crate::handshake::{Framing, Handshake, Stream};
use crate::transport::Transport;
use crate::transport::readiness::Deadline;

/// Rest after a failure to accept that giving up a client cannot mend.
const REST: Duration = Duration::from_millis(100);

/// Clients taken in one turn at most, so that those at their handshakes get on.
const MAX_BURST: usize = 64;

impl Listener {
    /// Takes clients from these sockets, each of them first in its turn.
    pub(super) fn take_clients(&mut self, mut callers: Vec<usize>) {
        if callers.is_empty() {
            self.burst = 1;
            return;
        }
        let first = self.first % callers.len();
        callers.rotate_left(first);
        self.first = self.first.wrapping_add(1);
        let mut taken = 0;
        for place in callers {
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
        while taken < self.burst && self.takes_clients() && self.has_slot() {
            let tag = self.bound[place].tag;
            match self.bound[place].accept() {
                Ok((transport, peer)) => self.admit(transport, peer, tag),
                Err(Errno::AGAIN) => break,
                Err(error) => {
                    self.could_not_accept(place, error);
                    break;
                }
            }
            taken += 1;
        }
        taken
    }

    /// Whether one more can be taken in. If not, it rests until that is so.
    fn has_slot(&mut self) -> bool {
        if self.pending.len() < self.settings.max_pending {
            return true;
        }
        self.crowded = self.oldest().map(|place| self.pending[place].spared);
        self.crowded = self.crowded.filter(|spared| !spared.has_passed());
        self.crowded.is_none()
    }

    fn admit(&mut self, transport: Transport, peer: Option<Address>, tag: u64) {
        let Some(key) = &self.settings.authkey else {
            let connection = Connection::new(transport, Decoder::new(), peer.clone(), None);
            return self.finish(connection, tag, peer);
        };
        let handshake = Handshake::listener(key, &self.settings.policy);
        let stream = Stream::new(handshake, Framing::LengthPrefix, Instant::now());
        let deadline = Deadline::after(self.settings.handshake_timeout);
        let mut pending = Pending::new(transport, peer, tag, stream, deadline);
        // The challenge goes out at once.
        let progress = pending.advance(false);
        // Who is gone already needs no slot.
        if progress.is_none() && self.pending.len() >= self.settings.max_pending {
            self.evict();
        }
        self.conclude(pending, progress);
    }

    /// Who goes first: the oldest unfinished client, of those who have proved nothing
    /// if there are any.
    fn oldest(&self) -> Option<usize> {
        let unproved = self.pending.iter().position(|p| !p.has_proved());
        unproved.or((!self.pending.is_empty()).then_some(0))
    }

    fn evict(&mut self) {
        let Some(pending) = self.oldest().and_then(|place| self.pending.remove(place)) else {
            return;
        };
        self.tell(&Event::Evicted {
            peer: pending.peer.as_ref(),
            tag: pending.tag,
        });
    }

    /// Where descriptors have run out, giving up an unfinished client frees one. What
    /// that cannot mend is met with a rest, so that it does not spin: of the one socket
    /// where the reason lies there.
    fn could_not_accept(&mut self, place: usize, error: Errno) {
        self.tell(&Event::AcceptFailed {
            tag: self.bound[place].tag,
            error: &Error::io("cannot accept a connection", error),
        });
        let rest = Deadline::after(Some(REST));
        let is_shortage = matches!(
            error,
            Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM
        );
        if !is_shortage {
            self.bound[place].resting = Some(rest);
            return;
        }
        match self.oldest().map(|place| self.pending[place].spared) {
            Some(spared) if spared.has_passed() => self.evict(),
            Some(spared) => self.resting = Some(spared),
            None => self.resting = Some(rest),
        }
    }

    /// Those who have connected by now are served, if there is room for them.
    pub(super) fn empty_backlog(&mut self) {
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
