//! What can go wrong, in words that say what to do next.

mod classify;
mod kind;

use std::any::Any;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt::Write as _;
use std::{fmt, io};

use mpconn_escape::Escaping;
use mpconn_proto::connection::{ReceiveError, SendError};
use mpconn_proto::sniff;

use crate::frame::FrameError;
use crate::handshake::HandshakeError;
use crate::{Address, ParseAddressError};

pub use kind::ErrorKind;

/// A `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something failed.
///
/// Its text is for a person; a program asks for its [`kind`](Self::kind), or the `is_*` questions.
///
/// | Python | question |
/// |---|---|
/// | `EOFError` | [`is_eof`](Self::is_eof) |
/// | `OSError("got end of file during message")` | [`is_truncated`](Self::is_truncated) |
/// | `OSError("bad message length")` | [`is_bad_length`](Self::is_bad_length) |
/// | `MemoryError` | [`is_out_of_memory`](Self::is_out_of_memory) |
/// | `multiprocessing.BufferTooShort` | [`into_message`](Self::into_message) |
/// | `multiprocessing.AuthenticationError` | [`is_authentication`](Self::is_authentication) |
/// | `TimeoutError` | [`is_timed_out`](Self::is_timed_out) |
/// | other `OSError`s | [`io_error`](Self::io_error) |
pub struct Error(Box<Cause>);

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("{context}: {source}")]
    Io { context: String, source: io::Error },
    #[error("authentication with {peer} failed: {source}")]
    Handshake {
        peer: String,
        source: HandshakeError,
    },
    #[error("{error}{advice}", error = .0, advice = how_to_raise(.0))]
    Receive(ReceiveError),
    #[error("{0}")]
    Send(SendError),
    #[error("timed out {0}")]
    TimedOut(&'static str),
    #[error(
        "buffer too short: the message has {} bytes; it is not lost, take it with Error::into_message",
        .0.len()
    )]
    BufferTooShort(Vec<u8>),
    #[error("{0}")]
    Codec(Box<dyn StdError + Send + Sync>),
    #[error("{0}")]
    ParseAddress(#[from] ParseAddressError),
    #[error("connection is read-only")]
    NotWritable,
    #[error("{0}")]
    Descriptors(String),
    #[error("cancelled")]
    Cancelled,
    #[error("the listener is shut down")]
    Closed,
    #[error("cannot listen on {address}: {reason}")]
    AddressInUse {
        address: Address,
        reason: &'static str,
    },
    #[error("{0} are not supported {1}")]
    Unsupported(&'static str, &'static str),
    #[error("{0}")]
    Usage(String),
    /// An error that others know: of what is built on connections. It escapes its own parts.
    #[error("{source}")]
    #[cfg_attr(not(feature = "manager"), expect(dead_code))]
    Boxed {
        kind: ErrorKind,
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An error with the context in which it happened.
    #[error("{context}: {source}{note}")]
    #[cfg_attr(not(feature = "manager"), expect(dead_code))]
    Within {
        context: String,
        /// Stands after the error.
        note: &'static str,
        /// Further facts, for the module that made it.
        detail: Box<dyn Any + Send + Sync>,
        source: Box<Error>,
    },
}

/// Returns how to raise a limit, if the length is not a sign of another protocol.
fn how_to_raise(error: &ReceiveError) -> &'static str {
    match error {
        ReceiveError::Frame(FrameError::TooLong { len, .. })
            if sniff::length_hint(*len).is_empty() =>
        {
            "; to receive longer messages, raise `max_message_len` (of the builder, or \
             Connection::set_max_message_len)"
        }
        ReceiveError::Frame(FrameError::OverBudget { .. }) => {
            " (`budget` of the listener's builder, or Connection::set_budget)"
        }
        _ => "",
    }
}

impl Error {
    pub(crate) fn io(context: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Cause::Io {
            context: context.into(),
            source: source.into(),
        }
        .into()
    }

    pub(crate) fn handshake(peer: Option<&Address>, source: HandshakeError) -> Self {
        let peer = match peer {
            Some(address) => address.to_string(),
            None => "the peer".to_owned(),
        };
        Cause::Handshake { peer, source }.into()
    }

    #[cfg_attr(not(feature = "pickle"), expect(dead_code))]
    pub(crate) fn codec(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Cause::Codec(error.into()).into()
    }

