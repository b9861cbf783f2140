//! The state that the faces of a connection share, and its two loops.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mpconn_proto::connection::{
    self, Budget, Charge, Framed, Progress, ReceiveError, Receiving, Sending,
};

use super::direction::Direction;
#[cfg(feature = "pickle")]
use super::pickling::Pickling;
use crate::Address;
use crate::error::{Cause, Error, Result};
use crate::frame::Decoder;
use crate::handshake::Outcome;
use crate::sys;
use crate::transport::readiness::Deadline;
use crate::transport::{Transport, TransportKind};

/// Memory from here on is asked for in huge pages.
const HUGE: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) receiving: Receiving,
    /// The capacity that the memory of the message had when it was last looked at.
    capacity: usize,
}

/// A descriptor with a lock for each direction.
#[derive(Debug)]
pub(crate) struct Io {
    pub(super) transport: Transport,
    pub(super) reader: Mutex<Reader>,
    /// Number of threads waiting for readability. Changed and checked under the reader lock, which gives the
    /// ordering.
    pub(super) watches: AtomicUsize,
    writer: Mutex<Sending>,
    /// Whether this connection was made to receive at all.
    receives: bool,
    /// What the receiving half says under its lock, for readers without the lock.
    readable: AtomicBool,
    writable: AtomicBool,
    /// Nanoseconds; `u64::MAX` is none.
    recv_timeout: AtomicU64,
    send_timeout: AtomicU64,
    max_message_len: AtomicU64,
    #[cfg(feature = "pickle")]
    pub(super) pickling: Pickling,
    pub(super) peer: Option<Address>,
    pub(super) authentication: Option<Outcome>,
}

/// A panic of another thread between two system calls leaves nothing half-done here.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn store_timeout(cell: &AtomicU64, timeout: Option<Duration>) {
    let nanos = timeout.map_or(u64::MAX, |t| {
        u64::try_from(t.as_nanos()).unwrap_or(u64::MAX)
    });
    cell.store(nanos, Relaxed);
}

fn deadline(cell: &AtomicU64) -> Deadline {
    match cell.load(Relaxed) {
        u64::MAX => Deadline::NEVER,
        nanos => Deadline::after(Some(Duration::from_nanos(nanos))),
    }
}

impl Io {
    pub(super) fn new(transport: Transport, decoder: Decoder, direction: Direction) -> Self {
        let (receiving, sending) = connection::halves(decoder);
        Io {
            transport,
            reader: Mutex::new(Reader {
                receiving,
                capacity: 0,
            }),
            watches: AtomicUsize::new(0),
            writer: Mutex::new(sending),
            receives: !matches!(direction, Direction::Send),
            readable: AtomicBool::new(!matches!(direction, Direction::Send)),
            writable: AtomicBool::new(!matches!(direction, Direction::Receive)),
            recv_timeout: AtomicU64::new(u64::MAX),
            send_timeout: AtomicU64::new(u64::MAX),
            max_message_len: AtomicU64::new(connection::DEFAULT_MAX_MESSAGE_LEN),
            #[cfg(feature = "pickle")]
            pickling: Pickling::new(),
            peer: None,
            authentication: None,
        }
    }

    pub(super) fn readable(&self) -> bool {
        self.readable.load(Relaxed)
    }

    /// Returns whether it could receive once, and cannot any more.
    pub(super) fn stopped_reading(&self) -> bool {
        self.receives && !self.readable()
    }

    pub(super) fn writable(&self) -> bool {
        self.writable.load(Relaxed)
    }

    pub(super) fn set_recv_timeout(&self, timeout: Option<Duration>) {
        store_timeout(&self.recv_timeout, timeout);
    }

    pub(super) fn set_send_timeout(&self, timeout: Option<Duration>) {
        store_timeout(&self.send_timeout, timeout);
    }

    pub(super) fn recv_deadline(&self) -> Deadline {
        deadline(&self.recv_timeout)
    }

    pub(super) fn send_deadline(&self) -> Deadline {
        deadline(&self.send_timeout)
    }

    /// There is no way back into step with what the peer sends.
    pub(super) fn stop_reading(&self) {
        self.readable.store(false, Relaxed);
    }

