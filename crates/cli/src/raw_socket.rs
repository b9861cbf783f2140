//! The socket of a connection, for verbs that work on raw bytes.

use anyhow::bail;
use mpconn::Connection;
use mpconn::os::unix::ConnectionExt;
use socket2::Socket;

/// Takes the socket out of a connection from which nothing was received.
pub(crate) fn take(connection: Connection) -> anyhow::Result<Socket> {
    let Ok(fd) = connection.into_fd() else {
        bail!("bytes were already received from the connection");
    };
    let socket = Socket::from(fd);
    socket.set_nonblocking(false)?;
    Ok(socket)
}
