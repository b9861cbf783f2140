//! Ownership of a connection's descriptor: first use, forks, hand-over and close.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use mpconn::os::unix::ConnectionExt;
use mpconn::{Connection, Direction};
use pyo3::PyResult;
use pyo3::exceptions::PyOSError;

use crate::{errors, fd};

/// Returns whether connections with one reader read ahead, which is the crate's default. A
/// connection that Python made may be inherited by a fork, or its descriptor sent to another
/// process, which would not get bytes read ahead. So by default nothing here reads ahead. With
/// `MPCONN_SHIM_READ_AHEAD=1` the connections do that have one reader in most programs:
/// accepted and connected sockets and duplex pipes.
pub(crate) fn read_ahead_wanted() -> bool {
    std::env::var_os("MPCONN_SHIM_READ_AHEAD").is_some_and(|value| value == "1")
}

/// State of a connection object.
pub(crate) struct State {
    /// `None` once closed.
    pub(crate) handle: Option<RawFd>,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    read_ahead: bool,
    core: Option<Core>,
}

/// The Rust connection, which owns the handle, and the id of the process that made it.
struct Core {
    process: u32,
    connection: Arc<Connection>,
}

impl Core {
    fn of(connection: Arc<Connection>) -> Self {
        Core {
            process: std::process::id(),
            connection,
        }
    }

    fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }
}

fn set_up(connection: Connection, read_ahead: bool) -> Arc<Connection> {
    connection.set_read_ahead(read_ahead);
    // Python has no limit except the one passed to `recv_bytes`.
    connection.set_max_message_len(u64::MAX);
    Arc::new(connection)
}

impl State {
    /// Wraps a connection that Rust made.
    pub(crate) fn around(connection: Connection, read_ahead: bool) -> Self {
        State {
            handle: Some(connection.as_fd().as_raw_fd()),
            readable: connection.readable(),
            writable: connection.writable(),
            read_ahead,
            core: Some(Core::of(set_up(connection, read_ahead))),
        }
    }

    /// Wraps a number that may be a descriptor.
    pub(crate) fn of_handle(handle: RawFd, readable: bool, writable: bool) -> Self {
        State {
            handle: Some(handle),
            readable,
            writable,
            read_ahead: false,
            core: None,
        }
    }

    /// Replaces the handle, without closing the old one.
    pub(crate) fn set_handle(&mut self, handle: Option<RawFd>) {
        self.forget_core();
        self.handle = handle;
    }

    pub(crate) fn check_closed(&self) -> PyResult<RawFd> {
        self.handle
            .ok_or_else(|| PyOSError::new_err("handle is closed"))
    }

    /// Returns the Rust connection, made on first use: Python's `Connection(handle)` accepts any
    /// number and finds out later whether it is a descriptor.
    ///
    /// A fork makes its own for the inherited descriptor: a thread of the parent may have held a
    /// lock of the old one during the fork, which nobody would release.
    pub(crate) fn connection(&mut self) -> PyResult<Arc<Connection>> {
        if let Some(core) = &self.core
            && core.is_ours()
        {
            return Ok(core.connection.clone());
        }
        let handle = self.check_closed()?;
        self.forget_core();
        let fd = fd::adopt(handle)?;
        let direction = match (self.readable, self.writable) {
            (true, false) => Direction::Receive,
            (false, true) => Direction::Send,
            // Neither is refused when the object is made.
            _ => Direction::Both,
        };
        let connection = Connection::from_fd_with(fd, direction).map_err(errors::to_python)?;
        let core = Core::of(set_up(connection, self.read_ahead));
        Ok(self.core.insert(core).connection.clone())
    }

    /// Drops the Rust connection without closing its descriptor.
    fn forget_core(&mut self) {
        std::mem::forget(self.core.take());
    }

    /// Takes the descriptor out of the Rust connection; fails if bytes were read ahead. The next
    /// use makes a new connection.
    pub(crate) fn renew(&mut self) -> PyResult<()> {
        let Some(core) = self.core.take_if(|core| core.is_ours()) else {
            return Ok(());
        };
        match Arc::try_unwrap(core.connection).map(Connection::into_fd) {
            // Another thread is using it: it may read ahead.
            Err(connection) => self.core = Some(Core::of(connection)),
            Ok(Ok(fd)) => std::mem::forget(fd),
            Ok(Err(connection)) => {
                self.core = Some(Core::of(Arc::new(connection)));
                return Err(PyOSError::new_err(
                    "bytes were read ahead; receive them before the connection goes to another process",
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn close(&mut self) -> PyResult<()> {
        let Some(handle) = self.handle.take() else {
            return Ok(());
        };
        match &self.core {
            Some(core) if core.is_ours() && fd::is_open(handle) => drop(self.core.take()),
            _ => {
                self.forget_core();
                drop::<OwnedFd>(fd::adopt(handle)?);
            }
        }
        Ok(())
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // There is nobody to report an error to.
        let _ = self.close();
    }
}
