//! `Listener`. As in Python, `accept` raises if a client fails.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use mpconn::handshake::HandshakeError;
use mpconn::listener::{Accepted, ListenerBuilder, ListenerEvent, ListenerHandle};
use mpconn::{Address, Error, Listener};
use pyo3::exceptions::{PyEOFError, PyOSError};
use pyo3::prelude::*;

use crate::connection::PyConnection;
use crate::state::read_ahead_wanted;
use crate::usage::{Call, count};
use crate::{addresses, client, errors, signals};

/// Python's listener object, wrapping a Rust listener.
#[pyclass(
    name = "Listener",
    module = "multiprocessing.connection",
    subclass,
    dict,
    weakref,
    frozen
)]
pub(crate) struct PyListener {
    /// `None` once closed. As with connections, it is never locked across a blocking call.
    open: Mutex<Option<Arc<Shared>>>,
    address: Address,
    /// The inner `None` is for a peer without an address.
    last_accepted: Mutex<Option<Option<Address>>>,
}

/// State shared between `accept` on one thread and `close` on another.
struct Shared {
    listener: Mutex<Listener>,
    handle: ListenerHandle,
    failures: Arc<Failures>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Failures of clients. The crate's `accept` continues after one; here each one cancels it, so
/// that Python can raise.
#[derive(Default)]
struct Failures {
    list: Mutex<VecDeque<Failure>>,
    handle: OnceLock<ListenerHandle>,
}

enum Failure {
    /// The client went away: CPython's `recv_bytes` raises `EOFError`.
    Gone,
    Authentication(String),
    /// No connection could be accepted.
    Accept(Option<i32>, String),
}

impl Failures {
    fn take_note(&self, event: &ListenerEvent<'_>) {
        let failure = match event {
            ListenerEvent::HandshakeFailed { error, .. } => match error.handshake_error() {
                Some(HandshakeError::Closed { .. }) => Failure::Gone,
                _ => Failure::Authentication(error.to_string()),
            },
            ListenerEvent::AcceptFailed { error, .. } => {
                let errno = error.io_error().and_then(std::io::Error::raw_os_error);
                Failure::Accept(errno, error.to_string())
            }
            _ => return,
        };
        lock(&self.list).push_back(failure);
        if let Some(handle) = self.handle.get() {
            handle.cancel();
        }
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> PyErr {
        match failure {
            Failure::Gone => PyEOFError::new_err(()),
            Failure::Authentication(text) => errors::AuthenticationError::new_err(text),
            Failure::Accept(Some(errno), _) => errors::os_error(errno),
            Failure::Accept(None, text) => PyOSError::new_err(text),
        }
    }
}

impl Shared {
    fn bind(builder: ListenerBuilder) -> mpconn::Result<Self> {
        let failures = Arc::new(Failures::default());
        let noted = Arc::clone(&failures);
        let listener = builder
            .on_event(move |event| noted.take_note(event))
            .bind()?;
        let handle = listener.handle();
        // The only call: it was empty.
        let _ = failures.handle.set(handle.clone());
        Ok(Shared {
            listener: Mutex::new(listener),
            handle,
            failures,
        })
    }

    fn accept(&self, time: Option<Duration>) -> Result<Accepted, Error> {
        let mut listener = lock(&self.listener);
        match time {
            Some(time) => listener.accept_timeout(time),
            None => listener.accept_tagged(),
        }
    }
}

fn closed() -> PyErr {
    PyOSError::new_err("listener is closed")
}

impl PyListener {
    fn accept_one(&self, py: Python<'_>, shared: &Shared) -> PyResult<Accepted> {
        let attempt = |slice| match shared.accept(slice) {
            Err(error) if error.is_cancelled() => Ok(None),
            other => other.map(Some),
        };
        loop {
            if let Some(accepted) = signals::until_done(py, attempt)? {
                return Ok(accepted);
            }
            if let Some(failure) = lock(&shared.failures.list).pop_front() {
                return Err(failure.into());
            }
            if lock(&self.open).is_none() {
                return Err(closed());
            }
        }
    }
}

#[pymethods]
impl PyListener {
    #[new]
    #[pyo3(signature = (address=None, family=None, backlog=1, authkey=None))]
    fn new(
        py: Python<'_>,
        address: Option<&Bound<'_, PyAny>>,
        family: Option<&str>,
        backlog: i32,
        authkey: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        count(Call::Listener);
        let address = address.map(addresses::from_python).transpose()?;
        // Python's client and listener wait without limit.
        let mut builder = Listener::builder().backlog(backlog).handshake_timeout(None);
        if let Some(family) = addresses::family(family, address.as_ref())? {
            builder = builder.family(family);
        }
        if let Some(address) = address {
            builder = builder.address(address);
        }
        if let Some(key) = client::key_of(authkey)? {
            builder = builder.authkey(key);
        }
        let shared = py
            .detach(|| Shared::bind(builder))
            .map_err(errors::to_python)?;
        let address = lock(&shared.listener).address().clone();
        Ok(PyListener {
            address,
            open: Mutex::new(Some(Arc::new(shared))),
            last_accepted: Mutex::new(None),
        })
    }

    fn accept(&self, py: Python<'_>) -> PyResult<PyConnection> {
        let shared = lock(&self.open).clone().ok_or_else(closed)?;
        count(Call::Accept);
        let accepted = self.accept_one(py, &shared)?;
        *lock(&self.last_accepted) = Some(accepted.peer);
        Ok(PyConnection::around(
            accepted.connection,
            read_ahead_wanted(),
        ))
    }

    fn close(&self) {
        if let Some(shared) = lock(&self.open).take() {
            // An accept on another thread still holds it: cancel that.
            if Arc::strong_count(&shared) > 1 {
                shared.handle.shutdown();
                shared.handle.cancel();
            }
        }
    }

    #[getter]
    fn address<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        addresses::to_python(py, &self.address)
    }

    /// `None` before the first connection, `''` for a peer without an address.
    #[getter]
    fn last_accepted<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &*lock(&self.last_accepted) {
            None => Ok(None),
            Some(None) => Ok(Some(pyo3::types::PyString::new(py, "").into_any())),
            Some(Some(address)) => addresses::to_python(py, address).map(Some),
        }
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __exit__(
        &self,
        _type: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) {
        self.close();
    }
}
