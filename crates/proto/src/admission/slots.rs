//! Clients at their handshakes: who came first, who may go, whose time is up.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::ids::ClientId;

#[derive(Debug)]
struct Client {
    deadline: Option<Instant>,
    /// Not evicted before.
    spared_until: Instant,
}

/// Ids ascend with the time of admission, and all clients have the same timeout and grace:
/// so the first one by id is the first by deadline and by grace as well.
#[derive(Debug, Default)]
pub(super) struct Slots {
    clients: BTreeMap<ClientId, Client>,
    unproved: BTreeSet<ClientId>,
}

impl Slots {
    pub(super) fn len(&self) -> usize {
        self.clients.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    pub(super) fn insert(
        &mut self,
        id: ClientId,
        deadline: Option<Instant>,
        spared_until: Instant,
    ) {
        let client = Client {
            deadline,
            spared_until,
        };
        self.clients.insert(id, client);
        self.unproved.insert(id);
    }

    /// Returns whether the client was there.
    pub(super) fn remove(&mut self, id: ClientId) -> bool {
        self.unproved.remove(&id);
        self.clients.remove(&id).is_some()
    }

    pub(super) fn prove(&mut self, id: ClientId) {
        self.unproved.remove(&id);
    }

    /// When the next client may be evicted, if there is one that ever may.
    pub(super) fn next_evictable(&self) -> Option<Instant> {
        let oldest = self.unproved.first()?;
        self.clients.get(oldest).map(|client| client.spared_until)
    }

    pub(super) fn has_evictable(&self, now: Instant) -> bool {
        self.next_evictable().is_some_and(|at| at <= now)
    }

    /// Takes out the oldest client that has proved nothing and had its grace.
    pub(super) fn evict(&mut self, now: Instant) -> Option<ClientId> {
        if !self.has_evictable(now) {
            return None;
        }
        let id = self.unproved.pop_first()?;
        self.clients.remove(&id);
        Some(id)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.clients
            .first_key_value()
            .and_then(|(_, client)| client.deadline)
    }

    /// Takes out the next client whose deadline has passed.
    pub(super) fn expire(&mut self, now: Instant) -> Option<ClientId> {
        if self.next_deadline()? > now {
            return None;
        }
        let (id, _) = self.clients.pop_first()?;
        self.unproved.remove(&id);
        Some(id)
    }
}