    /// Returns the error with its context.
    #[cfg_attr(not(feature = "manager"), expect(dead_code))]
    pub(crate) fn outermost(&self) -> &Cause {
        &self.0
    }

    /// Returns what happened, without the context in which it did.
    pub(crate) fn root(&self) -> &Cause {
        match &*self.0 {
            Cause::Within { source, .. } => source.root(),
            kind => kind,
        }
    }

    /// Returns whether the handshake failed: a wrong key, no key, another protocol, silence.
    pub fn is_authentication(&self) -> bool {
        matches!(self.root(), Cause::Handshake { .. })
    }

    /// Returns how the handshake failed, if it did.
    pub fn handshake_error(&self) -> Option<&HandshakeError> {
        match self.root() {
            Cause::Handshake { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Returns whether the two ends have different keys.
    pub fn is_wrong_key(&self) -> bool {
        self.handshake_error()
            .is_some_and(HandshakeError::is_wrong_key)
    }

    /// Returns whether a deadline passed, also that of a handshake.
    pub fn is_timed_out(&self) -> bool {
        match self.root() {
            Cause::TimedOut(_) | Cause::Send(SendError::TimedOut) => true,
            Cause::Receive(error) => error.is_timed_out(),
            Cause::Handshake { source, .. } => matches!(source, HandshakeError::Silent { .. }),
            Cause::Io { source, .. } => source.kind() == io::ErrorKind::TimedOut,
            _ => false,
        }
    }

    /// Returns whether the peer closed the connection between two messages: Python's `EOFError`.
    pub fn is_eof(&self) -> bool {
        matches!(self.root(), Cause::Receive(ReceiveError::Eof))
    }

    /// Returns whether the peer closed the connection inside a message.
    pub fn is_truncated(&self) -> bool {
        matches!(self.root(), Cause::Receive(ReceiveError::Truncated { .. }))
    }

    /// Returns whether the length of a message is over the limit or makes no sense. The connection is not
    /// readable any more.
    pub fn is_bad_length(&self) -> bool {
        self.frame_error().is_some_and(FrameError::is_bad_length)
    }

    /// Returns whether the system had no memory for what a peer sent: Python's `MemoryError`. It
    /// is an error of that connection, which is not readable any more and has given back the
    /// memory that the message had.
    pub fn is_out_of_memory(&self) -> bool {
        match self.root() {
            Cause::Receive(ReceiveError::Frame(error)) => error.is_out_of_memory(),
            Cause::Send(SendError::OutOfMemory(_)) => true,
            Cause::Handshake { source, .. } => matches!(source, HandshakeError::OutOfMemory),
            _ => false,
        }
    }

    /// Returns whether the connections that share a [budget](crate::Budget) held so much that there
    /// was no room for a message, or for the values in it. A connection that could not receive a
    /// message is not readable any more.
    pub fn is_over_budget(&self) -> bool {
        self.kind() == ErrorKind::OverBudget
    }

    /// Returns why the messages of a connection cannot be followed, if that is what it was. Its
    /// text has the lengths and names no function of this crate: for programs with words of
    /// their own about how to raise a limit.
    ///
    /// # Examples
    /// ```
    /// use mpconn::{Connection, frame::FrameError};
    ///
    /// let (a, b) = Connection::pair()?;
    /// a.send_bytes(&[0; 100])?;
    /// b.set_max_message_len(10);
    /// let error = b.recv_bytes().unwrap_err();
    /// assert!(matches!(
    ///     error.frame_error(),
    ///     Some(FrameError::TooLong { len: 100, max: 10, .. })
    /// ));
    /// assert!(error.to_string().contains("raise `max_message_len`"));
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn frame_error(&self) -> Option<&FrameError> {
        match self.root() {
            Cause::Receive(ReceiveError::Frame(error)) => Some(error),
            _ => None,
        }
    }

    /// Returns whether the connection broke: it was reset, or the peer closed it while something was sent.
    pub fn is_disconnected(&self) -> bool {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        let gone = |kind| matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset);
        match self.root() {
            Cause::Receive(ReceiveError::Eof | ReceiveError::Truncated { .. }) => true,
            Cause::Io { source, .. } => gone(source.kind()),
            _ => false,
        }
    }

    /// Returns whether an earlier send failed or timed out inside a message. Nothing can be sent any more then: the
    /// peer waits for the rest of that message.
    pub fn is_broken_off(&self) -> bool {
        matches!(self.root(), Cause::Send(SendError::BrokenOff(_)))
    }

    /// Returns whether it was cancelled, such as by
    /// [`ListenerHandle::cancel`](crate::listener::ListenerHandle::cancel).
    pub fn is_cancelled(&self) -> bool {
        matches!(self.root(), Cause::Cancelled)
    }

    /// Returns whether the listener was shut down and has returned all connections that it had.
    pub fn is_closed(&self) -> bool {
        matches!(self.root(), Cause::Closed)
    }

    /// Returns whether the address to listen on is in use.
    pub fn is_address_in_use(&self) -> bool {
        matches!(self.root(), Cause::AddressInUse { .. })
    }

    /// Returns whether a message could not be decoded, or a value could not be encoded.
    pub fn is_codec(&self) -> bool {
        matches!(self.root(), Cause::Codec(_))
    }

    /// Returns the codec's own error, if that is what it was: [`pickle::PickleError`](crate::pickle::PickleError)
    /// from [`send`](crate::Connection::send) and [`recv`](crate::Connection::recv),
    /// [`Codec::Error`](crate::codec::Codec::Error) where another codec was used.
    ///
    /// # Examples
    /// ```
    /// use mpconn::{Connection, pickle};
    ///
    /// let (a, b) = Connection::pair()?;
    /// a.send(&[1, 2])?;
    /// let error = b.recv::<Vec<String>>().unwrap_err();
    /// let error = error.codec_error().and_then(|e| e.downcast_ref::<pickle::PickleError>());
    /// assert_eq!(error.unwrap().path(), "[0]");
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn codec_error(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        match self.root() {
            Cause::Codec(source) => Some(&**source),
            _ => None,
        }
    }

    /// Returns the system's own error, if that is what it was.
    pub fn io_error(&self) -> Option<&io::Error> {
        match self.root() {
            Cause::Io { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Returns the message that did not fit the buffer of
    /// [`recv_bytes_into`](crate::Connection::recv_bytes_into): the argument of
    /// Python's `BufferTooShort`.
    ///
    /// # Errors
    /// Returns the error itself if it was another one.
    pub fn into_message(self) -> Result<Vec<u8>> {
        match *self.0 {
            Cause::BufferTooShort(message) => Ok(message),
            other => Err(other.into()),
        }
    }
}

/// Shows one line: text of the peer or the system is escaped ([`escaped`](crate::escaped)).
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            // It escapes its own parts.
            Cause::Boxed { source, .. } => source.fmt(f),
            Cause::Within {
                context,
                note,
                source,
                ..
            } => {
                write!(Escaping(f), "{context}")?;
                write!(f, ": {source}{note}")
            }
            kind => write!(Escaping(f), "{kind}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::BufferTooShort(message) => write!(f, "BufferTooShort({} bytes)", message.len()),
            kind => kind.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.0 {
            // Their text is in ours already, and would be told twice.
            Cause::Io { source, .. } => source.source(),
            Cause::Codec(source) => source.source(),
            Cause::Within { source, .. } => source.source(),
            _ => None,
        }
    }
}

impl From<Cause> for Error {
    fn from(kind: Cause) -> Self {
        Error(Box::new(kind))
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        ReceiveError::from(error).into()
    }
}

impl From<ReceiveError> for Error {
    #[cold]
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Io(error) => Error::io("cannot receive", error),
            error => Cause::Receive(error).into(),
        }
    }
}

impl From<SendError> for Error {
    #[cold]
    fn from(error: SendError) -> Self {
        match error {
            SendError::Io(error) => Error::io("cannot send", error),
            error => Cause::Send(error).into(),
        }
    }
}

impl From<ParseAddressError> for Error {
    fn from(error: ParseAddressError) -> Self {
        Cause::from(error).into()
    }
}

/// Pickles of a reader or a writer.
#[cfg(feature = "pickle")]
impl From<crate::stream::StreamError> for Error {
    fn from(error: crate::stream::StreamError) -> Self {
        match error {
            crate::stream::StreamError::Io {
                context, source, ..
            } => Error::io(context, source),
            crate::stream::StreamError::Pickle(error) => Error::codec(error),
            other => Error::codec(other),
        }
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests;
