//! Who owns a connection's descriptor: across first use, forks, hand-over and close.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use mpconn::os::unix::ConnectionExt;
use mpconn::{Connection, Direction};
use pyo3::PyResult;
use pyo3::exceptions::PyOSError;

use crate::{errors, fd};

/// Whether connections that only this process reads take in more than they are asked
/// for, which is the crate's default. A connection that Python made may be inherited by
/// a fork, or its descriptor sent to another process: what one has read ahead the other
/// misses. So by default nothing here reads ahead; with `MPCONN_SHIM_READ_AHEAD=1` the
/// kinds of connections do that have one reader in most programs: accepted and connected
/// sockets and duplex pipes.
pub(crate) fn read_ahead_wanted() -> bool {
    std::env::var_os("MPCONN_SHIM_READ_AHEAD").is_some_and(|value| value == "1")
}

/// What a connection object knows of its descriptor.
pub(crate) struct State {
    /// `None` once closed.
    pub(crate) handle: Option<RawFd>,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    read_ahead: bool,
    core: Option<Core>,
}

/// The Rust connection, which owns the handle, and the process that made it.
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
    // Python knows no limit but the one given to `recv_bytes`.
    connection.set_max_message_len(u64::MAX);
    Arc::new(connection)
}

impl State {
    /// Around a connection that Rust made.
    pub(crate) fn around(connection: Connection, read_ahead: bool) -> Self {
        State {
            handle: Some(connection.as_fd().as_raw_fd()),
            readable: connection.readable(),
            writable: connection.writable(),
            read_ahead,
            core: Some(Core::of(set_up(connection, read_ahead))),
        }
    }

    /// Around a number that may be a descriptor.
    pub(crate) fn of_handle(handle: RawFd, readable: bool, writable: bool) -> Self {
        State {
            handle: Some(handle),
            readable,
            writable,
            read_ahead: false,
            core: None,
        }
    }

    /// Has another number take the place of the handle, which is left alone.
    pub(crate) fn set_handle(&mut self, handle: Option<RawFd>) {
        self.forget_core();
        self.handle = handle;
    }

    pub(crate) fn check_closed(&self) -> PyResult<RawFd> {
        self.handle
            .ok_or_else(|| PyOSError::new_err("handle is closed"))
    }

    /// The Rust connection, made at its first use: Python's `Connection(handle)` takes any
    /// number and finds out later whether it is a descriptor.
    ///
    /// A fork makes one of its own around the inherited descriptor: a thread of the parent
    /// may have held a lock in the old one at the moment of the fork, and nobody is left
    /// who would release it.
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

    /// Lets go of the Rust connection without closing its descriptor.
    fn forget_core(&mut self) {
        std::mem::forget(self.core.take());
    }

    /// Takes the descriptor out of the Rust connection, which only succeeds where nothing
    /// was read ahead. The next use makes a new one around it.
    pub(crate) fn renew(&mut self) -> PyResult<()> {
        let Some(core) = self.core.take_if(|core| core.is_ours()) else {
            return Ok(());
        };
        match Arc::try_unwrap(core.connection).map(Connection::into_fd) {
            // Another thread is at it right now; what it will have read is not known.
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
        // Nobody is left who could be told.
        let _ = self.close();
    }
}
