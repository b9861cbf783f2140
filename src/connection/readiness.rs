//! Whether there is something to receive, also while other threads receive and read ahead of their
//! message.

use std::sync::TryLockError;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use mpconn_proto::connection::ReceiveError;

use super::io::{Io, Reader};
use crate::error::{Error, Result};
use crate::transport::readiness::{Deadline, wait_readable};

/// The answer of [`Io::input`].
pub(crate) enum Input {
    /// A receive would return at once.
    Ready,
    /// Only the descriptor can tell, and the time: what has begun of a message must be whole by then.
    Nothing(Deadline),
    /// Another thread receives right now and holds what was read ahead. Ask again after a [`GLANCE`].
    Unknown,
}

/// How long to wait for a descriptor while another thread receives, which may read on
/// beyond its message.
pub(crate) const GLANCE: Duration = Duration::from_millis(10);

/// From [`Io::watch`].
pub(crate) struct Watch<'a>(&'a AtomicUsize);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Io {
    /// Returns whether a receive would find something, without waiting longer than asked: not
    /// for another thread that receives either.
    pub(super) fn poll(&self, timeout: Option<Duration>) -> Result<bool> {
        let deadline = Deadline::after(timeout);
        let _watch = self.watch();
        loop {
            if !self.readable() {
                return Err(ReceiveError::NotReadable.into());
            }
            let until = match self.input() {
                // Another thread may have found that nothing can be received any more.
                Input::Ready if !self.readable() => continue,
                Input::Ready => return Ok(true),
                Input::Nothing(rest) => deadline.earlier(rest),
                Input::Unknown => deadline.earlier(Deadline::after(Some(GLANCE))),
            };
            let is_readable = wait_readable(&self.transport, until)
                .map_err(|e| Error::io("cannot poll the connection", e))?;
            if is_readable || deadline.has_passed() {
                return Ok(is_readable);
            }
        }
    }

    /// A whole message was read already, or something that a receive will complain of.
    /// If not, sees to it that it is worth waiting for one.
    fn has_message(&self, reader: &mut Reader) -> bool {
        // A connection that only sends never has one: Python's `wait` passes over it.
        if self.stopped_reading() {
            return true;
        }
        let has = reader.receiving.is_ready(self.max_message_len());
        if !has && reader.receiving.poll_acknowledge() {
            self.transport.acknowledge_now();
        }
        has
    }

    /// Returns what was read ahead, as far as that can be told at once.
    pub(crate) fn input(&self) -> Input {
        let mut reader = match self.reader.try_lock() {
            Ok(reader) => reader,
            Err(TryLockError::Poisoned(reader)) => reader.into_inner(),
            Err(TryLockError::WouldBlock) => return Input::Unknown,
        };
        if self.has_message(&mut reader) {
            return Input::Ready;
        }
        match self.rest_deadline(&mut reader, Deadline::NEVER) {
            // The next receive says so.
            rest if rest.has_passed() => Input::Ready,
            rest => Input::Nothing(rest),
        }
    }

    /// Begins a look at [`input`](Self::input) and a wait for the descriptor. Until the watch is dropped no other
    /// thread reads ahead, so that the descriptor tells.
    pub(crate) fn watch(&self) -> Watch<'_> {
        self.watches.fetch_add(1, Relaxed);
        Watch(&self.watches)
    }
}
