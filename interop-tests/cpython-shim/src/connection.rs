//! `Connection`, with Python's methods, checks and messages.

use std::os::fd::RawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mpconn::Connection;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};

use crate::state::State;
use crate::usage::{Call, count};
use crate::{buffers, errors, signals};

/// Python's connection object, wrapping a Rust connection.
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

impl PyConnection {
    /// Wraps a connection that Rust made.
    pub(crate) fn around(connection: Connection, read_ahead: bool) -> Self {
        PyConnection {
            state: Mutex::new(State::around(connection, read_ahead)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the Rust connection for reading.
    fn to_read(&self) -> PyResult<Arc<Connection>> {
        let mut state = self.state();
        state.check_closed()?;
        if !state.readable {
            return Err(PyOSError::new_err("connection is write-only"));
        }
        state.connection()
    }

    /// Returns the Rust connection for waiting. As in Python it only needs to be open.
    pub(crate) fn to_wait_for(&self) -> PyResult<Arc<Connection>> {
        self.state().connection()
    }

    fn to_write(&self) -> PyResult<Arc<Connection>> {
        let mut state = self.state();
        state.check_closed()?;
        if !state.writable {
            return Err(PyOSError::new_err("connection is read-only"));
        }
        state.connection()
    }

    /// Completes a receive, with Python's rules after a bad length: the connection can still
    /// send; one that cannot is closed.
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
            bad_length = received
                .as_ref()
                .is_err_and(|error| error.is_bad_length() || error.is_out_of_memory());
            received
        });
        drop(connection);
        if bad_length {
            let mut state = self.state();
            state.readable = false;
            if !state.writable {
                state.close()?;
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

/// Size of a frame that is written at once if poll reports the descriptor writable:
/// PIPE_BUF on Linux, and less than the free space of a socket's buffer.
const AT_ONCE: usize = 4096 - 12;

fn can_take_some(connection: &Connection) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut fds = [PollFd::new(connection, PollFlags::OUT)];
    let at_once = Timespec::default();
    poll(&mut fds, Some(&at_once)).is_ok_and(|n| n > 0)
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
            state: Mutex::new(State::of_handle(handle, readable, writable)),
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

    /// CPython's tests use this private name, and set it to `None` so that the descriptor
    /// is not closed.
    #[getter(_handle)]
    fn handle(&self) -> Option<RawFd> {
        self.state().handle
    }

    #[setter(_handle)]
    fn set_handle(&self, handle: Option<RawFd>) {
        self.state().set_handle(handle);
    }

    fn fileno(&self) -> PyResult<RawFd> {
        self.state().check_closed()
    }

    fn close(&self) -> PyResult<()> {
        self.state().close()
    }

    /// Called before the descriptor is sent to another process, which would not get bytes
    /// that were read ahead.
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

    /// Sends an object, which Python pickles.
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

    /// Receives an object, which Python unpickles.
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

/// Returns `multiprocessing.reduction.ForkingPickler`, the one part that stays Python's.
fn forking_pickler(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    Ok(py
        .import("multiprocessing.reduction")?
        .getattr("ForkingPickler")?
        .cast_into()?)
}
