//! The listening sockets: whose turn is next, how many clients to accept from each, and which ones rest.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::time::Instant;

use super::ids::SocketId;

/// Most clients accepted from one socket in one round, so that handshakes make progress.
const MAX_BURST: usize = 64;

#[derive(Debug)]
struct Socket {
    resting_until: Option<Instant>,
    /// The last round in which it was ready.
    round: u64,
    /// Clients that may be accepted from it in that round, and those that were.
    burst: usize,
    taken: usize,
}

#[derive(Debug, Default)]
pub(super) struct Sockets {
    sockets: BTreeMap<SocketId, Socket>,
    /// Sockets that may have clients.
    ready: BTreeSet<SocketId>,
    /// Sockets that have had their turn in this round.
    spent: BTreeSet<SocketId>,
    /// The last socket that had its turn.
    last: Option<SocketId>,
    added: u64,
    round: u64,
}

impl Sockets {
    pub(super) fn add(&mut self) -> SocketId {
        let id = SocketId::new(self.added);
        self.added += 1;
        let socket = Socket {
            resting_until: None,
            round: self.round,
            burst: 1,
            taken: 0,
        };
        self.sockets.insert(id, socket);
        id
    }

    pub(super) fn remove(&mut self, id: SocketId) {
        self.sockets.remove(&id);
        self.ready.remove(&id);
        self.spent.remove(&id);
    }

    pub(super) fn rests(&self, id: SocketId) -> bool {
        let socket = self.sockets.get(&id);
        socket.is_none_or(|socket| socket.resting_until.is_some())
    }

    pub(super) fn mark_ready(&mut self, id: SocketId) {
        if !self.spent.contains(&id) && self.sockets.contains_key(&id) && self.ready.insert(id) {
            self.enter_round(id);
        }
    }

    pub(super) fn mark_all_ready(&mut self) {
        self.spent.clear();
        for socket in self.sockets.values_mut() {
            socket.resting_until = None;
        }
        self.ready = self.sockets.keys().copied().collect();
    }

    /// Doubles a socket's burst while it has more clients than were accepted; otherwise resets it to one.
    fn enter_round(&mut self, id: SocketId) {
        let round = self.round;
        if let Some(socket) = self.sockets.get_mut(&id) {
            if socket.round == round {
                return;
            }
            let goes_on = socket.round + 1 == round && socket.taken >= socket.burst;
            socket.burst = match goes_on {
                true => (socket.burst * 2).min(MAX_BURST),
                false => 1,
            };
            socket.taken = 0;
            socket.round = round;
        }
    }

    /// Returns the next socket to accept from. Ready sockets take turns.
    pub(super) fn next(&self) -> Option<SocketId> {
        let after = self
            .last
            .map_or((Unbounded, Unbounded), |last| (Excluded(last), Unbounded));
        let in_turn = self.ready.range(after).chain(&self.ready);
        in_turn.copied().find(|id| !self.rests(*id))
    }

    /// Notes that a client was accepted from a socket.
    pub(super) fn handle_taken(&mut self, id: SocketId, has_bursts: bool) {
        self.last = Some(id);
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.taken += 1;
            if has_bursts && socket.taken >= socket.burst {
                self.spend(id);
            }
        }
    }

    pub(super) fn handle_empty(&mut self, id: SocketId) {
        self.last = Some(id);
        self.ready.remove(&id);
    }

    /// Ends a socket's turn, though it may have more clients.
    pub(super) fn spend(&mut self, id: SocketId) {
        self.last = Some(id);
        if self.ready.remove(&id) {
            self.spent.insert(id);
        }
    }

    pub(super) fn rest(&mut self, id: SocketId, until: Instant) {
        self.spend(id);
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.resting_until = Some(until);
        }
    }

    /// Begins the next round. `keep_spent` makes sockets that had their turn ready again; `keep_ready`
    /// keeps the others ready.
    pub(super) fn end_round(&mut self, keep_spent: bool, keep_ready: bool) {
        self.round += 1;
        if !keep_ready {
            self.ready.clear();
        }
        match keep_spent {
            true => self.ready.append(&mut self.spent),
            false => self.spent.clear(),
        }
        for id in self.ready.iter().copied().collect::<Vec<_>>() {
            self.enter_round(id);
        }
    }

    pub(super) fn end_rests(&mut self, now: Instant) {
        for socket in self.sockets.values_mut() {
            socket.resting_until = socket.resting_until.filter(|until| *until > now);
        }
    }

    pub(super) fn next_rest_end(&self) -> Option<Instant> {
        let rests = self.sockets.values().filter_map(|s| s.resting_until);
        rests.min()
    }
}
