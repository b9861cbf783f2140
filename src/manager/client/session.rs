//! What all clones of a manager, and all proxies of its objects, share: settings, what is known of the
//! manager, connections, and references that are to be given back.

use std::os::fd::AsFd;
use std::sync::Arc;

use mpconn_proto::manager::wire::Request;
use mpconn_proto::manager::wire::token;
use mpconn_proto::manager::{Args, Kwargs};
use rustix::io::Errno;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, answer, decode};
use super::call_limit::CallLimit;
use super::connections::Connections;
use super::dial_limit::DialLimit;
use super::event::ManagerEvent;
use super::exchange::{NoAnswer, exchange};
use super::learned::Learned;
use super::liveness::Liveness;
use super::other_sessions::OtherSessions;
use super::release_queue::ReleaseQueue;
use super::settings::{Serializer, Settings};
use crate::Address;
#[cfg(feature = "xmlrpc")]
use crate::codec::Codec;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::manager::error::Ran;
use crate::pickle::{self, Value};
use crate::transport;

/// A manager as this process knows it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) settings: Settings,
    pub(super) connections: Arc<Connections>,
    pub(super) liveness: Liveness,
    pub(super) learned: Learned,
    pub(super) releases: Arc<ReleaseQueue<Session>>,
    /// Sessions with other managers, shared with them.
    pub(super) others: Arc<OtherSessions<Session>>,
    dial_limit: DialLimit,
}

impl Session {
    pub(super) fn new(settings: Settings, others: Arc<OtherSessions<Session>>) -> Arc<Self> {
        Arc::new(Session {
            settings,
            connections: Arc::default(),
            liveness: Liveness::default(),
            learned: Learned::default(),
            releases: Arc::default(),
            others,
            dial_limit: DialLimit::default(),
        })
    }

    pub(super) fn tell(&self, event: &ManagerEvent<'_>) {
        if let Some(hook) = &self.settings.on_event {
            hook(event);
        }
    }

    /// Returns the limit of a call without options of its own.
    pub(super) fn usual_limit(&self) -> CallLimit {
        CallLimit::new(self.settings.call_timeout, None)
    }

    /// Returns what tokens of the manager's objects have as their address.
    pub(super) fn token_address(&self) -> Value {
        let own = self.learned.own_address();
        own.unwrap_or_else(|| token::to_value(&self.settings.address))
    }

    /// Returns a new connection that has authenticated, but not asked for anything.
    pub(super) fn dial(&self, generation: u64, limit: &CallLimit) -> Result<Arc<Connection>> {
        limit.check()?;
        let turn = self.dial_limit.wait(limit)?;
        let connect = self.settings.connect.until(limit.deadline);
        let connection = connect.connect(&self.settings.address).map_err(|error| {
            if error.is_authentication() {
                // It says all there is by itself.
                return error;
            }
            if !self.liveness.has_answered() {
                // It was never there, so that it cannot be lost.
                return error;
            }
            match error.is_timed_out() || is_short_of_resources(&error) {
                true => self.call_error("connect", false, Ran::No, error),
                false => self.lost(generation, error),
            }
        })?;
        drop(turn);
        Ok(Arc::new(connection))
    }

    /// Notes what an answered request has shown of the manager.
    pub(super) fn answered(&self, connection: &Connection) {
        self.liveness.answered();
        self.learned.saw_protocol(connection.protocol());
        self.learned
            .connected_to(|| peer_of(connection).unwrap_or_else(|| self.settings.address.clone()));
    }

    /// Returns the bytes of a request.
    pub(super) fn request<A: Args, K: Kwargs>(
        &self,
        ident: Option<&str>,
        method: &str,
        args: &A,
        kwds: &K,
    ) -> Result<Vec<u8>> {
        let request = Request {
            ident,
            method,
            args,
            kwds,
        };
        let mut message = Vec::new();
        self.encode(&request, &mut message)?;
        Ok(message)
    }

