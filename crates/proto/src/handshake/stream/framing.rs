//! What a transport carries: a stream of bytes, or messages.

/// The way in which messages are kept apart on a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// A length stands in front of each message: sockets and pipes of Unix (`Connection` in
    /// CPython's `multiprocessing/connection.py`).
    LengthPrefix,
    /// The transport keeps messages apart: named pipes of Windows (`PipeConnection`). Each
    /// `handle_received` takes one whole message, each `poll_transmit` gives one, to be written
    /// by itself.
    MessagePerRead,
}
