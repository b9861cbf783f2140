//! What all clones of a manager, and all proxies of its objects, share.

use std::collections::HashMap;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::ThreadId;
use std::time::Duration;

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::{Args, Kwargs};
use mpconn_proto::manager::{message::Request, token};
use rustix::io::Errno;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, answer, decode};
use super::builder::{Serializer, Settings};
use super::exchange::{Failed, Patience, exchange_on_line};
use super::line::Line;
use super::turnstile::Turnstile;
use super::{Event, arrival};
use crate::Address;
#[cfg(feature = "xmlrpc")]
use crate::codec::Codec;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::pickle::types::Token;
use crate::pickle::{self, Protocol, Value};
use crate::transport;

/// A manager, as its clients see it.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) settings: Settings,
    /// The highest protocol that it is known to read; 0 while nothing is known.
    protocol: AtomicU8,
    lines: Mutex<HashMap<ThreadId, Arc<Line>>>,
    pub(super) health: Mutex<Health>,
    pub(super) health_changed: Condvar,
    turnstile: Turnstile,
    /// Managers at other addresses, of which objects came with answers of this one, where the
    /// settings allow that.
    others: Mutex<HashMap<Address, Weak<Inner>>>,
    /// It did not answer in time when it was told that an object is not used any more.
    pub(super) hangs: AtomicBool,
    /// What the manager calls its own address, as far as is known.
    own_address: Mutex<OwnAddress>,
}

/// Whether it is there, as far as is known.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Counts how often it was lost: objects of an earlier generation are gone.
    pub(super) generation: u64,
    pub(super) is_lost: bool,
    /// A thread looks for it.
    pub(super) is_sought: bool,
}

/// What a manager's tokens have as their address.
#[derive(Debug, Default)]
struct OwnAddress {
    /// What it told.
    told: Option<Value>,
    /// Where the system says that it listens: the numbers behind a host name, the whole of a path.
    /// A manager knows itself by those.
    guessed: Option<Value>,
}

impl OwnAddress {
    fn is(&self, told: &Value) -> bool {
        let known = [&self.told, &self.guessed];
        known.into_iter().flatten().any(|own| own == told)
    }
}

