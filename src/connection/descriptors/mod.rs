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
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::MutexGuard;

use mpconn_proto::connection::{ReceiveError, SendError};

use super::io::{Io, Reader};
use super::{Connection, Receiver, Sender};
use crate::error::{Error, Kind, Result};
use crate::transport::readiness::Deadline;
use crate::transport::{Kind as TransportKind, unix};

/// As many as Linux passes at once: `SCM_MAX_FD`.
const MAX: u8 = 253;

/// Whether a receiver confirms that they have arrived.
const ACKNOWLEDGE: bool = cfg!(target_os = "macos");

macro_rules! sending {
    ($type:ty) => {
        impl $type {
            /// Sends a descriptor to the peer, which gets one of its own for the same open
            /// file: `reduction.send_handle(conn, handle, destination_pid)`. Ours may be
            /// closed afterwards.
            ///
            /// Unix sockets only. The peer has to call its `recv_handle` or
            /// [`recv_fd`](Connection::recv_fd) at that point; see
            /// [passing descriptors](Connection#passing-descriptors). On macOS it waits until the
            /// peer has done so, as Python 3 does there, and so needs a connection on which
            /// nothing else is on its way to us.
            ///
            /// # Errors
            /// When the connection is none over a Unix socket, when it broke, and when the
            /// send timeout has passed. On Linux nothing was sent then.
            #[doc(alias = "send_handle")]
            pub fn send_fd(&self, fd: impl AsFd) -> Result<()> {
                self.send_fds(&[fd.as_fd()])
            }

            /// Sends 1 to 253 descriptors at once: `reduction.sendfds(sock, fds)`.
            ///
            /// # Errors
            /// As [`send_fd`](Self::send_fd), and for any other number of them.
            #[doc(alias = "sendfds")]
            pub fn send_fds(&self, fds: &[BorrowedFd<'_>]) -> Result<()> {
                self.io.send_fds(fds, ACKNOWLEDGE)
            }
        }
    };
}

macro_rules! receiving {
    ($type:ty) => {
        impl $type {
            /// Receives a descriptor that the peer has sent with its `send_handle` or
            /// [`send_fd`](Connection::send_fd): `reduction.recv_handle(conn)`. Programs
            /// that are started from here do not inherit it.
            ///
            /// Unix sockets only.
            /// [`set_read_ahead(false)`](Connection::set_read_ahead) is needed before the
            /// peer may send it; see
            /// [passing descriptors](Connection#passing-descriptors).
            ///
            /// # Errors
            /// When bytes were read ahead, as a descriptor among them would be lost; when
            /// the peer has sent a message instead, which can be received then; when it has
            /// sent another number of descriptors, all of which are closed; and as
            /// [`recv_bytes`](Self::recv_bytes).
            #[doc(alias = "recv_handle")]
            pub fn recv_fd(&self) -> Result<OwnedFd> {
                let mut fds = self.recv_fds(1)?;
                fds.pop().ok_or_else(|| wrong_number(0, 1))
            }

            /// Receives exactly so many descriptors, 1 to 253, that the peer has sent at
            /// once: `reduction.recvfds(sock, size)`.
            ///
            /// # Errors
            /// As [`recv_fd`](Self::recv_fd).
            #[doc(alias = "recvfds")]
            pub fn recv_fds(&self, count: usize) -> Result<Vec<OwnedFd>> {
                self.io.recv_fds(count, ACKNOWLEDGE)
            }
        }
    };
}

sending!(Connection);
sending!(Sender);
receiving!(Connection);
receiving!(Receiver);

impl Io {
    pub(super) fn send_fds(&self, fds: &[BorrowedFd<'_>], acknowledged: bool) -> Result<()> {
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
                Kind::TimedOut("while waiting for the peer to take the descriptors").into()
            }
            Err(error) => ReceiveError::between_messages(error).into(),
        };
        // The acknowledgement may still come, in the middle of anything.
        self.stop_reading();
        Err(error)
    }

    pub(super) fn recv_fds(&self, count: usize, acknowledge: bool) -> Result<Vec<OwnedFd>> {
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
            TransportKind::Pipe => {
                "over a pipe: only Unix sockets carry them, Connection::pair(true)"
            }
            TransportKind::Socket => "over this kind of socket: only Unix sockets carry them",
        };
        Err(Kind::Unsupported("descriptors", over).into())
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

/// The byte that goes with so many.
fn checked(count: usize) -> Result<u8> {
    match u8::try_from(count) {
        Ok(count @ 1..=MAX) => Ok(count),
        _ => Err(Kind::Usage(format!(
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
    Kind::Descriptors(why.into()).into()
}

// One thread plays both ends there; with acknowledgements it would wait for itself.
#[cfg(all(test, not(target_os = "macos")))]
mod tests;
