//! Waiting for descriptors, against a clock.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// A moment after which waiting ends, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) const NEVER: Deadline = Deadline(None);

    /// That far from now; without a timeout, or with one beyond the clock, never.
    pub(crate) fn after(timeout: Option<Duration>) -> Self {
        Deadline(timeout.and_then(|t| Instant::now().checked_add(t)))
    }

    /// The moment that a machine without I/O names.
    pub(crate) fn at(moment: Option<Instant>) -> Self {
        Deadline(moment)
    }

    /// The moment, for a machine without I/O.
    pub(crate) fn instant(self) -> Option<Instant> {
        self.0
    }

    pub(crate) fn is_never(self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn has_passed(self) -> bool {
        self.0.is_some_and(|at| Instant::now() >= at)
    }

    /// The time left, for what wants it as a timeout.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0
            .map(|at| at.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn earlier(self, other: Deadline) -> Deadline {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Deadline(Some(a.min(b))),
            (a, b) => Deadline(a.or(b)),
        }
    }
}

/// Waits until one of them is ready (`true`) or the deadline has passed.
/// A signal's interruption is waited through, as in Python since 3.5.
pub(crate) fn poll_until(fds: &mut [PollFd<'_>], deadline: Deadline) -> io::Result<bool> {
    loop {
        let timeout = deadline.remaining().map(|left| Timespec {
            tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        match poll(fds, timeout.as_ref()) {
            Ok(0) if deadline.has_passed() => return Ok(false),
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Waits until this one is ready to be read from.
pub(crate) fn wait_readable(fd: impl AsFd, deadline: Deadline) -> io::Result<bool> {
    poll_until(&mut [PollFd::new(&fd, PollFlags::IN)], deadline)
}

/// Waits until this one is ready to be written to.
pub(crate) fn wait_writable(fd: impl AsFd, deadline: Deadline) -> io::Result<bool> {
    poll_until(&mut [PollFd::new(&fd, PollFlags::OUT)], deadline)
}

/// Wakes a thread that polls: a pipe to itself.
#[derive(Debug)]
pub(crate) struct Waker {
    reader: OwnedFd,
    writer: OwnedFd,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&reader, true)?;
        rustix::io::ioctl_fionbio(&writer, true)?;
        let (reader, writer) = (reader.into(), writer.into());
        Ok(Waker { reader, writer })
    }

    /// From any thread. A full pipe wakes as well as one byte does.
    pub(crate) fn wake(&self) {
        let _ = rustix::io::write(&self.writer, &[0]);
    }

    pub(crate) fn clear(&self) {
        let mut bytes = [0; 64];
        while matches!(rustix::io::read(&self.reader, &mut bytes), Ok(64)) {}
    }

    /// Readable after a [`wake`](Self::wake).
    pub(crate) fn pollable(&self) -> &OwnedFd {
        &self.reader
    }
}
