//! Descriptors that carry bytes: one file a transport.
//!
//! What is common to all of them stands here: reading and writing against a
//! deadline. Sockets stay in blocking mode, which saves a system call a message;
//! `MSG_DONTWAIT` asks without waiting where that is wanted.

pub(crate) mod address;
mod options;
pub(crate) mod pipe;
pub(crate) mod readiness;
pub(crate) mod tcp;
pub(crate) mod unix;

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags};

use readiness::{Deadline, wait_readable, wait_writable};

/// Bytes that a pipe takes without waiting once poll says that it takes some:
/// PIPE_BUF, of which POSIX guarantees 512.
const PIPE_CHUNK: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

/// Returns how many of that many bytes one system call is given. macOS refuses more than an
/// `int` holds, where others do what they can.
fn at_once(len: usize) -> usize {
    match cfg!(target_vendor = "apple") {
        true => len.min(1 << 30),
        false => len,
    }
}

/// The kind of a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransportKind {
    /// A TCP socket: acknowledgements can be asked for.
    Tcp,
    /// Any other stream socket.
    Socket,
    /// A pipe, or another file that is no socket.
    Pipe,
}

/// A connected descriptor.
#[derive(Debug)]
pub(crate) struct Transport {
    fd: OwnedFd,
    kind: TransportKind,
}

impl Transport {
    pub(crate) fn new(fd: OwnedFd, kind: TransportKind) -> Self {
        // A closed peer is an error here, not a signal that ends the program; where
        // a flag of each send cannot say so, an option of the socket does.
        #[cfg(any(target_os = "macos", target_os = "ios"))]
        let _ = rustix::net::sockopt::set_socket_nosigpipe(&fd, true);
        Transport { fd, kind }
    }

    /// Finds out what kind of descriptor was given, and prepares it.
    pub(crate) fn of(fd: OwnedFd) -> io::Result<Self> {
        use rustix::net::{AddressFamily, SocketType, sockopt};
        let kind = match rustix::net::getsockname(&fd) {
            Err(Errno::NOTSOCK) => return Ok(Transport::new(fd, TransportKind::Pipe)),
            Err(error) => return Err(error.into()),
            Ok(address) => match address.address_family() {
                AddressFamily::INET | AddressFamily::INET6 => TransportKind::Tcp,
                _ => TransportKind::Socket,
            },
        };
        if sockopt::socket_type(&fd)? != SocketType::STREAM {
            return Err(not_a_stream());
        }
        if kind == TransportKind::Tcp {
            sockopt::set_tcp_nodelay(&fd, true)?;
        }
        Ok(Transport::new(fd, kind))
    }

    pub(crate) fn kind(&self) -> TransportKind {
        self.kind
    }

    pub(crate) fn into_fd(self) -> OwnedFd {
        self.fd
    }

    /// Has what was received acknowledged at once, so that the peer's Nagle
    /// algorithm does not hold the rest back. It lasts until the kernel thinks
    /// otherwise, so it is asked for again where it is needed.
    pub(crate) fn acknowledge_now(&self) {
        if self.kind == TransportKind::Tcp {
            options::acknowledge_now(&self.fd);
        }
    }

    /// Reads what is there, appending at most `room` bytes; 0 is the end of file.
    /// `TimedOut` when nothing comes before the deadline.
    pub(crate) fn read(
        &self,
        vec: &mut Vec<u8>,
        room: usize,
        deadline: Deadline,
    ) -> io::Result<usize> {
        self.when_readable(deadline, |flags| self.append(vec, room, flags))
    }

    /// The same where nothing can be there yet, so that a try would be in vain: the peer
    /// has to answer first.
    pub(crate) fn read_answer(
        &self,
        vec: &mut Vec<u8>,
        room: usize,
        deadline: Deadline,
    ) -> io::Result<usize> {
        if !deadline.is_never() && !wait_readable(&self.fd, deadline)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.read(vec, room, deadline)
    }

    /// The same where the peer may hold back what we wait for.
    pub(crate) fn read_held_back(
        &self,
        vec: &mut Vec<u8>,
        room: usize,
        deadline: Deadline,
    ) -> io::Result<usize> {
        self.when_held_back(deadline, |flags| self.append(vec, room, flags))
    }

    /// [`read`](Self::read) into a slice.
    pub(crate) fn read_slice(&self, slice: &mut [u8], deadline: Deadline) -> io::Result<usize> {
        self.when_readable(deadline, |flags| self.overwrite(slice, flags))
    }

    /// [`read_held_back`](Self::read_held_back) into a slice.
    pub(crate) fn read_held_back_slice(
        &self,
        slice: &mut [u8],
        deadline: Deadline,
    ) -> io::Result<usize> {
        self.when_held_back(deadline, |flags| self.overwrite(slice, flags))
    }

    /// One system call that fills the beginning of the slice.
    fn overwrite(&self, slice: &mut [u8], flags: RecvFlags) -> Result<usize, Errno> {
        let room = at_once(slice.len());
        self.receive(&mut slice[..room], flags)
    }

    /// One system call that appends at most `room` bytes.
    fn append(&self, vec: &mut Vec<u8>, room: usize, flags: RecvFlags) -> Result<usize, Errno> {
        let room = at_once(room);
        if vec.capacity() - vec.len() == room {
            return self.receive(spare_capacity(vec), flags);
        }
        // The allocator gave more than was asked for, or less is wanted than there is
        // room: the bytes are made before they are filled.
        let len = vec.len();
        vec.resize(len + room, 0);
        let n = self.receive(&mut vec[len..], flags);
        vec.truncate(len + *n.as_ref().unwrap_or(&0));
        n
    }

