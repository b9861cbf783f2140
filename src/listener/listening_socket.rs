//! The sockets that a listener listens on.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{SocketAddrAny, SocketType};

use crate::error::{Cause, Error, Result};
use crate::transport::unix::{self, SocketFile};
use crate::transport::{self, Transport, TransportKind, not_a_stream, tcp};
use crate::{Address, Family};

/// The interfaces of the machine on which a port is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interfaces {
    /// `127.0.0.1` and `::1`: for clients on this machine.
    Loopback,
    /// `0.0.0.0` and `::`: for all clients that can reach this machine.
    All,
}

impl Interfaces {
    fn v6(self) -> Ipv6Addr {
        match self {
            Interfaces::Loopback => Ipv6Addr::LOCALHOST,
            Interfaces::All => Ipv6Addr::UNSPECIFIED,
        }
    }

    fn v4(self) -> Ipv4Addr {
        match self {
            Interfaces::Loopback => Ipv4Addr::LOCALHOST,
            Interfaces::All => Ipv4Addr::UNSPECIFIED,
        }
    }
}

/// The most attempts to find a port that is free on both IPv6 and IPv4.
const PORT_TRIES: usize = 64;

/// A socket that listens.
#[derive(Debug)]
pub(super) struct ListeningSocket {
    // Removed while the socket holds on to its inode, so that no successor's file can
    // have the same.
    _file: Option<SocketFile>,
    fd: OwnedFd,
    pub(super) address: Address,
    pub(super) tag: u64,
    kind: TransportKind,
}

impl ListeningSocket {
    fn new(fd: OwnedFd, address: Address, tag: u64, file: Option<SocketFile>) -> Result<Self> {
        // A client may be gone between poll and accept, which must not wait then.
        rustix::io::ioctl_fionbio(&fd, true)
            .map_err(|e| Error::io("cannot prepare the listening socket", e))?;
        let kind = match address.family() {
            Family::Inet | Family::Inet6 => TransportKind::Tcp,
            _ => TransportKind::Socket,
        };
        Ok(ListeningSocket {
            fd,
            address,
            tag,
            kind,
            _file: file,
        })
    }

    /// Listens on an address, with the family where the address leaves a choice.
    pub(super) fn bind(
        address: &Address,
        family: Option<Family>,
        backlog: i32,
        tag: u64,
    ) -> Result<Self> {
        let failed = |error: io::Error| bind_error(address, error);
        let family = family.unwrap_or(address.family());
        match address {
            Address::Tcp { host, port, .. } => {
                let (fd, bound) = tcp::listen(host, *port, family, backlog).map_err(failed)?;
                ListeningSocket::new(fd, bound.into(), tag, None)
            }
            Address::Unix(path) => {
                let (fd, file) = unix::listen(path, backlog).map_err(failed)?;
                ListeningSocket::new(fd, address.clone(), tag, Some(file))
            }
            Address::Abstract(name) => {
                let fd = unix::listen_abstract(name, backlog).map_err(failed)?;
                ListeningSocket::new(fd, address.clone(), tag, None)
            }
            // Windows pipes, and what is added to addresses later.
            _ => Err(Cause::Unsupported("Windows pipes", "yet").into()),
        }
    }

    /// A Unix socket in a new directory that only this user may enter.
    pub(super) fn arbitrary_unix(backlog: i32, tag: u64) -> Result<Self> {
        let failed = |error| Error::io("cannot listen on a temporary path", error);
        let path = unix::arbitrary_path().map_err(failed)?;
        let (fd, file) = unix::listen(&path, backlog).map_err(failed)?;
        ListeningSocket::new(fd, path.into(), tag, Some(file.in_own_directory()))
    }

    /// Listens on the same port of IPv6 and IPv4; 0 is any that is free on both. On a machine without IPv6 it
    /// is IPv4 alone.
    pub(super) fn both_families(
        interfaces: Interfaces,
        port: u16,
        backlog: i32,
        tag: u64,
    ) -> Result<Vec<Self>> {
        let mut tries = if port == 0 { PORT_TRIES } else { 1 };
        loop {
            tries -= 1;
            match try_both(interfaces, port, backlog) {
                Err((_, error)) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
                Err((address, error)) => return Err(bind_error(&address.into(), error)),
                Ok(sockets) => {
                    let bound = |(fd, address): (OwnedFd, SocketAddr)| {
                        ListeningSocket::new(fd, address.into(), tag, None)
                    };
                    return sockets.into_iter().map(bound).collect();
                }
            }
        }
    }

    /// A socket that was bound elsewhere; it is made to listen if it does not yet.
    pub(super) fn adopt(fd: OwnedFd, backlog: i32, tag: u64) -> Result<Self> {
        let failed = |e: Errno| Error::io("cannot listen on the given socket", e);
        if rustix::net::sockopt::socket_type(&fd).map_err(failed)? != SocketType::STREAM {
            return Err(Error::io(
                "cannot listen on the given socket",
                not_a_stream(),
            ));
        }
        if !listens(&fd).map_err(failed)? {
            rustix::net::listen(&fd, backlog).map_err(failed)?;
        }
        let address = rustix::net::getsockname(&fd).map_err(failed)?;
        let Some(address) = transport::address::of(&address) else {
            let text =
                "cannot listen on the given socket: it is neither a TCP nor a bound Unix socket";
            return Err(Cause::Usage(text.into()).into());
        };
        if matches!(address, Address::Tcp { .. }) {
            rustix::net::sockopt::set_tcp_nodelay(&fd, true).map_err(failed)?;
        }
        ListeningSocket::new(fd, address, tag, None)
    }

