//! The state that the faces of a connection share, and its two loops.

use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[cfg(feature = "pickle")]
use super::pickling::Pickling;
use crate::Address;
use crate::error::{Error, Kind, Result};
use crate::frame::{Decoder, FrameError, Header, Step};
use crate::handshake::Outcome;
use crate::sys;
use crate::transport::readiness::Deadline;
use crate::transport::{Kind as TransportKind, Transport};

/// A message up to this long goes out behind its header from the stack; a longer one
/// is not worth the copy.
const JOINED: usize = 2048;

/// No TCP segment is longer, not even on the loopback interface.
const LONGEST_SEGMENT: u64 = 1 << 16;

/// Which ways it goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    Readable,
    Writable,
    Both,
}

impl Access {
    pub(super) fn new(readable: bool, writable: bool) -> Result<Self> {
        match (readable, writable) {
            (true, true) => Ok(Access::Both),
            (true, false) => Ok(Access::Readable),
            (false, true) => Ok(Access::Writable),
            (false, false) => Err(Kind::Usage(
                "at least one of `readable` and `writable` must be true".into(),
            )
            .into()),
        }
    }
}

/// Memory from here on is asked for in huge pages.
const HUGE: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) decoder: Decoder,
    read_ahead: bool,
    /// The capacity that the memory of the message had when it was last looked at.
    capacity: usize,
}

/// A descriptor with a lock for each direction.
#[derive(Debug)]
pub(crate) struct Io {
    pub(super) transport: Transport,
    pub(super) reader: Mutex<Reader>,
    /// How many wait for the descriptor to be readable. What each of them has seen
    /// under the reader's lock stays so, which orders this too.
    pub(super) watches: AtomicUsize,
    /// Why nothing can be sent any more, if so.
    writer: Mutex<Option<&'static str>>,
    readable: AtomicBool,
    writable: AtomicBool,
    /// Nothing has come since we last sent something, which acknowledges all that had
    /// come, or asked for an acknowledgement. While false, a TCP peer may hold back
    /// what we wait for: its second small message in a row, the body of a header.
    pub(super) acknowledged: AtomicBool,
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
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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
    pub(super) fn new(transport: Transport, decoder: Decoder, access: Access) -> Self {
        Io {
            transport,
            reader: Mutex::new(Reader {
                decoder,
                read_ahead: true,
                capacity: 0,
            }),
            watches: AtomicUsize::new(0),
            writer: Mutex::new(None),
            readable: AtomicBool::new(!matches!(access, Access::Writable)),
            writable: AtomicBool::new(!matches!(access, Access::Readable)),
            acknowledged: AtomicBool::new(false),
            recv_timeout: AtomicU64::new(u64::MAX),
            send_timeout: AtomicU64::new(u64::MAX),
            max_message_len: AtomicU64::new(super::Connection::DEFAULT_MAX_MESSAGE_LEN),
            #[cfg(feature = "pickle")]
            pickling: Pickling::new(),
            peer: None,
            authentication: None,
        }
    }

    pub(super) fn readable(&self) -> bool {
        self.readable.load(Relaxed)
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
        lock(&self.reader).read_ahead = read_ahead;
    }

    pub(super) fn shutdown(&self, how: std::net::Shutdown) -> Result<()> {
        let failed = |e| Error::io("cannot shut the connection down", e);
        self.transport.shutdown(how).map_err(failed)
    }

    /// Whether bytes were read that nobody has received.
    pub(super) fn holds_input(&self) -> bool {
        !lock(&self.reader).decoder.is_empty()
    }

    pub(super) fn into_parts(self) -> (OwnedFd, Vec<u8>) {
        let reader = self
            .reader
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (self.transport.into_fd(), reader.decoder.into_bytes())
    }

    /// Has `take` make something of the next message.
    pub(super) fn recv_with<R>(
        &self,
        max: u64,
        take: impl FnOnce(&mut Decoder) -> Result<R, FrameError>,
    ) -> Result<R> {
        let mut reader = self.reader_for_recv()?;
        let deadline = self.recv_deadline();
        self.receive(&mut reader, max, deadline)?;
        take(&mut reader.decoder).map_err(|error| self.lost(&mut reader, error))
    }