    pub(super) fn set_max_message_len(&self, max: u64) {
        self.max_message_len.store(max, Relaxed);
    }

    pub(super) fn max_message_len(&self) -> u64 {
        self.max_message_len.load(Relaxed)
    }

    pub(super) fn set_read_ahead(&self, read_ahead: bool) {
        lock(&self.reader).receiving.set_read_ahead(read_ahead);
    }

    pub(super) fn set_rest_timeout(&self, timeout: Option<Duration>) {
        lock(&self.reader).receiving.set_rest_timeout(timeout);
    }

    pub(super) fn set_budget(&self, budget: Option<&Budget>) {
        lock(&self.reader).receiving.set_budget(budget);
    }

    pub(super) fn shutdown(&self, how: std::net::Shutdown) -> Result<()> {
        let failed = |e| Error::io("cannot shut the connection down", e);
        self.transport.shutdown(how).map_err(failed)
    }

    /// Returns whether bytes were read that nobody has received.
    pub(crate) fn holds_input(&self) -> bool {
        lock(&self.reader).receiving.holds_input()
    }

    pub(super) fn into_parts(self) -> (OwnedFd, Vec<u8>) {
        let reader = self
            .reader
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (self.transport.into_fd(), reader.receiving.into_bytes())
    }

    /// Waits for the next message and takes it out, with its share of the budget.
    pub(super) fn recv(&self, max: u64) -> Result<(Vec<u8>, Option<Charge>)> {
        let mut reader = self.reader_for_recv()?;
        let deadline = self.recv_deadline();
        self.receive(&mut reader, max, deadline)?;
        let taken = reader.receiving.take_charged();
        taken.map_err(|error| self.failed(&mut reader, error))
    }

