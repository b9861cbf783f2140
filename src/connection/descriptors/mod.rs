//! Descriptors through a connection: `send_handle` and `recv_handle` of CPython's
//! `multiprocessing/reduction.py`.
//!
//! A byte goes with them, without a frame around it. Python 3 has it state how many they
//! are, modulo 256, and holds its peers to that. Python 2.7 sends whatever its stack held
//! (`_multiprocessing.sendfd`) and looks at none, so the system's own count is what
//! counts here.
//!
//! On macOS, Python 3 answers with an `A` when they have arrived: a descriptor in flight
//! may be lost there when its sender closes it (`ACKNOWLEDGE` in `reduction.py`).

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::MutexGuard;

use mpconn_proto::connection::{ReceiveError, SendError};

use super::io::{Io, Reader};
use crate::error::{Cause, Error, Result};
use crate::transport::readiness::Deadline;
use crate::transport::{TransportKind, unix};

/// The most descriptors that Linux passes at once: `SCM_MAX_FD`.
const MAX: u8 = 253;

/// Whether a receiver confirms that descriptors have arrived.
const ACKNOWLEDGE: bool = cfg!(target_os = "macos");

impl Io {
    /// Sends descriptors, 1 to 253.
    pub(crate) fn send_descriptors(&self, fds: &[BorrowedFd<'_>]) -> Result<()> {
        self.send_fds(fds, ACKNOWLEDGE)
    }

    /// Receives exactly that many descriptors.
    pub(crate) fn recv_descriptors(&self, count: usize) -> Result<Vec<OwnedFd>> {
        self.recv_fds(count, ACKNOWLEDGE)
    }
}

impl Io {
    fn send_fds(&self, fds: &[BorrowedFd<'_>], acknowledged: bool) -> Result<()> {
        let count = checked(fds.len())?;
        self.carries_fds()?;
        // The acknowledgement stands between messages too. The reader before the writer:
        // as a receive does that acknowledges.
        let reader = match acknowledged {
            true => Some(self.reader_between_messages()?),
            false => None,
        };
        let writer = self.writer_for_send()?;
        let deadline = self.send_deadline();
        let sent = unix::send_fds(&self.transport, count, fds, deadline);
        sent.map_err(|error| Error::from(SendError::from(error)))?;
        drop(writer);
        match reader {
            Some(_held) => self.expect_acknowledgement(deadline),
            None => Ok(()),
        }
    }

    fn expect_acknowledgement(&self, deadline: Deadline) -> Result<()> {
        let mut answer = Vec::new();
        let error = match self.transport.read(&mut answer, 1, deadline) {
            Ok(_) if answer == b"A" => return Ok(()),
            Ok(0) => ReceiveError::Eof.into(),
            Ok(_) => refused("the peer did not acknowledge the descriptors: it takes none now"),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                Cause::TimedOut("while waiting for the peer to take the descriptors").into()
            }
            Err(error) => ReceiveError::between_messages(error).into(),
        };
        // The acknowledgement may still come, in the middle of anything.
        self.stop_reading();
        Err(error)
    }

    fn recv_fds(&self, count: usize, acknowledge: bool) -> Result<Vec<OwnedFd>> {
        checked(count)?;
        self.carries_fds()?;
        let mut reader = self.reader_between_messages()?;
        let passed = unix::recv_fds(&self.transport, count, self.recv_deadline());
        let passed = passed.map_err(ReceiveError::between_messages)?;
        let Some(byte) = passed.byte else {
            return Err(ReceiveError::Eof.into());
        };
        if passed.fds.is_empty() && !passed.truncated {
            // The first byte of a frame: back to where it belongs.
            let put_back = reader.receiving.put_back(&[byte]);
            put_back.map_err(|error| self.failed(&mut reader, error))?;
            return Err(refused(
                "no descriptor came but a message: receive that one first",
            ));
        }
        if acknowledge {
            self.write([b"A", &[]])?;
        }
        match passed.fds.len() {
            _ if passed.truncated => Err(refused(
                "the peer sent more descriptors than expected, or this process may not open more \
                 (see `ulimit -n`); those that came are closed",
            )),
            got if got == count => Ok(passed.fds),
            got => Err(wrong_number(got, count)),
        }
    }

    fn carries_fds(&self) -> Result<()> {
        let failed = |e| Error::io("cannot pass descriptors", e);
        if unix::carries_fds(&self.transport).map_err(failed)? {
            return Ok(());
        }
        let over = match self.transport.kind() {
            TransportKind::Tcp => "over TCP: only Unix sockets carry them",
            TransportKind::Pipe => "over a pipe: only Unix sockets carry them, Connection::pair()",
            TransportKind::Socket => "over this kind of socket: only Unix sockets carry them",
        };
        Err(Cause::Unsupported("descriptors", over).into())
    }

    /// The reader, where all that was read has been received.
    fn reader_between_messages(&self) -> Result<MutexGuard<'_, Reader>> {
        let reader = self.reader_for_recv()?;
        if !reader.receiving.holds_input() {
            return Ok(reader);
        }
        Err(refused(
            "bytes were read already that nobody has received, and a descriptor among them is \
             lost: call set_read_ahead(false) before the peer may send one, and receive the \
             messages in front of it",
        ))
    }
}

/// Returns the byte that goes with that many.
fn checked(count: usize) -> Result<u8> {
    match u8::try_from(count) {
        Ok(count @ 1..=MAX) => Ok(count),
        _ => Err(Cause::Usage(format!(
            "{count} descriptors cannot be passed at once, only 1 to {MAX}"
        ))
        .into()),
    }
}

fn wrong_number(got: usize, expected: usize) -> Error {
    refused(format!(
        "the peer sent {got} descriptors where {expected} were expected; they are closed"
    ))
}

fn refused(why: impl Into<String>) -> Error {
    Cause::Descriptors(why.into()).into()
}

// One thread plays both ends there; with acknowledgements it would wait for itself.
#[cfg(all(test, not(target_os = "macos")))]
mod tests;
