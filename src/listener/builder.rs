//! What a listener is made of.

use std::os::fd::OwnedFd;
use std::time::Duration;

use super::listening_socket::{Interfaces, ListeningSocket};
use super::settings::Settings;
use super::{Listener, ListenerEvent};
use crate::AuthKey;
use crate::Budget;
use crate::connection::ReceiveLimits;
use crate::error::{Cause, Error, Result};
use crate::handshake::Policy;
use crate::{Address, Family};

/// Something to listen on.
#[derive(Debug)]
enum Place {
    Address(Address),
    Ports(Interfaces, u16),
    Socket(OwnedFd),
}

/// Makes a [`Listener`]: `Listener(address, family, backlog, authkey)` and more.
///
/// # Examples
/// ```
/// use mpconn::{Listener, listener::Interfaces};
///
/// let listener = Listener::builder()
///     .any_port(Interfaces::Loopback, 1)   // one port, on IPv6 and IPv4
///     .address(("127.0.0.1", 0))
///     .authkey("secret")
///     .on_event(|event| eprintln!("{event}"))
///     .bind()?;
/// # Ok::<(), mpconn::Error>(())
/// ```
#[must_use = "it listens when `bind` is called"]
pub struct ListenerBuilder {
    /// A text that is no address is an error of `bind`.
    places: Vec<(Result<Place>, u64)>,
    family: Option<Family>,
    settings: Settings,
}

impl Listener {
    /// Listens on one address, without a key.
    ///
    /// # Errors
    /// As [`ListenerBuilder::bind`].
    pub fn bind<A>(address: A) -> Result<Listener>
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        Self::builder().address(address).bind()
    }

    /// Returns a builder, for a key, more addresses and other settings.
    pub fn builder() -> ListenerBuilder {
        ListenerBuilder::new()
    }
}

impl ListenerBuilder {
    pub(super) fn new() -> Self {
        ListenerBuilder {
            places: Vec::new(),
            family: None,
            settings: Settings {
                backlog: 128,
                authkey: None,
                policy: Policy::default(),
                handshake_timeout: Some(crate::HANDSHAKE_TIMEOUT),
                max_pending: 512,
                receive: ReceiveLimits::default(),
                on_event: None,
            },
        }
    }

