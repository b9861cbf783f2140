//! Raw sockets, and peers that follow the handshake up to some point.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::Duration;

use mpconn::frame::{Decoder, Header, Step};
use mpconn::handshake::{Handshake, Policy};
use mpconn::{Address, AuthKey};
use socket2::SockRef;

use crate::besieged::{KEY, LONG};

/// Connects a socket. A `File` reads and writes any descriptor.
pub(crate) fn dial(address: &Address) -> File {
    let fd: OwnedFd = match address {
        Address::Tcp { host, port, .. } => {
            TcpStream::connect((host.as_str(), *port)).unwrap().into()
        }
        Address::Unix(path) => UnixStream::connect(path).unwrap().into(),
        other => panic!("{other}"),
    };
    bounded(fd.into())
}

/// Sets timeouts, so that no attacker hangs.
fn bounded(file: File) -> File {
    SockRef::from(&file).set_read_timeout(Some(LONG)).unwrap();
    SockRef::from(&file).set_write_timeout(Some(LONG)).unwrap();
    file
}

/// A listening socket without the protocol.
pub(crate) enum RawListener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

impl RawListener {
    pub(crate) fn tcp() -> Self {
        RawListener::Tcp(TcpListener::bind(("127.0.0.1", 0)).unwrap())
    }

    pub(crate) fn unix() -> Self {
        let path = socket_path();
        RawListener::Unix(UnixListener::bind(&path).unwrap(), path)
    }

    pub(crate) fn address(&self) -> Address {
        match self {
            RawListener::Tcp(listener) => listener.local_addr().unwrap().into(),
            RawListener::Unix(_, path) => path.as_path().into(),
        }
    }

    pub(crate) fn accept(&self) -> File {
        let fd: OwnedFd = match self {
            RawListener::Tcp(listener) => listener.accept().unwrap().0.into(),
            RawListener::Unix(listener, _) => listener.accept().unwrap().0.into(),
        };
        bounded(fd.into())
    }
}

impl Drop for RawListener {
    fn drop(&mut self) {
        if let RawListener::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Returns a socket path that nobody else uses.
pub(crate) fn socket_path() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (process, next) = (std::process::id(), NEXT.fetch_add(1, Relaxed));
    std::env::temp_dir().join(format!("mpconn-misbehave-{process}-{next}.sock"))
}

/// How a peer disconnects.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leave {
    Close,
    /// A TCP reset; on a Unix socket, closing with bytes unread, if there are any.
    Reset,
    /// Sends nothing more, but reads until the other side closes.
    HalfClose,
}

pub(crate) fn leave(mut socket: File, how: Leave) {
    match how {
        Leave::Close => {}
        Leave::Reset => SockRef::from(&socket)
            .set_linger(Some(Duration::ZERO))
            .unwrap(),
        Leave::HalfClose => {
            let _ = SockRef::from(&socket).shutdown(std::net::Shutdown::Write);
            let _ = socket.read_to_end(&mut Vec::new());
        }
    }
}

/// Bytes that each side of a handshake sends: a challenge, a response, a verdict.
pub(crate) const HANDSHAKE_LEN: usize = (4 + 11 + 8 + 40) + (4 + 8 + 32) + (4 + 9);

pub(crate) fn good_handshake(is_listener: bool) -> Handshake {
    let (key, policy) = (AuthKey::from(KEY), Policy::default());
    match is_listener {
        true => Handshake::listener(&key, &policy),
        false => Handshake::client(&key, &policy),
    }
}

/// Runs the handshake until it has sent that many bytes. Returns whether the handshake ended
/// by then.
pub(crate) fn play(socket: &mut File, mut handshake: Handshake, mut allowance: usize) -> bool {
    let mut decoder = Decoder::new();
    loop {
        while let Some(message) = handshake.poll_transmit() {
            let bytes = framed(&message);
            let sent = bytes.len().min(allowance);
            if socket.write_all(&bytes[..sent]).is_err() || sent < bytes.len() {
                return false;
            }
            allowance -= sent;
        }
        if handshake.outcome().is_some() {
            return true;
        }
        if allowance == 0 {
            return false;
        }
        while decoder.advance(u64::MAX).unwrap() != Step::Message {
            let mut byte = [0];
            match socket.read(&mut byte) {
                Ok(1) => decoder.buffer(&byte).unwrap(),
                _ => return false,
            }
        }
        handshake.handle_message(&decoder.take_message().unwrap());
    }
}

/// Returns an authenticated connection to misbehave on.
pub(crate) fn authenticated(address: &Address) -> File {
    let mut socket = dial(address);
    assert!(play(&mut socket, good_handshake(false), usize::MAX));
    socket
}

pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let mut bytes = Header::new(message.len() as u64).as_bytes().to_vec();
    bytes.extend_from_slice(message);
    bytes
}

/// Checks that the other side has closed it, or does so soon.
pub(crate) fn assert_is_closed(mut socket: impl Read + AsFd) {
    let mut rest = Vec::new();
    match socket.read_to_end(&mut rest) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
}
