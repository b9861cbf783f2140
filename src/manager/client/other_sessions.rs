//! Sessions with other managers, whose objects came with answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use super::lock;
use crate::Address;

/// The sessions of managers that know of each other, by address. `S` is
/// [`Session`](super::session::Session).
#[derive(Debug)]
pub(super) struct OtherSessions<S>(Mutex<HashMap<Address, Weak<S>>>);

/// Why there is no session with another manager.
pub(super) struct TooMany;

impl<S> Default for OtherSessions<S> {
    fn default() -> Self {
        OtherSessions(Mutex::default())
    }
}

impl<S> OtherSessions<S> {
    /// Adds a session that others may lead back to.
    pub(super) fn add(&self, address: Address, session: &Arc<S>) {
        lock(&self.0).insert(address, Arc::downgrade(session));
    }

    /// Returns the session with the manager at an address, or makes one, while fewer than `max` others are
    /// in use.
    pub(super) fn get_or_make(
        &self,
        address: &Address,
        max: usize,
        make: impl FnOnce() -> Arc<S>,
    ) -> Result<Arc<S>, TooMany> {
        let mut sessions = lock(&self.0);
        sessions.retain(|_, session| session.strong_count() > 0);
        if let Some(known) = sessions.get(address).and_then(Weak::upgrade) {
            return Ok(known);
        }
        // One of them is the manager whose answers lead to the others.
        if sessions.len() > max {
            return Err(TooMany);
        }
        let made = make();
        sessions.insert(address.clone(), Arc::downgrade(&made));
        Ok(made)
    }
}
