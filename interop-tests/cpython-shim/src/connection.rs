//! `Connection`, with the methods, checks and texts of Python's.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mpconn::Connection;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};

use crate::usage::{Call, count};
use crate::{buffers, errors, fd, signals};

/// Python's connection object around a Rust connection.
///
/// It is locked only while the interpreter lock is held and never across a blocking
/// call, so that a fork never inherits a locked one.
#[pyclass(
    name = "Connection",
    module = "multiprocessing.connection",
    subclass,
    dict,
    weakref,
    frozen
)]
pub(crate) struct PyConnection {
    state: Mutex<State>,
}

struct State {
    /// `None` once closed.
    handle: Option<RawFd>,
    readable: bool,
    writable: bool,
    read_ahead: bool,
    core: Option<Core>,
}

/// The Rust connection, which owns the handle, and the process that made it.
struct Core {
    process: u32,
    connection: Arc<Connection>,
}

impl Core {
    fn new(connection: Connection) -> Self {
        Core {
            process: std::process::id(),
            connection: Arc::new(connection),
        }
    }

    fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }
}

/// Whether connections that only this process reads take in more than they are asked
/// for, which is the crate's default. A connection that Python made may be inherited by
/// a fork, or its descriptor sent to another process: what one has read ahead the other
/// misses. So by default nothing here reads ahead; with `MPCONN_SHIM_READ_AHEAD=1` the
/// kinds of connections do that have one reader in most programs: accepted and connected
/// sockets and duplex pipes.
pub(crate) fn read_ahead_wanted() -> bool {
    std::env::var_os("MPCONN_SHIM_READ_AHEAD").is_some_and(|value| value == "1")
}

