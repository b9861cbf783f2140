//! Unix sockets: with a path, and Linux's abstract names.

use std::fs;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mpconn_proto::random;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags, SocketType,
    socket, socket_with,
};
use socket2::Socket;

use super::readiness::{Deadline, wait_writable};
use super::{Transport, TransportKind};

/// Connects to the socket at a path.
pub(crate) fn connect(path: &Path, deadline: Deadline) -> io::Result<Transport> {
    connect_to(&SocketAddrUnix::new(path).map_err(too_long)?, deadline)
}

/// Connects to a Linux abstract socket.
pub(crate) fn connect_abstract(name: &[u8], deadline: Deadline) -> io::Result<Transport> {
    connect_to(&abstract_address(name)?, deadline)
}

/// The shortest time to wait that the system knows.
const MOMENT: Duration = Duration::from_millis(1);

fn connect_to(address: &SocketAddrUnix, deadline: Deadline) -> io::Result<Transport> {
    let socket = Socket::from(new_socket()?);
    loop {
        // connect() waits while the listener's backlog is full, as long as a send would;
        // zero would be without limit.
        if let Some(left) = deadline.remaining() {
            socket.set_write_timeout(Some(left.max(MOMENT)))?;
        }
        match rustix::net::connect(&socket, address) {
            Ok(()) => break,
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
            Err(error) => return Err(error.into()),
        }
    }
    if !deadline.is_never() {
        socket.set_write_timeout(None)?;
    }
    Ok(Transport::new(socket.into(), TransportKind::Socket))
}

fn new_socket() -> io::Result<OwnedFd> {
    #[cfg(not(any(target_os = "macos", target_os = "ios")))]
    let flags = SocketFlags::CLOEXEC;
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    let flags = SocketFlags::empty();
    Ok(socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        flags,
        None,
    )?)
}

fn too_long(error: Errno) -> io::Error {
    match error {
        Errno::NAMETOOLONG => io::Error::new(
            io::ErrorKind::InvalidInput,
            "the path is too long for a Unix socket (about 100 bytes is the limit)",
        ),
        other => other.into(),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_address(name: &[u8]) -> io::Result<SocketAddrUnix> {
    SocketAddrUnix::new_abstract_name(name).map_err(too_long)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn abstract_address(_name: &[u8]) -> io::Result<SocketAddrUnix> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "abstract sockets exist on Linux only; use a path",
    ))
}

/// Two sockets that are connected to each other.
pub(crate) fn pair() -> io::Result<(Transport, Transport)> {
    let (a, b) = UnixStream::pair()?;
    Ok((
        Transport::new(a.into(), TransportKind::Socket),
        Transport::new(b.into(), TransportKind::Socket),
    ))
}

/// Returns whether descriptors can be sent with its bytes.
pub(crate) fn carries_fds(transport: &Transport) -> io::Result<bool> {
    if transport.kind != TransportKind::Socket {
        return Ok(false);
    }
    let address = rustix::net::getsockname(&transport.fd)?;
    Ok(address.address_family() == AddressFamily::UNIX)
}

/// Sends one byte with descriptors: all of it or nothing.
pub(crate) fn send_fds(
    transport: &Transport,
    byte: u8,
    fds: &[BorrowedFd<'_>],
    deadline: Deadline,
) -> io::Result<()> {
    let mut space = vec![MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(fds.len()))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let flags = match deadline.is_never() {
        true => SendFlags::empty(),
        false => SendFlags::DONTWAIT,
    };
    // As in `Transport::transmit`.
    #[cfg(not(any(target_os = "macos", target_os = "ios")))]
    let flags = flags | SendFlags::NOSIGNAL;
    loop {
        match rustix::net::sendmsg(&transport.fd, &[IoSlice::new(&[byte])], &mut control, flags) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if wait_writable(&transport.fd, deadline)? => {}
            Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// One byte, and what came with it.
#[derive(Debug)]
pub(crate) struct Passed {
    /// `None` at the end of file.
    pub(crate) byte: Option<u8>,
    pub(crate) fds: Vec<OwnedFd>,
    /// The system has closed some, for want of room or because the process may not
    /// have more.
    pub(crate) truncated: bool,
}

/// Receives one byte with room for that many descriptors (alignment may make it a few
/// more), which programs started from here do not inherit. `TimedOut` when nothing
/// comes before the deadline.
pub(crate) fn recv_fds(
    transport: &Transport,
    count: usize,
    deadline: Deadline,
) -> io::Result<Passed> {
    let mut space = vec![MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(count))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let (mut byte, mut told) = ([0], ReturnFlags::empty());
    let n = transport.when_readable(deadline, |flags| {
        let mut slices = [IoSliceMut::new(&mut byte)];
        let flags = flags | CLOSE_ON_EXEC;
        let came = rustix::net::recvmsg(&transport.fd, &mut slices, &mut control, flags)?;
        told = came.flags;
        Ok(came.bytes)
    })?;
    let rights = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(fds) => Some(fds),
        _ => None,
    });
    let fds: Vec<OwnedFd> = rights.flatten().collect();
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    for fd in &fds {
        rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC)?;
    }
    Ok(Passed {
        byte: (n > 0).then_some(byte[0]),
        fds,
        truncated: told.contains(ReturnFlags::CTRUNC),
    })
}