    pub(super) fn reader_for_recv(&self) -> Result<MutexGuard<'_, Reader>> {
        let reader = lock(&self.reader);
        match self.readable() {
            true => Ok(reader),
            false => Err(ReceiveError::NotReadable.into()),
        }
    }

    /// Goes on until a whole message is there.
    fn receive(&self, reader: &mut Reader, max: u64, deadline: Deadline) -> Result<()> {
        while self.poll_message(reader, max)? == Progress::More {
            self.fill(reader, deadline)?;
        }
        Ok(())
    }

    fn poll_message(&self, reader: &mut Reader, max: u64) -> Result<Progress> {
        let polled = reader.receiving.poll_message_max(max);
        polled.map_err(|error| self.failed(reader, error))
    }

    /// Tells those who ask without the lock what an error leaves.
    #[cold]
    pub(super) fn failed(&self, reader: &mut Reader, error: ReceiveError) -> Error {
        if !reader.receiving.is_readable() {
            self.stop_reading();
            reader.capacity = 0;
        }
        error.into()
    }

    fn fill(&self, reader: &mut Reader, deadline: Deadline) -> Result<()> {
        let held_back = reader.receiving.poll_acknowledge();
        let until = self.rest_deadline(reader, deadline);
        let capacity = &mut reader.capacity;
        let read = |vec: &mut Vec<u8>, room| {
            advise(vec, capacity);
            match held_back {
                true => self.transport.read_held_back(vec, room, until),
                false => self.transport.read(vec, room, until),
            }
        };
        let ahead = self.watches.load(Relaxed) == 0;
        match reader.receiving.fill_as(ahead, read) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.unfilled(reader, error)),
        }
    }

    /// The earlier one of a deadline and that for the rest of a message.
    pub(super) fn rest_deadline(&self, reader: &mut Reader, deadline: Deadline) -> Deadline {
        match reader.receiving.rest_timeout() {
            None => deadline,
            Some(_) => {
                let rest = reader.receiving.poll_timeout(Instant::now());
                deadline.earlier(Deadline::at(rest))
            }
        }
    }

    /// The error of a read that brought nothing.
    #[cold]
    fn unfilled(&self, reader: &mut Reader, error: ReceiveError) -> Error {
        let late = match error.is_timed_out() {
            true => reader.receiving.handle_timeout(Instant::now()).err(),
            false => None,
        };
        self.failed(reader, late.unwrap_or(error))
    }

    /// Receives into `memory`, which is reused.
    pub(super) fn recv_into(&self, memory: &mut Vec<u8>) -> Result<()> {
        memory.clear();
        let mut reader = self.reader_for_recv()?;
        let deadline = self.recv_deadline();
        reader.receiving.set_spare(std::mem::take(memory));
        let received = self.receive(&mut reader, self.max_message_len(), deadline);
        *memory = reader.receiving.take_spare();
        let received = received.and_then(|()| {
            let taken = reader.receiving.take_message_into(memory);
            taken.map_err(|error| self.failed(&mut reader, error))
        });
        if received.is_err() {
            memory.clear();
        }
        received
    }

    /// Receives into `target`: straight, where the message fits.
    pub(super) fn recv_into_slice(&self, target: &mut [u8]) -> Result<usize> {
        let mut reader = self.reader_for_recv()?;
        let (deadline, max) = (self.recv_deadline(), self.max_message_len());
        loop {
            let progress = self.poll_message(&mut reader, max)?;
            let len = reader.receiving.message_len();
            match (progress, len) {
                (Progress::Message, Some(len)) if len <= target.len() => {
                    target[..len].copy_from_slice(reader.receiving.message());
                    reader.receiving.skip_message();
                    return Ok(len);
                }
                (Progress::Message, _) => {
                    let message = reader.receiving.take_message();
                    let message = message.map_err(|error| self.failed(&mut reader, error))?;
                    return Err(Cause::BufferTooShort(message).into());
                }
                (_, Some(len)) if len <= target.len() => {
                    return self.finish_into(&mut reader, &mut target[..len], deadline);
                }
                _ => self.fill(&mut reader, deadline)?,
            }
        }
    }

    fn finish_into(
        &self,
        reader: &mut Reader,
        target: &mut [u8],
        deadline: Deadline,
    ) -> Result<usize> {
        let until = self.rest_deadline(reader, deadline);
        let mut have = reader.receiving.move_body(target);
        while have < target.len() {
            let held_back = reader.receiving.poll_acknowledge_body(target.len() - have);
            let rest = &mut target[have..];
            let read = match held_back {
                true => self.transport.read_held_back_slice(rest, until),
                false => self.transport.read_slice(rest, until),
            };
            let error = match read {
                Ok(0) => None,
                Ok(n) => {
                    reader.receiving.handle_body();
                    have += n;
                    continue;
                }
                Err(error) => Some(error),
            };
            let error = reader.receiving.restore_body(&target[..have], error);
            return Err(self.unfilled(reader, error));
        }
        reader.receiving.skip_message();
        Ok(have)
    }

    /// Sends one message in one system call, if the kernel takes it whole.
    pub(super) fn send(&self, message: &[u8]) -> Result<()> {
        self.write(Framed::new(message).parts())
    }

    /// The right to send, between two messages.
    pub(super) fn writer_for_send(&self) -> Result<MutexGuard<'_, Sending>> {
        if !self.writable() {
            return Err(Cause::NotWritable.into());
        }
        let mut writer = lock(&self.writer);
        writer.begin()?;
        Ok(writer)
    }

    /// Writes framed bytes, alone.
    pub(super) fn write(&self, bytes: [&[u8]; 2]) -> Result<()> {
        let mut writer = self.writer_for_send()?;
        let mut written = 0;
        let deadline = self.send_deadline();
        let result = self.transport.write_all(bytes, deadline, &mut written);
        result.map_err(|error| writer.handle_error(written, error).into())
    }

    pub(super) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.transport.kind() {
            TransportKind::Tcp => "tcp",
            TransportKind::Socket => "socket",
            TransportKind::Pipe => "pipe",
        };
        f.debug_struct(name)
            .field("transport", &kind)
            .field("peer", &self.peer)
            .field("readable", &self.readable())
            .field("writable", &self.writable())
            .finish_non_exhaustive()
    }
}

impl AsFd for Io {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}

/// Every message begins small, so that memory is seen whenever it has grown.
fn advise(vec: &mut Vec<u8>, seen: &mut usize) {
    let grown = vec.capacity() > *seen;
    *seen = vec.capacity();
    if grown && *seen >= HUGE {
        sys::prefer_huge_pages(vec);
    }
}