impl PyConnection {
    /// Around a connection that Rust made.
    pub(crate) fn around(connection: Connection, read_ahead: bool) -> Self {
        use std::os::fd::AsFd;
        PyConnection {
            state: Mutex::new(State {
                handle: Some(connection.as_fd().as_raw_fd()),
                readable: connection.readable(),
                writable: connection.writable(),
                read_ahead,
                core: Some(Core::new(set_up(connection, read_ahead))),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The Rust connection, which is to be read from.
    pub(crate) fn to_read(&self) -> PyResult<Arc<Connection>> {
        let mut state = self.state();
        state.check_closed()?;
        if !state.readable {
            return Err(PyOSError::new_err("connection is write-only"));
        }
        state.connection()
    }

    fn to_write(&self) -> PyResult<Arc<Connection>> {
        let mut state = self.state();
        state.check_closed()?;
        if !state.writable {
            return Err(PyOSError::new_err("connection is read-only"));
        }
        state.connection()
    }

    /// Runs a receive to its end, and keeps Python's rules for what follows a bad length:
    /// the connection can still send; one that could not is closed.
    fn receive<T: Send>(
        &self,
        py: Python<'_>,
        mut receive: impl FnMut(&Connection) -> mpconn::Result<T> + Send,
    ) -> PyResult<T> {
        let connection = self.to_read()?;
        count(Call::Recv);
        let mut bad_length = false;
        let received = signals::until_done(py, |slice| {
            connection.set_recv_timeout(slice);
            let received = receive(&connection);
            bad_length = received.as_ref().is_err_and(mpconn::Error::is_bad_length);
            received
        });
        drop(connection);
        if bad_length {
            let writable = {
                let mut state = self.state();
                state.readable = false;
                state.writable
            };
            if !writable {
                self.close()?;
            }
        }
        received
    }

    fn transmit(
        &self,
        py: Python<'_>,
        connection: Arc<Connection>,
        message: Vec<u8>,
    ) -> PyResult<()> {
        count(Call::Send);
        if message.len() <= AT_ONCE && can_take_some(&connection) {
            return py
                .detach(|| connection.send_bytes(&message))
                .map_err(errors::to_python);
        }
        signals::aside(py, move || connection.send_bytes(&message))
    }
}

/// A frame that a descriptor takes at once when poll says that it takes any: PIPE_BUF on
/// Linux, and less than the free part of a socket's buffer then.
const AT_ONCE: usize = 4096 - 12;

fn can_take_some(connection: &Connection) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut fds = [PollFd::new(connection, PollFlags::OUT)];
    let at_once = Timespec::default();
    poll(&mut fds, Some(&at_once)).is_ok_and(|n| n > 0)
}

fn set_up(connection: Connection, read_ahead: bool) -> Connection {
    connection.set_read_ahead(read_ahead);
    // Python knows no limit but the one given to `recv_bytes`.
    connection.set_max_message_len(u64::MAX);
    connection
}

impl State {
    fn check_closed(&self) -> PyResult<RawFd> {
        self.handle
            .ok_or_else(|| PyOSError::new_err("handle is closed"))
    }

    /// The Rust connection, made at its first use: Python's `Connection(handle)` takes any
    /// number and finds out later whether it is a descriptor.
    ///
    /// A fork makes one of its own around the inherited descriptor: a thread of the parent
    /// may have held a lock in the old one at the moment of the fork, and nobody is left
    /// who would release it.
    fn connection(&mut self) -> PyResult<Arc<Connection>> {
        if let Some(core) = &self.core
            && core.is_ours()
        {
            return Ok(core.connection.clone());
        }
        let handle = self.check_closed()?;
        self.forget_core();
        let fd = fd::adopt(handle)?;
        let connection = Connection::from_fd_with(fd, self.readable, self.writable)
            .map_err(errors::to_python)?;
        let core = Core::new(set_up(connection, self.read_ahead));
        Ok(self.core.insert(core).connection.clone())
    }

    /// Lets go of the Rust connection without closing its descriptor.
    fn forget_core(&mut self) {
        std::mem::forget(self.core.take());
    }

    /// Takes the descriptor out of the Rust connection and makes a new one around it,
    /// which only succeeds where nothing was read ahead.
    fn renew(&mut self) -> PyResult<()> {
        if self.core.as_ref().is_some_and(|core| !core.is_ours()) {
            return Ok(());
        }
        let Some(Core {
            process,
            connection,
        }) = self.core.take()
        else {
            return Ok(());
        };
        let in_use = |connection| Core {
            process,
            connection,
        };
        match Arc::try_unwrap(connection).map(Connection::into_fd) {
            // Another thread is at it right now; what it will have read is not known.
            Err(connection) => self.core = Some(in_use(connection)),
            Ok(Ok(fd)) => std::mem::forget(fd),
            Ok(Err(connection)) => {
                self.core = Some(in_use(Arc::new(connection)));
                return Err(PyOSError::new_err(
                    "bytes were read ahead; receive them before the connection goes to another process",
                ));
            }
        }
        Ok(())
    }

    fn close(&mut self) -> PyResult<()> {
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

#[pymethods]
impl PyConnection {
    #[new]
    #[pyo3(signature = (handle, readable=true, writable=true))]
    fn new(handle: i64, readable: bool, writable: bool) -> PyResult<Self> {
        let handle = RawFd::try_from(handle)
            .ok()
            .filter(|handle| *handle >= 0)
            .ok_or_else(|| PyValueError::new_err("invalid handle"))?;
        if !readable && !writable {
            return Err(PyValueError::new_err(
                "at least one of `readable` and `writable` must be True",
            ));
        }
        count(Call::Connection);
        Ok(PyConnection {
            state: Mutex::new(State {
                handle: Some(handle),
                readable,
                writable,
                read_ahead: false,
                core: None,
            }),
        })
    }

    /// True if the connection is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.state().handle.is_none()
    }

    #[getter]
    fn readable(&self) -> bool {
        self.state().readable
    }

    #[getter]
    fn writable(&self) -> bool {
        self.state().writable
    }

    /// CPython's tests look at this private name, and set it to `None` to have the
    /// descriptor left alone.
    #[getter(_handle)]
    fn handle(&self) -> Option<RawFd> {
        self.state().handle
    }

    #[setter(_handle)]
    fn set_handle(&self, handle: Option<RawFd>) {
        let mut state = self.state();
        state.forget_core();
        state.handle = handle;
    }

    fn fileno(&self) -> PyResult<RawFd> {
        self.state().check_closed()
    }

    fn close(&self) -> PyResult<()> {
        self.state().close()
    }

    /// Called before the descriptor is sent to another process, which would miss what
    /// was read ahead from it.
    fn _check_handover(&self) -> PyResult<()> {
        let mut state = self.state();
        state.check_closed()?;
        state.renew()
    }

    #[pyo3(signature = (buf, offset=0, size=None))]
    fn send_bytes(
        &self,
        buf: &Bound<'_, PyAny>,
        offset: isize,
        size: Option<isize>,
    ) -> PyResult<()> {
        let connection = self.to_write()?;
        let message = buffers::message(buf, offset, size)?;
        self.transmit(buf.py(), connection, message)
    }

    /// An object, which Python pickles.
    fn send(&self, obj: &Bound<'_, PyAny>) -> PyResult<()> {
        let connection = self.to_write()?;
        let pickled = forking_pickler(obj.py())?.call_method1("dumps", (obj,))?;
        self.transmit(obj.py(), connection, buffers::message(&pickled, 0, None)?)
    }

    #[pyo3(signature = (maxlength=None))]
    fn recv_bytes<'py>(
        &self,
        py: Python<'py>,
        maxlength: Option<i64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.to_read()?;
        let max = maxlength
            .map(u64::try_from)
            .transpose()
            .map_err(|_| PyValueError::new_err("negative maxlength"))?;
        let message = self.receive(py, |connection| match max {
            Some(max) => connection.recv_bytes_max(max),
            None => connection.recv_bytes(),
        })?;
        Ok(PyBytes::new(py, &message))
    }

    #[pyo3(signature = (buf, offset=0))]
    fn recv_bytes_into(&self, buf: &Bound<'_, PyAny>, offset: isize) -> PyResult<usize> {
        self.to_read()?;
        let room = buffers::Room::new(buf, offset)?;
        let len = room.len();
        let (n, bytes) = self.receive(buf.py(), move |connection| {
            let mut bytes = vec![0; len];
            let n = connection.recv_bytes_into(&mut bytes)?;
            Ok((n, bytes))
        })?;
        room.fill(&bytes[..n])?;
        Ok(n)
    }

    /// An object, which Python unpickles.
    fn recv<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let message = self.receive(py, Connection::recv_bytes)?;
        forking_pickler(py)?.call_method1("loads", (PyBytes::new(py, &message),))
    }

    #[pyo3(signature = (timeout=Some(0.0)))]
    fn poll(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<bool> {
        let connection = self.to_read()?;
        count(Call::Poll);
        let answer = signals::until_answered(py, timeout, |slice| {
            Ok(connection.poll(slice)?.then_some(()))
        })?;
        Ok(answer.is_some())
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __exit__(
        &self,
        _type: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.close()
    }
}

/// `multiprocessing.reduction.ForkingPickler`: the one part that stays Python's.
fn forking_pickler(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    Ok(py
        .import("multiprocessing.reduction")?
        .getattr("ForkingPickler")?
        .cast_into()?)
}
