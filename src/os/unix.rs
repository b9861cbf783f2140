//! Descriptors: what Unix adds to connections and listeners.
//!
//! Connections, halves and what a listener waits for also implement
//! [`AsFd`]; a `UnixStream` or an `OwnedFd` becomes a [`Connection`] with `try_into()`.
//!
//! # Examples
//! ```
//! use std::os::unix::net::UnixStream;
//! use mpconn::Connection;
//! use mpconn::os::unix::ConnectionExt;
//!
//! let (a, b) = UnixStream::pair()?;
//! let (a, b) = (Connection::from_fd(a)?, Connection::from_fd(b)?);
//! a.send_bytes(b"hello")?;
//! assert_eq!(b.recv_bytes()?, b"hello");
//! let _descriptor = a.into_fd().expect("nothing was read ahead");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

pub use crate::listener::inherited::{InheritedSocket, inherited_sockets};
pub use crate::listener::pollable::Pollable;

use crate::client::Connect;
use crate::connection::{Connection, Direction, Receiver, Sender};
use crate::error::{Error, Result};
use crate::listener::{Listener, ListenerBuilder};

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Connection {}
    impl Sealed for super::Receiver {}
    impl Sealed for super::Sender {}
    impl Sealed for super::Connect {}
    impl Sealed for super::Listener {}
    impl Sealed for super::ListenerBuilder {}
}
use sealed::Sealed;

/// Connections over descriptors.
pub trait ConnectionExt: Sealed + Sized {
    /// Returns a connection over a descriptor from elsewhere: a connected stream socket, or an end of a pipe.
    /// Python's `Connection(handle)`. No handshake takes place.
    ///
    /// # Errors
    /// Fails if the descriptor is not open.
    fn from_fd(fd: impl Into<OwnedFd>) -> Result<Self> {
        Self::from_fd_with(fd, Direction::Both)
    }

    /// Returns a connection over a descriptor that goes one way: `Connection(handle, readable, writable)`.
    ///
    /// # Errors
    /// As [`from_fd`](Self::from_fd).
    fn from_fd_with(fd: impl Into<OwnedFd>, direction: Direction) -> Result<Self>;

    /// Gives the descriptor away.
    ///
    /// # Errors
    /// Returns the connection itself, unharmed, while it holds bytes that were read ahead: the next owner of the
    /// descriptor would miss them. Receive what is there first, turn
    /// [`set_read_ahead`](Connection::set_read_ahead) off, or call [`into_parts`](Self::into_parts).
    fn into_fd(self) -> Result<OwnedFd, Self>;

    /// Gives the descriptor away together with the bytes that were read from it and not received yet, framed, as
    /// they came. That takes memory for a copy of them.
    fn into_parts(self) -> (OwnedFd, Vec<u8>);
}

impl ConnectionExt for Connection {
    fn from_fd_with(fd: impl Into<OwnedFd>, direction: Direction) -> Result<Self> {
        Connection::over(fd.into(), direction)
    }

    fn into_fd(self) -> Result<OwnedFd, Self> {
        match self.io().holds_input() {
            true => Err(self),
            false => Ok(self.into_parts().0),
        }
    }

    fn into_parts(self) -> (OwnedFd, Vec<u8>) {
        self.into_fd_and_bytes()
    }
}

/// Sending descriptors: see [passing descriptors](Connection#passing-descriptors).
pub trait SendFd: Sealed {
    /// Sends a descriptor to the peer, which gets one of its own for the same open file:
    /// `reduction.send_handle(conn, handle, destination_pid)`. Ours may be closed afterwards.
    ///
    /// Unix sockets only. The peer has to call its `recv_handle` or [`recv_fd`](ReceiveFd::recv_fd) at that point.
    /// On macOS it waits until the peer has done so, as Python 3 does there, and so needs a connection on which
    /// nothing else is on its way to us.
    ///
    /// # Errors
    /// Fails if the connection is not over a Unix socket, if it is broken, and if the send timeout has passed. On
    /// Linux nothing was sent then.
    #[doc(alias = "send_handle")]
    fn send_fd(&self, fd: impl AsFd) -> Result<()> {
        self.send_fds(&[fd.as_fd()])
    }

