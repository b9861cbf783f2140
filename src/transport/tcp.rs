//! TCP: connecting, listening, and what keeps its algorithms from stalling.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;

use socket2::{Domain, Socket, Type};

use super::readiness::Deadline;
use super::{Transport, TransportKind};
use crate::Family;

/// Connects to the first address of the host that takes it.
pub(crate) fn connect(host: &str, port: u16, deadline: Deadline) -> io::Result<Transport> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
    for address in resolve(host, port)? {
        match connect_one(address, deadline) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(Transport::new(stream.into(), TransportKind::Tcp));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn connect_one(address: SocketAddr, deadline: Deadline) -> io::Result<TcpStream> {
    match deadline.remaining() {
        None => TcpStream::connect(address),
        Some(left) if left.is_zero() => Err(io::ErrorKind::TimedOut.into()),
        Some(left) => TcpStream::connect_timeout(&address, left),
    }
}

/// Python's empty host means every interface to a listener and this machine to
/// a client; 0.0.0.0 is both.
fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let host = if host.is_empty() { "0.0.0.0" } else { host };
    let found = (host, port).to_socket_addrs().map_err(not_found)?;
    Ok(found.collect())
}

/// Returns the error of a name's look-up, which has neither a number nor a kind of its own.
fn not_found(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidInput => error,
        _ if error.raw_os_error().is_some() => error,
        _ => io::Error::new(io::ErrorKind::NotFound, error.to_string()),
    }
}

/// A listening socket, with the address that it really has.
pub(crate) fn listen(
    host: &str,
    port: u16,
    family: Family,
    backlog: i32,
) -> io::Result<(OwnedFd, SocketAddr)> {
    let addresses = resolve(host, port)?;
    // A name that has both kinds means IPv4 to Python's Listener.
    let wanted = |a: &&SocketAddr| a.is_ipv6() == (family == Family::Inet6);
    let address = addresses.iter().find(wanted).or(addresses.first());
    match address {
        Some(address) => listen_on(*address, backlog),
        None => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the host name has no address",
        )),
    }
}

/// A listening socket on exactly that address. An IPv6 one leaves the IPv4 port of
/// the same number alone.
pub(crate) fn listen_on(address: SocketAddr, backlog: i32) -> io::Result<(OwnedFd, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // As CPython's SocketListener: a port in TIME_WAIT can be taken again. On Windows
    // the same option would let two listeners share a port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    // What is accepted inherits it.
    socket.set_tcp_nodelay(true)?;
    let bound = socket.local_addr()?.as_socket();
    Ok((socket.into(), bound.unwrap_or(address)))
}