/// Nothing in here panics half-way.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        Arc::new(Inner {
            settings,
            protocol: AtomicU8::new(0),
            lines: Mutex::default(),
            health: Mutex::default(),
            health_changed: Condvar::new(),
            turnstile: Turnstile::default(),
            others: Mutex::default(),
            hangs: AtomicBool::new(false),
            own_address: Mutex::default(),
        })
    }

    pub(super) fn lines(&self) -> MutexGuard<'_, HashMap<ThreadId, Arc<Line>>> {
        lock(&self.lines)
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        if let Some(hook) = &self.settings.on_event {
            hook(event);
        }
    }

    /// A new connection that has authenticated, but not asked for anything.
    pub(super) fn dial(&self, generation: u64, patience: &Patience) -> Result<Connection> {
        patience.check()?;
        let inside = self.turnstile.enter(patience)?;
        let connect = self.settings.connect.until(patience.deadline);
        let connection = connect.connect(&self.settings.address).map_err(|error| {
            match error.is_authentication() || error.is_timed_out() || is_short(&error) {
                // It is there, and has another key, or no time; or it is we who have no more
                // descriptors, which says nothing of the manager.
                true => self.not_run("connect", error),
                false => self.lost(generation, error),
            }
        })?;
        drop(inside);
        Ok(connection)
    }

    /// Remembers for the next connection which protocol the manager reads, and where it really is.
    pub(super) fn learn(&self, connection: &Connection) {
        self.hangs.store(false, Relaxed);
        self.protocol
            .fetch_max(connection.protocol().number(), Relaxed);
        let mut own = lock(&self.own_address);
        if own.guessed.is_none() {
            let listens = peer_of(connection);
            let address = listens.as_ref().unwrap_or(&self.settings.address);
            own.guessed = Some(token::to_value(address));
        }
    }

    /// Whether it has shown to be a Python 2: later ones answer in later protocols.
    pub(super) fn is_python2(&self) -> bool {
        self.protocol.load(Relaxed) == Protocol::V2.number()
    }

    /// Nothing of what was learned need be true of another process at the same address.
    pub(super) fn forget(&self) {
        self.protocol.store(0, Relaxed);
        *lock(&self.own_address) = OwnAddress::default();
    }

    fn learn_address(&self, told: &Value) {
        let is_of_use = match token::from_value(told) {
            Some(Address::Tcp { host, .. }) => !token::is_wildcard(&host),
            other => other.is_some(),
        };
        if is_of_use {
            lock(&self.own_address).told = Some(told.clone());
        }
    }

    /// The bytes of a request.
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
            Serializer::Pickle => {
                let protocol = Protocol::from_number(self.protocol.load(Relaxed));
                let protocol = protocol.unwrap_or_default();
                pickle::serialize_into(request, protocol, message).map_err(Error::codec)
            }
            #[cfg(feature = "xmlrpc")]
            Serializer::XmlRpc => crate::codec::XmlRpc::new()
                .encode(request, message)
                .map_err(Error::codec),
        }
    }

    /// What an answer says. Proxies in it are adopted within the patience of the call.
    pub(super) fn answer<T: DeserializeOwned>(
        self: &Arc<Self>,
        what: &str,
        message: Vec<u8>,
        patience: &Patience,
    ) -> Result<Answer<T>> {
        let Settings {
            serializer, codec, ..
        } = &self.settings;
        let reply = arrival::reading(self, patience, || decode(*serializer, codec, message));
        let answer = answer(reply.map_err(|error| self.unusable(what, error))?)?;
        if let Answer::Proxy(_, token) = &answer {
            self.learn_address(&token.address);
        }
        Ok(answer)
    }

    /// A call of the server itself, over a connection of its own as in Python.
    pub(super) fn serve<T: DeserializeOwned>(
        self: &Arc<Self>,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        patience: &Patience,
    ) -> Result<T> {
        let generation = self.generation(patience)?;
        self.serve_as(generation, method, args, kwds, patience)
    }

    /// The same of a certain generation, lost or not.
    pub(super) fn serve_as<T: DeserializeOwned>(
        self: &Arc<Self>,
        generation: u64,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        patience: &Patience,
    ) -> Result<T> {
        let line = Arc::new(Line::new(self.dial(generation, patience)?, generation));
        let request = self.request(None, method, args, kwds)?;
        let answer = exchange_on_line(&line, &request, patience)
            .map_err(|failed| self.failed(generation, method, failed))?;
        line.connection().learn_from(&answer);
        self.learn(line.connection());
        self.answer(method, answer, patience)?.value()
    }

    pub(super) fn patience(&self) -> Patience {
        Patience::new(self.settings.call_timeout, None)
    }

    /// The error of a call that got no answer.
    pub(super) fn failed(&self, generation: u64, what: &str, failed: Failed) -> Error {
        let Failed { source, sent } = failed;
        if source.is_authentication() {
            return source;
        }
        let lost = source.is_disconnected();
        if lost {
            self.lose(generation, &source);
        }
        self.call_error(what, lost, sent, source)
    }

    fn not_run(&self, what: &str, source: Error) -> Error {
        // Authentication says all there is by itself.
        match source.is_authentication() {
            true => source,
            false => self.call_error(what, false, false, source),
        }
    }

    /// An answer that cannot be read: the call has run.
    fn unusable(&self, what: &str, source: Error) -> Error {
        self.call_error(what, false, true, source)
    }

    fn call_error(&self, what: &str, lost: bool, may_have_run: bool, source: Error) -> Error {
        let what = format!("{what} at {}", self.settings.address);
        Error::call(what, lost, may_have_run, source)
    }

    /// What tokens of its objects have as their address: what it calls itself, where it has said
    /// so, which is how it knows proxies of its own again.
    pub(super) fn token_address(&self) -> Value {
        let own = lock(&self.own_address);
        let known = own.told.as_ref().or(own.guessed.as_ref());
        known.map_or_else(|| token::to_value(&self.settings.address), Value::clone)
    }

    /// The manager of a token that came with an answer of this one: itself, or another with the same
    /// key where the settings allow that. An answer may name any address.
    pub(super) fn manager_of(self: &Arc<Self>, token: &Token) -> Result<Arc<Inner>> {
        let told = &token.address;
        let bad = || Error::codec(format!("{} is no address of a manager", OneLine(told)));
        if lock(&self.own_address).is(told) {
            return Ok(Arc::clone(self));
        }
        let address = token::from_value(told).ok_or_else(bad)?;
        let address = token::reachable(address, &self.settings.address);
        if address == self.settings.address {
            return Ok(Arc::clone(self));
        }
        if !self.settings.allows_others {
            let typeid = OneLine(&token.typeid).to_string();
            return Err(Error::elsewhere(typeid, address));
        }
        let mut others = lock(&self.others);
        others.retain(|_, other| other.strong_count() > 0);
        if let Some(other) = others.get(&address).and_then(Weak::upgrade) {
            return Ok(other);
        }
        let mut settings = self.settings.clone();
        settings.address = address.clone();
        let other = Inner::new(settings);
        others.insert(address, Arc::downgrade(&other));
        Ok(other)
    }
}

/// Whether this process, or this machine, is short of something.
fn is_short(error: &Error) -> bool {
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

/// How long the manager may take for what nobody waits for.
pub(super) const FAREWELL: Duration = Duration::from_secs(5);

/// The same once it has been late with such a thing, until it answers again: a thread that drops a
/// hundred proxies is not to wait a hundred times.
pub(super) const HASTY_FAREWELL: Duration = Duration::from_millis(100);
