//! What a manager has shown of itself so far.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use mpconn_proto::manager::wire::token;

use super::lock;
use crate::Address;
use crate::pickle::{Protocol, Value};

/// The pickle protocol that a manager reads, and the address that it has in its tokens.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// The highest protocol that it is known to read; 0 while nothing is known.
    protocol: AtomicU8,
    address: Mutex<TokenAddress>,
}

/// What a manager's tokens have as their address.
#[derive(Debug, Default)]
struct TokenAddress {
    /// What it told.
    told: Option<Value>,
    /// Where the system says that it listens: the numbers of a host name, the absolute path of a
    /// socket. A manager knows itself by those.
    guessed: Option<Value>,
}

impl Learned {
    /// Returns the protocol for requests.
    pub(super) fn protocol(&self) -> Protocol {
        Protocol::from_number(self.protocol.load(Relaxed)).unwrap_or_default()
    }

    /// Returns whether the manager is a Python 2: later ones answer in later protocols.
    pub(super) fn is_python2(&self) -> bool {
        self.protocol.load(Relaxed) == Protocol::V2.number()
    }

    /// Notes the protocol of an answer.
    pub(super) fn saw_protocol(&self, protocol: Protocol) {
        self.protocol.fetch_max(protocol.number(), Relaxed);
    }

    /// Notes where a connection leads, if nothing is known yet.
    pub(super) fn connected_to(&self, address: impl FnOnce() -> Address) {
        let mut own = lock(&self.address);
        if own.guessed.is_none() {
            own.guessed = Some(token::to_value(&address()));
        }
    }

    /// Notes the address in a token of the manager's own.
    pub(super) fn told_address(&self, told: &Value) {
        let is_of_use = match token::from_value(told) {
            Some(Address::Tcp { host, .. }) => !token::is_wildcard(&host),
            other => other.is_some(),
        };
        if is_of_use {
            lock(&self.address).told = Some(told.clone());
        }
    }

    /// Returns whether that is the manager's own address.
    pub(super) fn is_own_address(&self, told: &Value) -> bool {
        let own = lock(&self.address);
        let known = [&own.told, &own.guessed];
        known.into_iter().flatten().any(|own| own == told)
    }

    /// Returns what the manager calls itself, if that is known: by this it knows its own proxies again.
    pub(super) fn own_address(&self) -> Option<Value> {
        let own = lock(&self.address);
        own.told.as_ref().or(own.guessed.as_ref()).cloned()
    }

    /// Forgets all: another process at the same address may be an older Python.
    pub(super) fn forget(&self) {
        self.protocol.store(0, Relaxed);
        *lock(&self.address) = TokenAddress::default();
    }
}