    /// One system call, through interruptions.
    fn receive<B: rustix::buffer::Buffer<u8>>(
        &self,
        buffer: B,
        flags: RecvFlags,
    ) -> Result<usize, Errno>
    where
        B::Output: Count,
    {
        match self.kind {
            TransportKind::Pipe => rustix::io::read(&self.fd, buffer).map(Count::count),
            _ => rustix::net::recv(&self.fd, buffer, flags).map(|(_, n)| n),
        }
    }

    fn when_readable(
        &self,
        deadline: Deadline,
        mut receive: impl FnMut(RecvFlags) -> Result<usize, Errno>,
    ) -> io::Result<usize> {
        // Without a deadline the read itself waits. A pipe has no DONTWAIT, but once
        // it is readable it gives what it has.
        let mut wait_first = !deadline.is_never() && self.kind == TransportKind::Pipe;
        let flags = match deadline.is_never() {
            true => RecvFlags::empty(),
            false => RecvFlags::DONTWAIT,
        };
        loop {
            if wait_first && !wait_readable(&self.fd, deadline)? {
                return Err(io::ErrorKind::TimedOut.into());
            }
            match receive(flags) {
                // Also where somebody set O_NONBLOCK on a descriptor of ours.
                Err(Errno::AGAIN) => wait_first = true,
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }

    /// Has what came before acknowledged if nothing is there yet. To do so before each
    /// read would cost messages that come in one piece a quarter of their time.
    fn when_held_back(
        &self,
        deadline: Deadline,
        mut receive: impl FnMut(RecvFlags) -> Result<usize, Errno>,
    ) -> io::Result<usize> {
        if self.kind == TransportKind::Tcp {
            match receive(RecvFlags::DONTWAIT) {
                Err(Errno::AGAIN) => self.acknowledge_now(),
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
        self.when_readable(deadline, receive)
    }

    /// Reads what is there without waiting: `WouldBlock` if nothing is.
    pub(crate) fn try_read(&self, vec: &mut Vec<u8>, room: usize) -> io::Result<usize> {
        loop {
            match self.append(vec, room, RecvFlags::DONTWAIT) {
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }

    /// Writes what fits without waiting: `WouldBlock` if nothing does.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.transmit(&[IoSlice::new(bytes)], SendFlags::DONTWAIT) {
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }

    /// Writes all of both, in one system call where the kernel takes it all.
    /// `written` counts along, so that the caller knows where it broke off.
    pub(crate) fn write_all(
        &self,
        mut bytes: [&[u8]; 2],
        deadline: Deadline,
        written: &mut usize,
    ) -> io::Result<()> {
        let flags = match deadline.is_never() {
            true => SendFlags::empty(),
            false => SendFlags::DONTWAIT,
        };
        let mut wait_first = !deadline.is_never() && self.kind == TransportKind::Pipe;
        while bytes.iter().any(|b| !b.is_empty()) {
            if wait_first && !wait_writable(&self.fd, deadline)? {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let chunk = match !deadline.is_never() && self.kind == TransportKind::Pipe {
                true => {
                    let first = bytes[0].len().min(PIPE_CHUNK);
                    let second = bytes[1].len().min(PIPE_CHUNK - first);
                    [&bytes[0][..first], &bytes[1][..second]]
                }
                false => bytes.map(|b| &b[..at_once(b.len())]),
            };
            // A vector of one is an ordinary send, which is the faster one.
            let slices = chunk.map(IoSlice::new);
            let slices = match chunk {
                [_, []] => &slices[..1],
                [[], _] => &slices[1..],
                _ => &slices[..],
            };
            match self.transmit(slices, flags) {
                Ok(n) => {
                    *written += n;
                    let first = n.min(bytes[0].len());
                    bytes = [&bytes[0][first..], &bytes[1][n - first..]];
                }
                Err(Errno::AGAIN) => wait_first = true,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn transmit(&self, slices: &[IoSlice<'_>], flags: SendFlags) -> Result<usize, Errno> {
        #[cfg(not(any(target_os = "macos", target_os = "ios")))]
        let flags = flags | SendFlags::NOSIGNAL;
        match (self.kind, slices) {
            (TransportKind::Pipe, _) => rustix::io::writev(&self.fd, slices),
            (_, [one]) => rustix::net::send(&self.fd, one, flags),
            (_, many) => {
                let mut control = SendAncillaryBuffer::default();
                rustix::net::sendmsg(&self.fd, many, &mut control, flags)
            }
        }
    }

    /// Ends one direction, or both; the other end then reads an end of file.
    pub(crate) fn shutdown(&self, how: std::net::Shutdown) -> io::Result<()> {
        let how = match how {
            std::net::Shutdown::Read => rustix::net::Shutdown::Read,
            std::net::Shutdown::Write => rustix::net::Shutdown::Write,
            std::net::Shutdown::Both => rustix::net::Shutdown::Both,
        };
        Ok(rustix::net::shutdown(&self.fd, how)?)
    }
}

/// The error for a datagram or packet socket.
pub(crate) fn not_a_stream() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a stream socket")
}

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The number of bytes that a read returned, for any kind of buffer.
pub(crate) trait Count {
    fn count(self) -> usize;
}

impl Count for usize {
    fn count(self) -> usize {
        self
    }
}
