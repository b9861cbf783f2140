//! Converts Rust's errors to the exceptions of CPython's module.

use mpconn::Error;
use mpconn::handshake::HandshakeError;
use pyo3::exceptions::{PyEOFError, PyMemoryError, PyOSError};
use pyo3::prelude::*;

pyo3::import_exception!(multiprocessing, AuthenticationError);
pyo3::import_exception!(multiprocessing, BufferTooShort);

/// Makes `OSError(errno, text)`; Python selects the subclass, such as `BrokenPipeError`.
pub(crate) fn os_error(errno: i32) -> PyErr {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    PyOSError::new_err((errno, text.to_owned()))
}

/// Converts any error of the crate.
pub(crate) fn to_python(error: Error) -> PyErr {
    if error.is_eof() {
        return PyEOFError::new_err(());
    }
    if error.is_truncated() {
        return PyOSError::new_err("got end of file during message");
    }
    if error.is_out_of_memory() {
        return PyMemoryError::new_err(error.to_string());
    }
    if error.is_bad_length() {
        return PyOSError::new_err("bad message length");
    }
    if let Some(HandshakeError::Closed { .. }) = error.handshake_error() {
        // CPython's handshake uses `recv_bytes`.
        return PyEOFError::new_err(());
    }
    if error.is_authentication() {
        return AuthenticationError::new_err(error.to_string());
    }
    if let Some(errno) = error.io_error().and_then(std::io::Error::raw_os_error) {
        return os_error(errno);
    }
    let text = error.to_string();
    match error.into_message() {
        Ok(message) => Python::attach(|py| {
            BufferTooShort::new_err(pyo3::types::PyBytes::new(py, &message).unbind())
        }),
        Err(_) => PyOSError::new_err(text),
    }
}
