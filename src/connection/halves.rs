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
    pub fn set_recv_timeout(&self, timeout: Option<Duration>) {
        self.io.set_recv_timeout(timeout);
    }

    pub(crate) fn io(&self) -> &Io {
        &self.io
    }
}

impl Sender {
    /// See [`Connection::set_send_timeout`](super::Connection::set_send_timeout).
    pub fn set_send_timeout(&self, timeout: Option<Duration>) {
        self.io.set_send_timeout(timeout);
    }

    /// Tells the peer that nothing more will come, while the other half can still
    /// receive. Sockets only: an end of a pipe is finished when it is dropped.
    ///
    /// # Errors
    /// When the connection has broken already.
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
