//! A connection: messages over a descriptor, blocking.

mod descriptors;
mod direction;
mod halves;
mod io;
mod messages;
#[cfg(feature = "pickle")]
mod objects;
#[cfg(feature = "pickle")]
mod pickling;
mod readiness;
mod receive_limits;
#[cfg(test)]
mod tests;

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

pub use direction::Direction;
pub use halves::{Receiver, Sender};
use mpconn_proto::connection::{self, Budget};

use crate::Address;
use crate::error::{Cause, Error, Result};
use crate::frame::Decoder;
use crate::handshake::Outcome;
use crate::transport::{Transport, pipe, unix};
use io::Io;
pub(crate) use readiness::{GLANCE, Input, Watch};
pub(crate) use receive_limits::ReceiveLimits;

/// A connection to a peer: `multiprocessing.connection.Connection`.
///
/// Each message is sent and received whole. All methods take `&self`, from any
/// thread: sends never interleave, and each receiver gets whole messages. One
/// system call sends a message; one takes in as many small ones as have come
/// (see [`set_read_ahead`](Self::set_read_ahead)).
///
/// It is closed when it is dropped.
///
/// # Passing descriptors
/// A Unix socket carries open files, pipes and sockets to another process:
/// [`send_fd`](crate::os::unix::SendFd::send_fd) and [`recv_fd`](crate::os::unix::ReceiveFd::recv_fd) are
/// Python's `reduction.send_handle` and `reduction.recv_handle`. A descriptor travels with a single byte
/// that is no message, so both ends must know when one is due. If read-ahead consumes that byte, the
/// kernel closes the descriptor. Call [`set_read_ahead(false)`](Self::set_read_ahead) before the peer can
/// send one, best right after the connection is made.
///
/// ```
/// use std::io::Read;
/// use mpconn::Connection;
/// use mpconn::os::unix::{ReceiveFd, SendFd};
///
/// let (a, b) = Connection::pair()?;
/// b.set_read_ahead(false);
///
/// let sending = std::thread::spawn(move || {
///     a.send("a file comes")?;
///     a.send_fd(std::fs::File::open("Cargo.toml")?)?;
///     Ok::<(), std::io::Error>(())
/// });
///
/// assert_eq!(b.recv::<String>()?, "a file comes");
/// let mut file = std::fs::File::from(b.recv_fd()?);
/// let mut text = String::new();
/// file.read_to_string(&mut text)?;
/// assert!(text.contains("[package]"));
/// # sending.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Examples
/// ```
/// use mpconn::Connection;
///
/// let (a, b) = Connection::pair()?;
/// a.send_bytes(b"hello")?;
/// assert_eq!(b.recv_bytes()?, b"hello");
/// drop(a);
/// assert!(b.recv_bytes().unwrap_err().is_eof());
/// # Ok::<(), mpconn::Error>(())
/// ```
pub struct Connection {
    io: Arc<Io>,
}

impl Connection {
    /// The longest message that is received by default where the peer has proved that it knows
    /// the key: 1 GiB. [`set_max_message_len`](Self::set_max_message_len) and the builders'
    /// `max_message_len` change it; Python has no limit.
    ///
    /// It bounds what a peer can make this process hold; a length alone takes no memory. It is also the
    /// limit of [`pair`](Self::pair), and of a descriptor that this process has chosen
    /// ([`from_fd`](crate::os::unix::ConnectionExt::from_fd)). The bound is one for each connection: [`set_budget`](Self::set_budget)
    /// bounds what several hold together.
    pub const DEFAULT_MAX_MESSAGE_LEN: u64 = connection::DEFAULT_MAX_MESSAGE_LEN;

    /// The longest message that is received by default where no handshake has taken place,
    /// since anyone may be at the other end: 64 MiB, for connections that a [`Listener`]
    /// accepts and for those that [`connect`] makes.
    ///
    /// [`Listener`]: crate::Listener
    /// [`connect`]: crate::connect()
    pub const DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY: u64 =
        connection::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY;

    pub(crate) fn new(
        transport: Transport,
        decoder: Decoder,
        peer: Option<Address>,
        authentication: Option<Outcome>,
    ) -> Self {
        let mut io = Io::new(transport, decoder, Direction::Both);
        io.peer = peer;
        match &authentication {
            #[cfg(feature = "pickle")]
            Some(outcome) => io.pickling.learn_from_login(outcome),
            #[cfg(not(feature = "pickle"))]
            Some(_) => {}
            None => io.set_max_message_len(Self::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY),
        }
        io.authentication = authentication;
        Connection { io: Arc::new(io) }
    }

