//! Options of sockets.

use std::os::fd::AsFd;

/// See [`Transport::acknowledge_now`](super::Transport::acknowledge_now). CPython does not set TCP_NODELAY and writes
/// a large message's header and body apart, and its own last message of the
/// handshake and first request too: without this each costs 40 ms on Linux.
pub(crate) fn acknowledge_now(fd: impl AsFd) {
    // It can only fail where the connection has ended, which the next read tells.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = rustix::net::sockopt::set_tcp_quickack(fd, true);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = fd;
}
