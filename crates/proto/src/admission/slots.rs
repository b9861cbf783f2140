//! The slots: clients whose handshakes are in progress, with their deadlines and grace periods.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::ids::ClientId;

#[derive(Debug)]
struct Client {
    deadline: Option<Instant>,
    /// End of the grace period.
    spared_until: Instant,
}

/// All clients that have a slot. Ids ascend with time, and all clients have the same timeout and grace
/// period, so that the lowest id also has the earliest deadline and end of grace.
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

    /// Removes a client, and returns whether it had a slot.
    pub(super) fn remove(&mut self, id: ClientId) -> bool {
        self.unproved.remove(&id);
        self.clients.remove(&id).is_some()
    }

    pub(super) fn prove(&mut self, id: ClientId) {
        self.unproved.remove(&id);
    }

    /// Returns when the next client may be evicted, if any ever may.
    pub(super) fn next_evictable(&self) -> Option<Instant> {
        let oldest = self.unproved.first()?;
        self.clients.get(oldest).map(|client| client.spared_until)
    }

    pub(super) fn has_evictable(&self, now: Instant) -> bool {
        self.next_evictable().is_some_and(|at| at <= now)
    }

    /// Removes the oldest client that has not proved that it knows the key, if its grace period is over.
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

    /// Removes the next client whose deadline has passed.
    pub(super) fn expire(&mut self, now: Instant) -> Option<ClientId> {
        if self.next_deadline()? > now {
            return None;
        }
        let (id, _) = self.clients.pop_first()?;
        self.unproved.remove(&id);
        Some(id)
    }
}