    pub(super) fn reader_for_recv(&self) -> Result<MutexGuard<'_, Reader>> {
        let reader = lock(&self.reader);
        match self.readable() {
            true => Ok(reader),
            false => Err(Kind::NotReadable.into()),
        }
    }

    /// Goes on until a whole message is there.
    fn receive(&self, reader: &mut Reader, max: u64, deadline: Deadline) -> Result<()> {
        loop {
            match self.step(reader, max)? {
                Step::Message => return Ok(()),
                step => self.fill(reader, step, deadline)?,
            }
        }
    }

    fn step(&self, reader: &mut Reader, max: u64) -> Result<Step> {
        let step = reader.decoder.advance(max);
        step.map_err(|error| self.lost(reader, error))
    }

    /// The stream of messages ends here, as after Python's `_bad_message_length`: there is no
    /// way back into step. Without memory for a message, what has arrived of it is given back,
    /// since other parts of the process that lack memory should have it.
    pub(super) fn lost(&self, reader: &mut Reader, error: FrameError) -> Error {
        self.stop_reading();
        if error.is_out_of_memory() {
            reader.decoder = Decoder::new();
            reader.capacity = 0;
        }
        error.into()
    }

    /// Whether a TCP peer may wait for an acknowledgement with what we wait for, so
    /// many bytes at least. Its Nagle algorithm lets whole segments go.
    fn may_be_held_back(&self, missing: u64) -> bool {
        missing < LONGEST_SEGMENT && !self.acknowledged.load(Relaxed)
    }

    fn fill(&self, reader: &mut Reader, step: Step, deadline: Deadline) -> Result<()> {
        let held_back = match step {
            Step::Body(missing) => self.may_be_held_back(missing),
            _ => self.may_be_held_back(0),
        };
        let capacity = &mut reader.capacity;
        let read = |vec: &mut Vec<u8>, room| {
            advise(vec, capacity);
            match held_back {
                true => self.transport.read_held_back(vec, room, deadline),
                false => self.transport.read(vec, room, deadline),
            }
        };
        let ahead = reader.read_ahead && self.watches.load(Relaxed) == 0;
        match reader.decoder.fill(ahead, read) {
            Err(error) => Err(self.lost(reader, error)),
            Ok(Ok(0)) => Err(end_of_file(reader.decoder.arrived())),
            Ok(Ok(_)) => {
                self.acknowledged.store(false, Relaxed);
                Ok(())
            }
            Ok(Err(error)) => Err(recv_error(error, reader.decoder.arrived())),
        }
    }

    /// Receives into `target`: straight, where the message fits.
    pub(super) fn recv_into(&self, target: &mut [u8]) -> Result<usize> {
        let mut reader = self.reader_for_recv()?;
        let (deadline, max) = (self.recv_deadline(), self.max_message_len());
        loop {
            let step = self.step(&mut reader, max)?;
            let len = reader.decoder.message_len();
            match (step, len) {
                (Step::Message, Some(len)) if len <= target.len() => {
                    target[..len].copy_from_slice(reader.decoder.message());
                    reader.decoder.skip_message();
                    return Ok(len);
                }
                (Step::Message, _) => {
                    let message = reader.decoder.take_message();
                    let message = message.map_err(|error| self.lost(&mut reader, error))?;
                    return Err(Kind::BufferTooShort(message).into());
                }
                (Step::Body(_), Some(len)) if len <= target.len() => {
                    return self.finish_into(&mut reader, &mut target[..len], deadline);
                }
                (step, _) => self.fill(&mut reader, step, deadline)?,
            }
        }
    }

    fn finish_into(
        &self,
        reader: &mut Reader,
        target: &mut [u8],
        deadline: Deadline,
    ) -> Result<usize> {
        let mut have = reader.decoder.move_body(target);
        while have < target.len() {
            let held_back = self.may_be_held_back((target.len() - have) as u64);
            let rest = &mut target[have..];
            let read = match held_back {
                true => self.transport.read_held_back_slice(rest, deadline),
                false => self.transport.read_slice(rest, deadline),
            };
            let arrived = Some((have as u64, target.len() as u64));
            let error = match read {
                Ok(0) => end_of_file(arrived),
                Ok(n) => {
                    self.acknowledged.store(false, Relaxed);
                    have += n;
                    continue;
                }
                Err(error) => recv_error(error, arrived),
            };
            let restored = reader.decoder.restore_body(&target[..have]);
            restored.map_err(|error| self.lost(reader, error))?;
            return Err(error);
        }
        reader.decoder.skip_message();
        Ok(have)
    }

    /// Sends one message in one system call, if the kernel takes it whole.
    pub(super) fn send(&self, message: &[u8]) -> Result<()> {
        let header = Header::new(message.len() as u64);
        let header = header.as_bytes();
        if message.len() > JOINED {
            return self.write([header, message]);
        }
        let mut joined = [0; JOINED + 12];
        let len = header.len() + message.len();
        joined[..header.len()].copy_from_slice(header);
        joined[header.len()..len].copy_from_slice(message);
        self.write([&joined[..len], &[]])
    }

    /// The right to send, between two messages.
    pub(super) fn writer_for_send(&self) -> Result<MutexGuard<'_, Option<&'static str>>> {
        let writer = lock(&self.writer);
        match *writer {
            _ if !self.writable() => Err(Kind::NotWritable.into()),
            Some(reason) => Err(Kind::BrokenOff(reason).into()),
            None => Ok(writer),
        }
    }

    /// Writes framed bytes, alone.
    pub(super) fn write(&self, bytes: [&[u8]; 2]) -> Result<()> {
        let mut broken_off = self.writer_for_send()?;
        let mut written = 0;
        self.acknowledged.store(true, Relaxed);
        let deadline = self.send_deadline();
        let result = self.transport.write_all(bytes, deadline, &mut written);
        result.map_err(|error| {
            let timed_out = error.kind() == ErrorKind::TimedOut;
            if written > 0 {
                *broken_off = Some(if timed_out {
                    "it timed out"
                } else {
                    "it failed"
                });
            }
            send_error(error)
        })
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

/// The end of file between two messages is one thing, inside a message another.
fn end_of_file(arrived: Option<(u64, u64)>) -> Error {
    match arrived {
        Some((got, len)) => Kind::Truncated { got, len }.into(),
        None => Kind::Eof.into(),
    }
}

pub(super) fn send_error(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::TimedOut => Kind::TimedOut("while sending: the peer does not read").into(),
        _ => Error::io("cannot send", error),
    }
}

/// The error of a read, after `arrived` of `wanted` bytes of a message or its header.
pub(super) fn recv_error(error: io::Error, arrived: Option<(u64, u64)>) -> Error {
    match (error.kind(), arrived) {
        (ErrorKind::TimedOut, Some((got, len))) => Kind::TimedOutMidway { got, len }.into(),
        (ErrorKind::TimedOut, None) => {
            Kind::TimedOut("while receiving: nothing came from the peer").into()
        }
        _ => Error::io("cannot receive", error),
    }
}
