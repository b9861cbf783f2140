//! Listening for connections, with handshakes that cannot be held up.
//!
//! A [`Listener`] owns its listening sockets *and* the handshakes in progress.
//! Within [`accept`](Listener::accept), on the thread that calls it, it polls all
//! of them and returns the first connection that has finished authenticating; a
//! client that is silent, slow or wrong costs one slot until its deadline. Who gets a slot,
//! and who loses it, is decided by the rules of `mpconn_proto::admission`, which say how long a
//! client waits at most.

mod admission;
mod builder;
mod control;
mod event;
pub(crate) mod inherited;
mod listening_socket;
mod pending;
pub(crate) mod pollable;
mod polling;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use builder::ListenerBuilder;
pub use control::ListenerHandle;
pub use event::ListenerEvent;
pub use listening_socket::Interfaces;
use mpconn_proto::admission::{Admission, ClientId, Settings as Rules, SocketId};

use crate::Address;
use crate::connection::Connection;
use crate::error::{Cause, Error, Result};
use crate::transport::readiness::Deadline;
use control::Control;
use listening_socket::ListeningSocket;
use pending::Pending;
use settings::Settings;

/// The most looks at the descriptors that one [`Listener::try_accept`] takes.
const MOST_TURNS: usize = 100;

/// A connection that was accepted, with where it came from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Accepted {
    /// The connection, authenticated if the listener has a key.
    pub connection: Connection,
    /// The tag of the address that it came to.
    pub tag: u64,
    /// The address of the peer, if it has one: clients of Unix sockets have none.
    pub peer: Option<Address>,
}

/// Listens for connections: `multiprocessing.connection.Listener`.
///
/// It is closed when it is dropped, and the files of its Unix sockets are removed.
///
/// # Examples
/// ```
/// use mpconn::Listener;
///
/// let mut listener = Listener::builder().address(("127.0.0.1", 0)).authkey("secret").bind()?;
/// let address = listener.address().clone();
/// // In Python: Client(address, authkey=b"secret").send_bytes(b"hello")
/// std::thread::spawn(move || {
///     mpconn::connect(address, "secret")?.send_bytes(b"hello")
/// });
/// assert_eq!(listener.accept()?.recv_bytes()?, b"hello");
/// # Ok::<(), mpconn::Error>(())
/// ```
pub struct Listener {
    sockets: Vec<(SocketId, ListeningSocket)>,
    /// Clients at their handshakes, the oldest first.
    pending: BTreeMap<ClientId, Pending>,
    /// Authenticated, not handed out yet.
    finished: VecDeque<Accepted>,
    settings: Settings,
    control: Arc<Control>,
    admission: Admission,
    /// The time of the last look at the clock: what the listener waits for is decided by it.
    now: Instant,
    addresses: Vec<Address>,
    last_accepted: Option<Address>,
}

impl Listener {
    fn new(sockets: Vec<ListeningSocket>, settings: Settings) -> Result<Self> {
        let control = Control::new().map_err(|e| Error::io("cannot make a listener", e))?;
        let rules = Rules::new()
            .slots(settings.max_pending)
            .handshake_timeout(settings.handshake_timeout)
            .handshakes(settings.authkey.is_some());
        let mut admission = Admission::new(rules);
        let addresses = sockets.iter().map(|s| s.address.clone()).collect();
        let sockets = sockets.into_iter().map(|s| (admission.add_socket(), s));
        Ok(Listener {
            sockets: sockets.collect(),
            pending: BTreeMap::new(),
            finished: VecDeque::new(),
            settings,
            control: Arc::new(control),
            admission,
            now: Instant::now(),
            addresses,
            last_accepted: None,
        })
    }

    /// Returns the address that it listens on, with the real port: `Listener.address`. The first of
    /// [`addresses`](Self::addresses).
    pub fn address(&self) -> &Address {
        &self.addresses[0]
    }