    /// Sends 1 to 253 descriptors at once: `reduction.sendfds(sock, fds)`.
    ///
    /// # Errors
    /// As [`send_fd`](Self::send_fd), and for any other number of them.
    #[doc(alias = "sendfds")]
    fn send_fds(&self, fds: &[BorrowedFd<'_>]) -> Result<()>;
}

impl SendFd for Connection {
    fn send_fds(&self, fds: &[BorrowedFd<'_>]) -> Result<()> {
        self.io().send_descriptors(fds)
    }
}

impl SendFd for Sender {
    fn send_fds(&self, fds: &[BorrowedFd<'_>]) -> Result<()> {
        self.io().send_descriptors(fds)
    }
}

/// Receiving descriptors: see [passing descriptors](Connection#passing-descriptors).
pub trait ReceiveFd: Sealed {
    /// Receives a descriptor that the peer has sent with its `send_handle` or [`send_fd`](SendFd::send_fd):
    /// `reduction.recv_handle(conn)`. Programs that are started from here do not inherit it.
    ///
    /// Unix sockets only. [`set_read_ahead(false)`](Connection::set_read_ahead) is needed before the peer may send it.
    ///
    /// # Errors
    /// Fails if bytes were read ahead, because a descriptor among them would be lost; if the peer has sent a message
    /// instead, which can be received then; if it has sent another number of descriptors, all of which are closed;
    /// and as [`recv_bytes`](Connection::recv_bytes).
    #[doc(alias = "recv_handle")]
    fn recv_fd(&self) -> Result<OwnedFd> {
        let fds = self.recv_fds(1)?;
        let [fd] = <[OwnedFd; 1]>::try_from(fds).map_err(|_| {
            Error::io(
                "cannot receive a descriptor",
                std::io::ErrorKind::InvalidData,
            )
        })?;
        Ok(fd)
    }

    /// Receives exactly that many descriptors, 1 to 253, that the peer has sent at once:
    /// `reduction.recvfds(sock, size)`.
    ///
    /// # Errors
    /// As [`recv_fd`](Self::recv_fd).
    #[doc(alias = "recvfds")]
    fn recv_fds(&self, count: usize) -> Result<Vec<OwnedFd>>;
}

impl ReceiveFd for Connection {
    fn recv_fds(&self, count: usize) -> Result<Vec<OwnedFd>> {
        self.io().recv_descriptors(count)
    }
}

impl ReceiveFd for Receiver {
    fn recv_fds(&self, count: usize) -> Result<Vec<OwnedFd>> {
        self.io().recv_descriptors(count)
    }
}

/// Clients over descriptors.
pub trait ConnectExt: Sealed {
    /// Authenticates as a client over a descriptor that is connected already.
    ///
    /// # Errors
    /// As [`connect`](crate::connect).
    fn over(&self, fd: impl Into<OwnedFd>) -> Result<Connection>;
}

impl ConnectExt for Connect {
    fn over(&self, fd: impl Into<OwnedFd>) -> Result<Connection> {
        self.authenticate_over(fd.into())
    }
}

/// Listeners on descriptors.
pub trait ListenerBuilderExt: Sealed {
    /// Listens also on a socket that was bound elsewhere, such as one that systemd passed
    /// ([`inherited_sockets`]). It is put into non-blocking mode, which other processes that share it notice.
    #[must_use]
    fn socket(self, socket: impl Into<OwnedFd>, tag: u64) -> Self;
}

impl ListenerBuilderExt for ListenerBuilder {
    fn socket(self, socket: impl Into<OwnedFd>, tag: u64) -> Self {
        self.bound_socket(socket.into(), tag)
    }
}

/// Descriptors of a listener.
pub trait ListenerExt: Sealed {
    /// Listens also on a socket that was bound elsewhere, with the builder's
    /// [`backlog`](ListenerBuilder::backlog). See [`ListenerBuilderExt::socket`].
    ///
    /// # Errors
    /// Fails if it is no socket that can listen, and after a shutdown ([`is_closed`](crate::Error::is_closed)).
    fn add_socket(&mut self, socket: impl Into<OwnedFd>, tag: u64) -> Result<()>;

    /// Returns the descriptors to wait for before [`try_accept`](Listener::try_accept) is called again:
    /// with poll, epoll, kqueue, or a crate such as mio, polling or tokio (`AsyncFd`).
    ///
    /// They are those of the sockets that clients are accepted from at present, of the clients at
    /// their handshakes, and one by which [handles](crate::listener::ListenerHandle) wake the listener. Each call
    /// of the listener may change them: clients come and go, and a socket is left alone while there is no
    /// slot for another client. So ask again each time, and do not keep the descriptors. Where a
    /// registration outlives the wait, as with epoll, wait level-triggered or in one-shot mode.
    ///
    /// Wait no longer than [`timeout`](Listener::timeout) says.
    ///
    /// # Examples
    /// ```
    /// use mpconn::Listener;
    /// use mpconn::os::unix::ListenerExt;
    /// use rustix::event::{PollFd, PollFlags, poll};
    ///
    /// let mut listener = Listener::builder().address(("127.0.0.1", 0)).authkey("secret").bind()?;
    /// let address = listener.address().clone();
    /// # let client = std::thread::spawn(move || mpconn::connect(address, "secret"));
    /// let accepted = loop {
    ///     if let Some(accepted) = listener.try_accept()? {
    ///         break accepted;
    ///     }
    ///     let pollables = listener.pollables();
    ///     let mut fds: Vec<_> = pollables
    ///         .iter()
    ///         .map(|pollable| match pollable.writable {
    ///             true => PollFd::new(pollable, PollFlags::OUT),
    ///             false => PollFd::new(pollable, PollFlags::IN),
    ///         })
    ///         .collect();
    ///     let timeout = listener.timeout().map(|time| time.try_into().unwrap());
    ///     poll(&mut fds, timeout.as_ref())?;
    /// };
    /// # client.join().unwrap()?;
    /// # drop(accepted);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn pollables(&self) -> Vec<Pollable<'_>>;
}

impl ListenerExt for Listener {
    fn add_socket(&mut self, socket: impl Into<OwnedFd>, tag: u64) -> Result<()> {
        self.add_bound_socket(socket.into(), tag)
    }

    fn pollables(&self) -> Vec<Pollable<'_>> {
        self.descriptors()
    }
}