    fn with_direction(transport: Transport, direction: Direction) -> Self {
        Connection {
            io: Arc::new(Io::new(transport, Decoder::new(), direction)),
        }
    }

    /// Returns two connections that are connected to each other: `multiprocessing.Pipe()`.
    ///
    /// # Errors
    /// Fails if the system has no descriptors left.
    pub fn pair() -> Result<(Connection, Connection)> {
        let (a, b) = unix::pair().map_err(no_pair)?;
        Ok((
            Connection::with_direction(a, Direction::Both),
            Connection::with_direction(b, Direction::Both),
        ))
    }

    /// Returns two connected ends of which the first can only receive and the second only send:
    /// `multiprocessing.Pipe(duplex=False)`.
    ///
    /// # Errors
    /// As [`pair`](Self::pair).
    pub fn one_way_pair() -> Result<(Connection, Connection)> {
        let (reader, writer) = pipe::pair().map_err(no_pair)?;
        Ok((
            Connection::with_direction(reader, Direction::Receive),
            Connection::with_direction(writer, Direction::Send),
        ))
    }

    /// Returns a connection over a descriptor: see [`os::unix`](crate::os::unix::ConnectionExt).
    pub(crate) fn over(fd: OwnedFd, direction: Direction) -> Result<Connection> {
        let transport = Transport::of(fd)
            .map_err(|e| Error::io("cannot make a connection of the descriptor", e))?;
        Ok(Connection::with_direction(transport, direction))
    }

    /// Returns the descriptor, with the bytes that were read from it and not received.
    pub(crate) fn into_fd_and_bytes(self) -> (OwnedFd, Vec<u8>) {
        match Arc::try_unwrap(self.io) {
            Ok(io) => io.into_parts(),
            Err(_) => unreachable!("only halves share the descriptor"),
        }
    }

    /// Divides it into a half that receives and one that sends, for two threads or two owners. Either half can
    /// end the connection: [`Receiver::shutdown`], [`Sender::shutdown`].
    pub fn split(self) -> (Receiver, Sender) {
        halves::split(self.io)
    }

    /// Returns whether it can receive. False for the sending end of a one-way pair, and
    /// after a bad message length, as in Python, or a message for which there was no memory.
    pub fn readable(&self) -> bool {
        self.io.readable()
    }

    /// Returns whether it can send.
    pub fn writable(&self) -> bool {
        self.io.writable()
    }

    /// Returns the address of the peer, if it has one: `Listener.last_accepted` for an accepted connection, the
    /// listener's address for a client's.
    pub fn peer_address(&self) -> Option<&Address> {
        self.io.peer.as_ref()
    }

    /// Returns how both ends proved that they know the key; `None` without a key.
    pub fn authentication(&self) -> Option<&Outcome> {
        self.io.authentication.as_ref()
    }

    /// Sets how long a receive may take, counted from its beginning, so that a peer that sends a byte now and
    /// then does not prolong it; `None`, the default, is without limit. The part of a message that has
    /// come by then is kept: the next receive goes on where this one stopped.
    pub fn set_recv_timeout(&self, timeout: impl Into<Option<Duration>>) {
        self.io.set_recv_timeout(timeout.into());
    }

    /// Sets how long a send may take; `None`, the default, is without limit. After a timeout inside a message
    /// the connection cannot send any more, because the peer waits for the rest of that message.
    pub fn set_send_timeout(&self, timeout: impl Into<Option<Duration>>) {
        self.io.set_send_timeout(timeout.into());
    }

    /// Sets the longest message to receive, in bytes, for calls without a limit of their own. A longer
    /// one is an error ([`is_bad_length`](Error::is_bad_length)) and makes the connection
    /// unreadable. The default is
    /// [`DEFAULT_MAX_MESSAGE_LEN`](Self::DEFAULT_MAX_MESSAGE_LEN), or without a key
    /// [`DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY`](Self::DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY).
    ///
    /// It bounds the bytes of a message, not what is made of them: the values of a pickle take
    /// more, see [`set_budget`](Self::set_budget) and [`pickle::Limits`](crate::pickle::Limits).
    /// Memory for those is not asked for fallibly.
    pub fn set_max_message_len(&self, max: u64) {
        self.io.set_max_message_len(max);
    }

