//! Which ways a connection goes.

/// Which ways a connection goes: `readable` and `writable` of Python's `Connection(handle, readable, writable)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Direction {
    /// It sends and receives.
    #[default]
    Both,
    /// It only receives.
    Receive,
    /// It only sends.
    Send,
}
