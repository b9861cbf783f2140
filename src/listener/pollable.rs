//! What to wait for, for event loops of others.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::PollFlags;

use super::Listener;

/// A descriptor that a [`Listener`] waits for: see [`pollables`](crate::os::unix::ListenerExt::pollables).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Pollable<'a> {
    /// The descriptor.
    pub fd: BorrowedFd<'a>,
    /// Whether to wait until it can be written to; otherwise until it can be read from.
    pub writable: bool,
}

impl AsFd for Pollable<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd
    }
}

impl Listener {
    /// Returns the descriptors to wait for: see [`os::unix`](crate::os::unix::ListenerExt::pollables).
    pub(crate) fn descriptors(&self) -> Vec<Pollable<'_>> {
        let mut pollables = Vec::with_capacity(1 + self.sockets.len() + self.pending.len());
        self.wait_for(|fd, interest| {
            pollables.push(Pollable {
                fd,
                writable: interest == PollFlags::OUT,
            });
        });
        pollables
    }

    /// Returns how long to wait for the [`pollables`](crate::os::unix::ListenerExt::pollables) at most; `None` where only they
    /// can bring news.
    pub fn timeout(&self) -> Option<Duration> {
        match self.finished.is_empty() {
            true => self.next_deadline().remaining(),
            false => Some(Duration::ZERO),
        }
    }
}
