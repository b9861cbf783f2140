//! The two ways in which transports separate messages.

/// The way in which a transport separates messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// Each message is preceded by its length: Unix sockets and pipes (`Connection` in
    /// CPython's `multiprocessing/connection.py`).
    LengthPrefix,
    /// The transport itself separates messages: Windows named pipes (`PipeConnection`). Each
    /// `handle_received` takes one whole message, each `poll_transmit` returns one, to be written
    /// by itself.
    MessagePerRead,
}
