//! What all calls of a manager go by.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::event::ManagerEvent;
use super::other_managers::OtherManagers;
use super::reconnect::Reconnect;
use crate::Address;
use crate::client::Connect;
use crate::codec;

/// How requests and answers are written: the `serializer` of `BaseManager`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Serializer {
    /// `'pickle'`
    #[default]
    Pickle,
    /// `'xmlrpclib'`: None, bool, int of 32 bits, float, str, bytes, lists and dicts.
    #[cfg(feature = "xmlrpc")]
    XmlRpc,
}

impl Serializer {
    /// Returns Python's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Serializer::Pickle => "pickle",
            #[cfg(feature = "xmlrpc")]
            Serializer::XmlRpc => "xmlrpclib",
        }
    }

    /// Returns what to do where an answer was clearly written by another serializer.
    pub(super) fn advice_for(self, answer: &[u8]) -> Option<&'static str> {
        match (self, answer.first()?) {
            (Serializer::Pickle, b'<') => Some(
                "the answer is no pickle but XML: a manager with serializer='xmlrpclib' wants \
                 Serializer::XmlRpc (feature `xmlrpc`)",
            ),
            #[cfg(feature = "xmlrpc")]
            (Serializer::XmlRpc, 0x80) => Some(
                "the answer is no XML but a pickle: a manager without serializer='xmlrpclib' wants \
                 Serializer::Pickle",
            ),
            _ => None,
        }
    }
}

type Hook = dyn Fn(&ManagerEvent<'_>) + Send + Sync;

/// The settings of a [`Builder`](super::Builder).
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) address: Address,
    pub(super) connect: Connect,
    pub(super) call_timeout: Option<Duration>,
    pub(super) serializer: Serializer,
    pub(super) codec: codec::Pickle,
    pub(super) reconnect: Reconnect,
    pub(super) other_managers: OtherManagers,
    pub(super) on_event: Option<Arc<Hook>>,
}

impl Settings {
    pub(super) fn new() -> Self {
        Settings {
            address: Address::tcp("", 0),
            connect: Connect::new(),
            call_timeout: None,
            serializer: Serializer::default(),
            codec: codec::Pickle::new(),
            reconnect: Reconnect::never(),
            other_managers: OtherManagers::none(),
            on_event: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("call_timeout", &self.call_timeout)
            .field("serializer", &self.serializer)
            .field("reconnect", &self.reconnect)
            .field("other_managers", &self.other_managers)
            .finish_non_exhaustive()
    }
}