    /// Sets the budget of bytes and values that this connection shares with others while it
    /// receives; none by default. [`ListenerBuilder::budget`](crate::listener::ListenerBuilder::budget)
    /// sets it for all that a listener accepts.
    ///
    /// Bytes of messages are charged as they arrive, those of up to 8 KiB aside. Values are charged
    /// before [`recv`](Self::recv) makes them; copies of what a message shares are not, each message has
    /// [`Limits::growth`](crate::pickle::Limits::growth) for those. Both are given back when the receive returns. A
    /// message for which the others left no room is an error
    /// ([`is_over_budget`](Error::is_over_budget)); where it could not be received whole, this
    /// connection is not readable any more.
    ///
    /// It waits for a receive that is under way.
    ///
    /// # Examples
    /// ```
    /// use mpconn::{Budget, Connection};
    ///
    /// let budget = Budget::new(64 << 20, 1_000_000);
    /// let (a, b) = Connection::pair()?;
    /// b.set_budget(Some(&budget));
    /// a.send_bytes(&[0; 20_000])?;
    /// assert_eq!(b.recv_bytes()?.len(), 20_000);
    /// assert_eq!(budget.bytes_held(), 0);
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn set_budget(&self, budget: Option<&Budget>) {
        self.io.set_budget(budget);
    }

    /// Sets how long the rest of a message may take once a part of it has come; no limit by default.
    /// A peer may then be silent between messages for as long as it likes, and not inside one.
    ///
    /// A message that does not come whole in that time is an error
    /// ([`is_timed_out`](Error::is_timed_out)), after which the connection is not readable any more. The
    /// time begins when something receives, polls or waits and finds a part of a message.
    ///
    /// It waits for a receive that is under way.
    pub fn set_rest_timeout(&self, timeout: impl Into<Option<Duration>>) {
        self.io.set_rest_timeout(timeout.into());
    }

    /// Sets whether receiving may read beyond the message that is wanted; by default it may. Turn it off where
    /// other processes read from the same descriptor, as those of a `multiprocessing.Queue` do, where the
    /// descriptor is handed over between two messages, or before the peer can
    /// [pass a descriptor](Self#passing-descriptors). Then no byte beyond a message is read, at the cost of
    /// a second system call for each message.
    pub fn set_read_ahead(&self, read_ahead: bool) {
        self.io.set_read_ahead(read_ahead);
    }

    /// Ends sending, receiving or both, also for a thread that waits in a call right now; the peer sees an end
    /// of file. Sockets only.
    ///
    /// # Errors
    /// Fails if it is a pipe, or not connected any more.
    pub fn shutdown(&self, how: std::net::Shutdown) -> Result<()> {
        self.io.shutdown(how)
    }

    /// Returns whether bytes were read that nobody has received.
    #[cfg(feature = "manager")]
    pub(crate) fn holds_input(&self) -> bool {
        self.io.holds_input()
    }

    pub(crate) fn io(&self) -> &Io {
        &self.io
    }
}

fn no_pair(error: std::io::Error) -> Error {
    Error::io("cannot make a pair of connections", error)
}

impl Receiver {
    /// Makes the connection whole again.
    ///
    /// # Errors
    /// Fails if the halves are of different connections. Both are closed then.
    pub fn reunite(self, sender: Sender) -> Result<Connection> {
        if !Arc::ptr_eq(&self.io, &sender.io) {
            return Err(Error::from(Cause::Usage(
                "the halves are of different connections".into(),
            )));
        }
        Ok(Connection { io: self.io })
    }
}

/// Returns the descriptor, to be polled or passed on. Bytes that were read ahead are not in it any more:
/// ask [`poll`](Connection::poll) or [`wait`](crate::wait) for readiness.
impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.io.as_fd()
    }
}

impl TryFrom<OwnedFd> for Connection {
    type Error = Error;

    fn try_from(fd: OwnedFd) -> Result<Self> {
        Connection::over(fd, Direction::Both)
    }
}

impl TryFrom<std::net::TcpStream> for Connection {
    type Error = Error;

    fn try_from(stream: std::net::TcpStream) -> Result<Self> {
        Connection::over(stream.into(), Direction::Both)
    }
}

impl TryFrom<std::os::unix::net::UnixStream> for Connection {
    type Error = Error;

    fn try_from(stream: std::os::unix::net::UnixStream) -> Result<Self> {
        Connection::over(stream.into(), Direction::Both)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.fmt_as("Connection", f)
    }
}
