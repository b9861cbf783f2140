//! A connection in two halves.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Duration;

use super::io::Io;
use crate::error::Result;

/// The receiving half of a [`Connection`](super::Connection). Bytes that were read ahead are with it.
pub struct Receiver {
    pub(super) io: Arc<Io>,
}

/// The sending half of a [`Connection`](super::Connection).
///
/// The peer sees the end of file when both halves are dropped, or after
/// [`finish`](Self::finish).
pub struct Sender {
    pub(super) io: Arc<Io>,
}

pub(super) fn split(io: Arc<Io>) -> (Receiver, Sender) {
    (
        Receiver {
            io: Arc::clone(&io),
        },
        Sender { io },
    )
}

impl Receiver {
    /// See [`Connection::set_recv_timeout`](super::Connection::set_recv_timeout).
    pub fn set_recv_timeout(&self, timeout: impl Into<Option<Duration>>) {
        self.io.set_recv_timeout(timeout.into());
    }

    /// Ends the whole connection, also for a thread that waits in the sending half right now: its send fails.
    /// The peer gets the end of file. Sockets only: a pipe goes one way, and its end is the half's.
    ///
    /// # Errors
    /// Fails if it is a pipe, or not connected any more.
    pub fn shutdown(&self) -> Result<()> {
        self.io.shutdown(std::net::Shutdown::Both)
    }

    pub(crate) fn io(&self) -> &Io {
        &self.io
    }
}

impl Sender {
    /// See [`Connection::set_send_timeout`](super::Connection::set_send_timeout).
    pub fn set_send_timeout(&self, timeout: impl Into<Option<Duration>>) {
        self.io.set_send_timeout(timeout.into());
    }

    /// Ends the whole connection, also for a thread that waits in the receiving half right now: it gets the
    /// end of file, and so does the peer. Sockets only: a pipe goes one way, and its end is the half's.
    ///
    /// # Errors
    /// Fails if it is a pipe, or not connected any more.
    pub fn shutdown(&self) -> Result<()> {
        self.io.shutdown(std::net::Shutdown::Both)
    }

    pub(crate) fn io(&self) -> &Io {
        &self.io
    }

    /// Tells the peer that nothing more will come, while the other half can still
    /// receive. Sockets only: an end of a pipe is finished when it is dropped.
    ///
    /// # Errors
    /// Fails if the connection has broken already.
    pub fn finish(self) -> Result<()> {
        self.io.shutdown(std::net::Shutdown::Write)
    }
}

impl AsFd for Receiver {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.io.as_fd()
    }
}

impl AsFd for Sender {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.io.as_fd()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.fmt_as("Receiver", f)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.fmt_as("Sender", f)
    }
}