    /// Accepts the next client in the backlog, without waiting.
    pub(super) fn accept(&self) -> Result<(Transport, Option<Address>), Errno> {
        loop {
            match accept_from(&self.fd) {
                Ok((fd, peer)) => {
                    let peer = peer.as_ref().and_then(transport::address::of);
                    return Ok((Transport::new(fd, self.kind), peer));
                }
                // This one is gone already: the next one, if any.
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for ListeningSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

type Refused = (SocketAddr, io::Error);

fn try_both(
    interfaces: Interfaces,
    port: u16,
    backlog: i32,
) -> Result<Vec<(OwnedFd, SocketAddr)>, Refused> {
    let v6 = SocketAddr::from((interfaces.v6(), port));
    let v6 = match tcp::listen_on(v6, backlog) {
        Ok(listening) => Some(listening),
        Err(error) if has_no_ipv6(&error) => None,
        Err(error) => return Err((v6, error)),
    };
    let port = v6.as_ref().map_or(port, |(_, address)| address.port());
    let v4 = SocketAddr::from((interfaces.v4(), port));
    let v4 = tcp::listen_on(v4, backlog).map_err(|error| (v4, error))?;
    Ok(v6.into_iter().chain([v4]).collect())
}

fn has_no_ipv6(error: &io::Error) -> bool {
    let raw = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(raw, Some(Errno::AFNOSUPPORT | Errno::ADDRNOTAVAIL))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn accept_from(fd: &OwnedFd) -> Result<(OwnedFd, Option<SocketAddrAny>), Errno> {
    rustix::net::acceptfrom_with(fd, rustix::net::SocketFlags::CLOEXEC)
}

/// Elsewhere what is accepted inherits O_NONBLOCK, and may not be closed on exec.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn accept_from(fd: &OwnedFd) -> Result<(OwnedFd, Option<SocketAddrAny>), Errno> {
    let (fd, peer) = rustix::net::acceptfrom(fd)?;
    rustix::io::fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&fd, false)?;
    Ok((fd, peer))
}

/// Returns whether a socket listens already; false where the system cannot tell, since to listen again
/// does no harm.
fn listens(fd: &OwnedFd) -> Result<bool, Errno> {
    #[cfg(not(any(target_os = "macos", target_os = "ios")))]
    return rustix::net::sockopt::socket_acceptconn(fd);
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    return rustix::net::sockopt::socket_type(fd).map(|_| false);
}

fn bind_error(address: &Address, error: io::Error) -> Error {
    if error.kind() != io::ErrorKind::AddrInUse {
        let hint = bind_hint(address, error.kind());
        return Error::io(format!("cannot listen on {address}{hint}"), error);
    }
    let reason = match address {
        Address::Unix(path) => unix::in_use_reason(path),
        _ => "another socket has it; choose another address, or end the program that listens there",
    };
    let address = address.clone();
    Cause::AddressInUse { address, reason }.into()
}

/// Returns what to do about a failure to bind.
fn bind_hint(address: &Address, error: io::ErrorKind) -> &'static str {
    use io::ErrorKind::{AddrNotAvailable, NotADirectory, NotFound, PermissionDenied};
    let is_tcp = matches!(address, Address::Tcp { .. });
    match (address, error) {
        (Address::Unix(_), NotFound) => {
            " (its directory does not exist: make it first, or choose another path)"
        }
        (Address::Unix(_), NotADirectory) => {
            " (a file stands where a directory should: choose another path)"
        }
        (Address::Unix(_), PermissionDenied) => {
            " (this user may not make files in that directory: choose another path)"
        }
        (Address::Tcp { port: 1..1024, .. }, PermissionDenied) => {
            " (ports below 1024 are the system's: choose a higher one, or run with the privilege)"
        }
        (_, NotFound) if is_tcp => {
            " (the host name leads nowhere: is it spelt right, and known to this machine?)"
        }
        (_, AddrNotAvailable) if is_tcp => {
            " (no interface of this machine has that address: localhost is for clients of this machine, an empty host for clients from everywhere)"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(address: &Address) -> Error {
        ListeningSocket::bind(address, None, 1, 0).unwrap_err()
    }

    #[test]
    fn errors_of_bind_say_what_to_do() {
        let file = std::env::current_exe().unwrap();
        for (address, hint) in [
            (Address::unix("/no/such/directory/s"), "make it first"),
            (Address::unix(file.join("s")), "a file stands where"),
            // Of a block that is for documentation only, so nobody's (RFC 5737).
            (Address::tcp("192.0.2.1", 0), "no interface of this machine"),
            // No name at all, so nobody is asked for it.
            (Address::tcp("no such host", 0), "is it spelt right"),
        ] {
            let error = refusal(&address).to_string();
            let expected = format!("cannot listen on {address} (");
            assert!(error.starts_with(&expected), "{error}");
            assert!(error.contains(hint), "{error}");
        }
    }

    #[test]
    fn what_is_not_permitted_is_explained() {
        // The user who runs the tests may be root.
        let text = |address: Address| {
            let error = io::ErrorKind::PermissionDenied.into();
            bind_error(&address, error).to_string()
        };
        assert!(text(Address::tcp("localhost", 80)).contains("a higher one"));
        assert!(!text(Address::tcp("localhost", 6000)).contains("a higher one"));
        assert!(text(Address::unix("/etc/s")).contains("may not make files"));
    }
}
