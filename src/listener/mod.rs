//! Listening for connections, with handshakes that cannot be held up.
//!
//! A [`Listener`] owns its listening sockets *and* the handshakes in progress.
//! Within [`accept`](Listener::accept), on the thread that calls it, it polls all
//! of them and returns the first connection that has finished authenticating; a
//! client that is silent, slow or wrong costs one slot until its deadline. Who gets a slot,
//! and who loses it, is decided by the rules of `mpconn_proto::admission`, which say how long a
//! client waits at most.

mod admission;
mod bound;
mod builder;
mod control;
mod event;
pub(crate) mod inherited;
mod pending;
pub(crate) mod pollable;
mod settings;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use bound::Interfaces;
pub use builder::ListenerBuilder;
pub use control::ListenerHandle;
pub use event::ListenerEvent;
use mpconn_proto::admission::{Admission, ClientId, Settings as Rules, SocketId};

use crate::Address;
use crate::connection::Connection;
use crate::error::{Cause, Error, Result};
use crate::transport::readiness::Deadline;
use bound::Bound;
use control::Control;
use pending::Pending;
use settings::Settings;

/// How often [`Listener::try_accept`] looks at the descriptors before it returns.
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
    bound: Vec<(SocketId, Bound)>,
    /// Clients at their handshakes, the oldest first.
    pending: BTreeMap<ClientId, Pending>,
    /// Authenticated, not handed out yet.
    finished: VecDeque<Accepted>,
    settings: Settings,
    control: Arc<Control>,
    admission: Admission,
    /// When the listener last looked: what it waits for is decided by that time.
    now: Instant,
    addresses: Vec<Address>,
    last_accepted: Option<Address>,
}

impl Listener {
    fn new(bound: Vec<Bound>, settings: Settings) -> Result<Self> {
        let control = Control::new().map_err(|e| Error::io("cannot make a listener", e))?;
        let rules = Rules::new()
            .slots(settings.max_pending)
            .handshake_timeout(settings.handshake_timeout)
            .handshakes(settings.authkey.is_some());
        let mut admission = Admission::new(rules);
        let addresses = bound.iter().map(|b| b.address.clone()).collect();
        let bound = bound.into_iter().map(|b| (admission.add_socket(), b));
        Ok(Listener {
            bound: bound.collect(),
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

    /// Where it listens, with the real port: `Listener.address`. The first of
    /// [`addresses`](Self::addresses).
    pub fn address(&self) -> &Address {
        &self.addresses[0]
    }

    /// Everywhere it listens.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Where the last connection that was handed out came from: `Listener.last_accepted`.
    pub fn last_accepted(&self) -> Option<&Address> {
        self.last_accepted.as_ref()
    }

    /// Waits for the next connection that has authenticated.
    ///
    /// # Errors
    /// [`is_cancelled`](Error::is_cancelled) and [`is_closed`](Error::is_closed), as the
    /// [`handle`](Self::handle) was told; otherwise only when the system cannot poll. A
    /// client that fails is an [`ListenerEvent`], not an error.
    pub fn accept(&mut self) -> Result<Connection> {
        Ok(self.accept_until(Deadline::NEVER)?.connection)
    }

    /// The same with the tag of the address and the peer.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_tagged(&mut self) -> Result<Accepted> {
        self.accept_until(Deadline::NEVER)
    }

    /// Waits that long for the next connection; the handshakes that are under way then
    /// go on with the next call.
    ///
    /// # Errors
    /// [`is_timed_out`](Error::is_timed_out), and as [`accept`](Self::accept).
    pub fn accept_timeout(&mut self, timeout: impl Into<Option<Duration>>) -> Result<Accepted> {
        self.accept_until(Deadline::after(timeout.into()))
    }

    /// The connections, one after the other, until the listener is cancelled or shut
    /// down.
    pub fn incoming(&mut self) -> Incoming<'_> {
        Incoming { listener: self }
    }

    /// Listens on one socket more.
    pub(crate) fn add_bound_socket(&mut self, socket: OwnedFd, tag: u64) -> Result<()> {
        if self.admission.is_draining() || self.control.orders().shut_down {
            return Err(Cause::Closed.into());
        }
        let bound = Bound::adopt(socket, self.settings.backlog, tag)?;
        self.addresses.push(bound.address.clone());
        self.bound.push((self.admission.add_socket(), bound));
        Ok(())
    }

    /// To cancel, pause and shut down from another thread.
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
            if !self.turn(Deadline::after(Some(Duration::ZERO)))? {
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
            self.turn(deadline)?;
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