    /// Adds an address to listen on.
    pub fn address<A>(self, address: A) -> Self
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        self.tagged(address, 0)
    }

    /// Adds an address to listen on. Connections to it have this tag
    /// ([`Accepted::tag`](super::Accepted::tag)).
    pub fn tagged<A>(mut self, address: A, tag: u64) -> Self
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        let place = address.try_into().map(Place::Address);
        self.places.push((place.map_err(Into::into), tag));
        self
    }

    /// Adds a port to listen on, with both IPv6 and IPv4.
    pub fn port(mut self, interfaces: Interfaces, port: u16, tag: u64) -> Self {
        self.places.push((Ok(Place::Ports(interfaces, port)), tag));
        self
    }

    /// Adds a port to listen on that is free on both IPv6 and IPv4; [`Listener::addresses`] has it.
    pub fn any_port(self, interfaces: Interfaces, tag: u64) -> Self {
        self.port(interfaces, 0, tag)
    }

    /// Adds a socket that was bound elsewhere.
    pub(crate) fn bound_socket(mut self, socket: OwnedFd, tag: u64) -> Self {
        self.places.push((Ok(Place::Socket(socket)), tag));
        self
    }

    /// Sets the address family where the address leaves it open: IPv4 (the default) or IPv6 for a host name, or the
    /// kind of free address to pick when none is given, a Unix socket by default. Python's `family`.
    pub fn family(mut self, family: Family) -> Self {
        self.family = Some(family);
        self
    }

    /// Sets the backlog, the number of clients that the system keeps waiting: 128 by default (Python: 1).
    pub fn backlog(mut self, backlog: i32) -> Self {
        self.settings.backlog = backlog;
        self
    }

    /// Sets the key that clients must have. Without a key there is no handshake, as with Python's
    /// `authkey=None`: every client that can connect is accepted.
    pub fn authkey(mut self, key: impl Into<AuthKey>) -> Self {
        self.settings.authkey = Some(key.into());
        self
    }

    /// Sets which digests are accepted.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// Sets how long a client may take to authenticate: 20 seconds by default, `None` is without limit.
    pub fn handshake_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.handshake_timeout = timeout.into();
        self
    }

    /// Sets how many clients may be at their handshakes at once: 512 by default, at least one. When all slots are
    /// taken, the oldest client is evicted for the newest, after a grace period of 100 ms, and never one that
    /// has proved its key for one that has not. Until then new clients wait in the
    /// [`backlog`](Self::backlog): set a longer one where floods are to be expected over TCP.
    pub fn max_pending(mut self, max: usize) -> Self {
        self.settings.max_pending = max.max(1);
        self
    }

    /// Sets the longest message that an accepted connection receives, in bytes:
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN`] (1 GiB) by default with a key,
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY`] (64 MiB) without. Each connection
    /// may hold that much. See [`Connection::set_max_message_len`].
    ///
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN`]: crate::Connection::DEFAULT_MAX_MESSAGE_LEN
    /// [`Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY`]: crate::Connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY
    /// [`Connection::set_max_message_len`]: crate::Connection::set_max_message_len
    pub fn max_message_len(mut self, max: u64) -> Self {
        self.settings.receive.max_message_len = Some(max);
        self
    }

    /// Sets how long the rest of a message may take once a part of it has come; no limit by default.
    /// See [`Connection::set_rest_timeout`](crate::Connection::set_rest_timeout).
    pub fn rest_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.receive.rest_timeout = timeout.into();
        self
    }

    /// Sets how many bytes of messages, and how many values made of them, all accepted connections
    /// may hold together while they receive; no limit by default. Other listeners and connections
    /// can share the same budget. See [`Connection::set_budget`](crate::Connection::set_budget).
    ///
    /// # Examples
    /// ```
    /// use mpconn::{Budget, Listener};
    ///
    /// // Whatever the clients do, no more than 256 MiB of messages and 2 million values at once.
    /// let budget = Budget::new(256 << 20, 2_000_000);
    /// let listener = Listener::builder().address(("127.0.0.1", 0)).budget(&budget).bind()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn budget(mut self, budget: &Budget) -> Self {
        self.settings.receive.budget = Some(budget.clone());
        self
    }

    /// Sets a function that is called with each [`ListenerEvent`]. It runs in `accept` and should return
    /// quickly.
    pub fn on_event(mut self, on_event: impl FnMut(&ListenerEvent<'_>) + Send + 'static) -> Self {
        self.settings.on_event = Some(Box::new(on_event));
        self
    }

    /// Binds all addresses and listens. Without any address it listens on a free one, as with Python's
    /// `address=None`.
    ///
    /// # Errors
    /// Fails if an address does not parse, is in use ([`Error::is_address_in_use`]; the error names a stale socket
    /// file as such), or cannot be bound. On failure nothing stays bound.
    pub fn bind(self) -> Result<Listener> {
        let mut sockets = Vec::new();
        for (place, tag) in self.places {
            match place? {
                Place::Address(address) => {
                    sockets.push(ListeningSocket::bind(
                        &address,
                        self.family,
                        self.settings.backlog,
                        tag,
                    )?);
                }
                Place::Ports(interfaces, port) => {
                    sockets.extend(ListeningSocket::both_families(
                        interfaces,
                        port,
                        self.settings.backlog,
                        tag,
                    )?);
                }
                Place::Socket(fd) => {
                    sockets.push(ListeningSocket::adopt(fd, self.settings.backlog, tag)?)
                }
            }
        }
        if sockets.is_empty() {
            sockets.push(arbitrary(self.family, self.settings.backlog)?);
        }
        Listener::new(sockets, self.settings)
    }
}

/// `arbitrary_address(family)`
fn arbitrary(family: Option<Family>, backlog: i32) -> Result<ListeningSocket> {
    match family.unwrap_or(Family::Unix) {
        Family::Unix => ListeningSocket::arbitrary_unix(backlog, 0),
        Family::Inet => ListeningSocket::bind(&Address::tcp("localhost", 0), family, backlog, 0),
        Family::Inet6 => ListeningSocket::bind(&Address::tcp("::1", 0), family, backlog, 0),
        // Windows pipes, and what is added to families later.
        _ => Err(Cause::Unsupported("Windows pipes", "yet").into()),
    }
}

impl std::fmt::Debug for ListenerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListenerBuilder")
            .field("places", &self.places)
            .field("backlog", &self.settings.backlog)
            .field("authkey", &self.settings.authkey)
            .finish_non_exhaustive()
    }
}
