//! What kinds of errors there are.

/// What kind of error an [`Error`](crate::Error) is: see [`Error::kind`](crate::Error::kind).
///
/// | kind | Python | `io::ErrorKind` |
/// |---|---|---|
/// | [`Eof`](Self::Eof) | `EOFError` | `UnexpectedEof` |
/// | [`Truncated`](Self::Truncated) | `OSError("got end of file during message")` | `UnexpectedEof` |
/// | [`Disconnected`](Self::Disconnected) | `ConnectionResetError`, `BrokenPipeError` | the system's |
/// | [`TimedOut`](Self::TimedOut) | `TimeoutError` | `TimedOut` |
/// | [`BadLength`](Self::BadLength) | `OSError("bad message length")` | `InvalidData` |
/// | [`BufferTooShort`](Self::BufferTooShort) | `multiprocessing.BufferTooShort` | `Other` |
/// | [`OutOfMemory`](Self::OutOfMemory) | `MemoryError` | `OutOfMemory` |
/// | [`OverBudget`](Self::OverBudget) | none | `OutOfMemory` |
/// | [`Authentication`](Self::Authentication) | `multiprocessing.AuthenticationError` | `PermissionDenied` |
/// | [`Codec`](Self::Codec) | `pickle.UnpicklingError`, `PicklingError` | `InvalidData` |
/// | [`NotReadable`](Self::NotReadable), [`NotWritable`](Self::NotWritable) | `OSError("connection is write-only")`, `("connection is read-only")` | `Other` |
/// | [`BrokenOff`](Self::BrokenOff) | none | `Other` |
/// | [`Descriptors`](Self::Descriptors) | `RuntimeError`, `AssertionError` of `recv_handle` | `InvalidData` |
/// | [`Cancelled`](Self::Cancelled), [`Closed`](Self::Closed) | none | `Other` |
/// | [`AddressInUse`](Self::AddressInUse) | `OSError`, `errno.EADDRINUSE` | `AddrInUse` |
/// | [`InvalidAddress`](Self::InvalidAddress) | `ValueError` | `Other` |
/// | [`Unsupported`](Self::Unsupported), [`Usage`](Self::Usage) | `ValueError` | `Other` |
/// | [`Remote`](Self::Remote) | the exception that the method raised, `RemoteError` | `Other` |
/// | [`OtherManager`](Self::OtherManager) | none: Python connects there | `Other` |
/// | [`Io`](Self::Io) | other `OSError`s | the system's |
///
/// # Examples
/// ```
/// use mpconn::{Connection, ErrorKind};
///
/// let (a, b) = Connection::pair()?;
/// drop(a);
/// match b.recv_bytes() {
///     Err(error) if error.kind() == ErrorKind::Eof => println!("the peer is done"),
///     other => println!("{other:?}"),
/// }
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The peer closed the connection between two messages.
    Eof,
    /// The peer closed the connection inside a message.
    Truncated,
    /// The connection broke: it was reset, or the peer closed it while something was sent.
    Disconnected,
    /// A deadline passed. That of a handshake is [`Authentication`](Self::Authentication), and
    /// [`Error::is_timed_out`](crate::Error::is_timed_out) is true of it as well.
    TimedOut,
    /// The length of a message is over the limit or makes no sense.
    BadLength,
    /// A message is longer than the buffer for it; [`Error::into_message`](crate::Error::into_message) returns it.
    BufferTooShort,
    /// The system has no memory for what a peer sends.
    OutOfMemory,
    /// The connections that share a budget hold so much that there is no room for a message, or for the
    /// values in it.
    OverBudget,
    /// A handshake failed: a wrong key, no key, another protocol, silence.
    /// [`Error::handshake_error`](crate::Error::handshake_error) has the details.
    Authentication,
    /// A message cannot be decoded, or a value cannot be encoded; [`Error::codec_error`](crate::Error::codec_error) has the
    /// details.
    Codec,
    /// The connection cannot receive: it is an end that only sends, or an earlier message could not be
    /// followed.
    NotReadable,
    /// The connection cannot send: it is an end that only receives.
    NotWritable,
    /// An earlier send broke off inside a message, so that nothing can be sent any more.
    BrokenOff,
    /// A descriptor could not be passed or received.
    Descriptors,
    /// Another thread cancelled what was waited for.
    Cancelled,
    /// The listener is shut down and has handed out all that it had.
    Closed,
    /// The address to listen on is taken.
    AddressInUse,
    /// A text is no address.
    InvalidAddress,
    /// This system, or this version, cannot do it.
    Unsupported,
    /// A call that makes no sense, such as one with arguments that exclude each other.
    Usage,
    /// A manager answered with an exception or a traceback; `Error::remote` has it.
    Remote,
    /// An answer has an object of another manager, to which nothing connects by default.
    OtherManager,
    /// The system failed in another way; [`Error::io_error`](crate::Error::io_error) has its error.
    Io,
}