    /// Returns all addresses that it listens on.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Returns the address of the peer that was accepted last: `Listener.last_accepted`.
    pub fn last_accepted(&self) -> Option<&Address> {
        self.last_accepted.as_ref()
    }

    /// Waits for the next connection that has authenticated.
    ///
    /// # Errors
    /// Fails if it is cancelled or shut down by its [`handle`](Self::handle)
    /// ([`is_cancelled`](Error::is_cancelled), [`is_closed`](Error::is_closed)), and otherwise only if the system
    /// cannot poll. A client that fails is a [`ListenerEvent`], not an error.
    pub fn accept(&mut self) -> Result<Connection> {
        Ok(self.accept_until(Deadline::NEVER)?.connection)
    }

    /// Waits for the next connection, and returns it with the tag of its address and the peer.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_tagged(&mut self) -> Result<Accepted> {
        self.accept_until(Deadline::NEVER)
    }

    /// Waits that long for the next connection. Handshakes in progress go on with the next call.
    ///
    /// # Errors
    /// Fails if the time is over, and as [`accept`](Self::accept).
    pub fn accept_timeout(&mut self, timeout: impl Into<Option<Duration>>) -> Result<Accepted> {
        self.accept_until(Deadline::after(timeout.into()))
    }

    /// Returns an iterator over connections, until the listener is cancelled or shut down.
    pub fn incoming(&mut self) -> Incoming<'_> {
        Incoming { listener: self }
    }

    /// Listens on one socket more.
    pub(crate) fn add_bound_socket(&mut self, socket: OwnedFd, tag: u64) -> Result<()> {
        if self.admission.is_draining() || self.control.orders().shut_down {
            return Err(Cause::Closed.into());
        }
        let socket = ListeningSocket::adopt(socket, self.settings.backlog, tag)?;
        self.addresses.push(socket.address.clone());
        self.sockets.push((self.admission.add_socket(), socket));
        Ok(())
    }

    /// Returns a handle with which another thread can cancel, pause and shut down the listener.
    pub fn handle(&self) -> ListenerHandle {
        ListenerHandle {
            control: Arc::clone(&self.control),
        }
    }

    /// Stops listening at once. Clients that were not handed out are disconnected;
    /// [`ListenerHandle::shutdown`] drains them first.
    pub fn close(self) {}

    /// Returns the next connection that has authenticated, if there is one, without waiting. It does
    /// all that is due meanwhile: accepts clients, goes on with their handshakes, lets those go whose
    /// time is up.
    ///
    /// It is for event loops: see [`pollables`](crate::os::unix::ListenerExt::pollables).
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn try_accept(&mut self) -> Result<Option<Accepted>> {
        // A flood must not keep the loop of the caller's from the rest of its work.
        for _ in 0..MOST_TURNS {
            if let Some(accepted) = self.next_finished()? {
                return Ok(Some(accepted));
            }
            if !self.poll_once(Deadline::after(Some(Duration::ZERO)))? {
                return Ok(None);
            }
        }
        self.next_finished()
    }

    fn accept_until(&mut self, deadline: Deadline) -> Result<Accepted> {
        loop {
            if let Some(accepted) = self.next_finished()? {
                return Ok(accepted);
            }
            let is_late = deadline.has_passed();
            self.poll_once(deadline)?;
            if is_late && self.finished.is_empty() {
                return Err(Cause::TimedOut("while waiting for a connection").into());
            }
        }
    }
}

/// The iterator of [`Listener::incoming`].
#[derive(Debug)]
pub struct Incoming<'a> {
    listener: &'a mut Listener,
}

impl Iterator for Incoming<'_> {
    type Item = Result<Connection>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.listener.accept() {
            Err(error) if error.is_cancelled() || error.is_closed() => None,
            other => Some(other),
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("addresses", &self.addresses)
            .field("authkey", &self.settings.authkey)
            .field("pending", &self.pending.len())
            .field("finished", &self.finished.len())
            .finish_non_exhaustive()
    }
}
