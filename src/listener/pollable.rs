//! What to wait for, for event loops of others.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::PollFlags;

use super::Listener;

/// A descriptor that a [`Listener`] waits for: see [`Listener::pollables`].
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
    /// Returns the descriptors to wait for before [`try_accept`](Self::try_accept) is called again:
    /// with poll, epoll, kqueue, or a crate such as mio, polling or tokio (`AsyncFd`).
    ///
    /// They are those of the sockets that clients are accepted from at present, of the clients at
    /// their handshakes, and one by which [handles](super::ListenerHandle) wake the listener. Each call
    /// of the listener may change them: clients come and go, and a socket is left alone while there is no
    /// slot for another client. So ask again each time, and do not keep the descriptors. Where a
    /// registration outlives the wait, as with epoll, wait level-triggered or in one-shot mode.
    ///
    /// Wait no longer than [`timeout`](Self::timeout) says.
    ///
    /// # Examples
    /// ```
    /// use mpconn::Listener;
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
    pub fn pollables(&self) -> Vec<Pollable<'_>> {
        let mut pollables = Vec::with_capacity(1 + self.bound.len() + self.pending.len());
        self.wait_for(|fd, interest| {
            pollables.push(Pollable {
                fd,
                writable: interest == PollFlags::OUT,
            });
        });
        pollables
    }

    /// Returns how long to wait for the [`pollables`](Self::pollables) at most; `None` where only they
    /// can bring news.
    pub fn timeout(&self) -> Option<Duration> {
        match self.finished.is_empty() {
            true => self.next_deadline().remaining(),
            false => Some(Duration::ZERO),
        }
    }
}