#[cfg(not(any(target_os = "macos", target_os = "ios")))]
const CLOSE_ON_EXEC: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(any(target_os = "macos", target_os = "ios"))]
const CLOSE_ON_EXEC: RecvFlags = RecvFlags::empty();

/// A listening socket with an abstract name.
pub(crate) fn listen_abstract(name: &[u8], backlog: i32) -> io::Result<OwnedFd> {
    let fd = new_socket()?;
    rustix::net::bind(&fd, &abstract_address(name)?)?;
    rustix::net::listen(&fd, backlog)?;
    Ok(fd)
}

/// A listening socket at a path, and the file that it made.
pub(crate) fn listen(path: &Path, backlog: i32) -> io::Result<(OwnedFd, SocketFile)> {
    let fd = new_socket()?;
    rustix::net::bind(&fd, &SocketAddrUnix::new(path).map_err(too_long)?)?;
    let file = SocketFile::made(path);
    rustix::net::listen(&fd, backlog)?;
    Ok((fd, file))
}

/// Why a path cannot be bound although no other error says so.
pub(crate) fn in_use_reason(path: &Path) -> &'static str {
    let is_socket = fs::metadata(path).is_ok_and(|m| m.file_type().is_socket());
    if !is_socket {
        return "a file that is no socket is there; choose another path";
    }
    match is_stale(path) {
        true => {
            "a stale socket file: its listener has gone without removing it; remove it and try again"
        }
        false => "another process listens there; choose another path or end it",
    }
}

/// Returns whether nobody has the socket at that path open. A socket of another type cannot
/// connect to a listener, which therefore learns nothing of the question.
fn is_stale(path: &Path) -> bool {
    let asked = SocketAddrUnix::new(path).and_then(|address| {
        let socket = socket(AddressFamily::UNIX, SocketType::DGRAM, None)?;
        rustix::net::connect(&socket, &address)
    });
    asked == Err(Errno::CONNREFUSED)
}

/// A socket's file, which is removed with its listener, as Python does.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    /// The directory that was made for it alone.
    directory: Option<PathBuf>,
    /// Identifies the file: it is not removed by a forked child, nor when another file took its place.
    process: u32,
    identity: Option<(u64, u64)>,
}

impl SocketFile {
    fn made(path: &Path) -> Self {
        // What is relative now must be found after a change of directory too.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        SocketFile {
            identity: identity(&path),
            directory: None,
            process: std::process::id(),
            path,
        }
    }

    pub(crate) fn in_own_directory(mut self) -> Self {
        self.directory = self.path.parent().map(Path::to_owned);
        self
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path).ok().map(|m| (m.dev(), m.ino()))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.process != std::process::id() || self.identity != identity(&self.path) {
            return;
        }
        // What cannot be removed has no one left who could be told.
        let _ = fs::remove_file(&self.path);
        if let Some(directory) = &self.directory {
            let _ = fs::remove_dir(directory);
        }
    }
}

/// A path in a new directory that only this user may enter: `arbitrary_address`
/// in CPython's `multiprocessing/connection.py`.
pub(crate) fn arbitrary_path() -> io::Result<PathBuf> {
    let name = format!("pymp-{:016x}", u64::from_ne_bytes(random::bytes()));
    let directory = std::env::temp_dir().join(name);
    fs::DirBuilder::new().mode(0o700).create(&directory)?;
    Ok(directory.join(format!(
        "listener-{:08x}",
        u32::from_ne_bytes(random::bytes())
    )))
}
