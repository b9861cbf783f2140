//! The socket of a connection, for the verbs that look at the bytes themselves.

use anyhow::bail;
use mpconn::Connection;
use mpconn::os::unix::ConnectionExt;
use socket2::Socket;

/// Takes the socket out of a connection that nothing was received from.
pub(crate) fn socket(connection: Connection) -> anyhow::Result<Socket> {
    let Ok(fd) = connection.into_fd() else {
        bail!("the connection was read from already");
    };
    let socket = Socket::from(fd);
    socket.set_nonblocking(false)?;
    Ok(socket)
}