    fn encode<T: Serialize>(&self, request: &T, message: &mut Vec<u8>) -> Result<()> {
        match self.settings.serializer {
            Serializer::Pickle => pickle::serialize_into(request, self.learned.protocol(), message)
                .map_err(Error::codec),
            #[cfg(feature = "xmlrpc")]
            Serializer::XmlRpc => crate::codec::XmlRpc::new()
                .encode(request, message)
                .map_err(Error::codec),
        }
    }

    /// Returns what an answer says.
    pub(super) fn decode<T: DeserializeOwned>(
        &self,
        what: &str,
        message: Vec<u8>,
    ) -> Result<Answer<T>> {
        let Settings {
            serializer, codec, ..
        } = &self.settings;
        let reply = decode(*serializer, codec, message);
        let reply = reply.map_err(|error| self.call_error(what, false, Ran::Yes, error))?;
        let answer = answer(reply)?;
        if let Answer::Proxy(_, token) = &answer {
            self.learned.told_address(&token.address);
        }
        Ok(answer)
    }

    /// Asks the server itself, over a connection for this one request as in Python, and returns the bytes
    /// of the answer. The manager may be lost or not.
    pub(super) fn ask_server(
        &self,
        generation: u64,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        limit: &CallLimit,
    ) -> Result<Vec<u8>> {
        let connection = self.dial(generation, limit)?;
        let request = self.request(None, method, args, kwds)?;
        let answer = exchange(&connection, &request, limit)
            .map_err(|failed| self.no_answer(generation, method, failed))?;
        connection.learn_from(&answer);
        self.answered(&connection);
        Ok(answer)
    }

    /// Asks the server itself for a plain value.
    pub(super) fn ask_server_for<T: DeserializeOwned>(
        &self,
        generation: u64,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        limit: &CallLimit,
    ) -> Result<T> {
        let answer = self.ask_server(generation, method, args, kwds, limit)?;
        self.decode(method, answer)?.value()
    }

    /// Notes that the manager is lost, unless that is known already.
    pub(super) fn lose(&self, generation: u64, error: &Error) {
        if self.liveness.lose(generation) {
            self.forget();
            self.tell(&ManagerEvent::Lost { error });
        }
    }

    /// Notes that the manager has ended because we asked it to.
    pub(super) fn end(&self) {
        self.liveness.end();
        self.forget();
    }

    fn forget(&self) {
        self.learned.forget();
        self.connections.clear();
        // These objects are gone.
        self.releases.clear();
    }

    /// Returns the error of a manager that is lost, which it is from now on, before anything was sent.
    pub(super) fn lost(&self, generation: u64, source: Error) -> Error {
        self.lose(generation, &source);
        Error::lost("the manager is lost".to_owned(), source)
    }

    /// Returns the error of a call that got no answer.
    pub(super) fn no_answer(&self, generation: u64, what: &str, failed: NoAnswer) -> Error {
        let NoAnswer { source, sent } = failed;
        if source.is_authentication() {
            return source;
        }
        let lost = source.is_disconnected();
        if lost {
            self.lose(generation, &source);
        }
        let ran = match sent {
            true => Ran::Maybe,
            false => Ran::No,
        };
        self.call_error(what, lost, ran, source)
    }

    pub(super) fn call_error(&self, what: &str, lost: bool, ran: Ran, source: Error) -> Error {
        let what = format!("{what} at {}", self.settings.address);
        Error::call(what, lost, ran, source)
    }
}

/// Returns whether this process, or this machine, is short of something, which says nothing of the
/// manager.
fn is_short_of_resources(error: &Error) -> bool {
    const SHORT: [Errno; 5] = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::NOBUFS,
        Errno::NOMEM,
        Errno::ADDRNOTAVAIL,
    ];
    let number = error.io_error().and_then(std::io::Error::raw_os_error);
    number.is_some_and(|number| SHORT.iter().any(|errno| errno.raw_os_error() == number))
}

fn peer_of(connection: &Connection) -> Option<Address> {
    let peer = rustix::net::getpeername(connection.as_fd()).ok()?;
    transport::address::of(&peer?)
}
