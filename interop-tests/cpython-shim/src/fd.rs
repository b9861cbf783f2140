//! Descriptors as Python's integers: the one place with unsafe code.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use pyo3::PyResult;
use pyo3::exceptions::PyValueError;
use rustix::io::Errno;

use crate::errors;

/// Borrows the descriptor of that number; the caller must keep it open.
///
/// # Errors
/// Fails with `ValueError` for negative numbers, as Python's selectors do.
pub(crate) fn borrow<'a>(number: RawFd) -> PyResult<BorrowedFd<'a>> {
    if number < 0 {
        return Err(PyValueError::new_err(format!(
            "Invalid file descriptor: {number}"
        )));
    }
    // SAFETY: it is not -1. As with every integer given to `os.read` or `select`, the Python
    // caller keeps it open. It is used for poll and read only, which return EBADF for a closed
    // descriptor and access no memory through it.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

/// Takes ownership of the descriptor of that number.
///
/// # Errors
/// Fails with `OSError(EBADF)` if it is not open.
pub(crate) fn adopt(number: RawFd) -> PyResult<OwnedFd> {
    if !is_open(number) {
        return Err(errors::os_error(Errno::BADF.raw_os_error()));
    }
    // SAFETY: it is open, and Python's `Connection(handle)` gives the connection ownership,
    // which includes closing it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Returns whether the number is an open descriptor. Python code may have closed one of
/// ours by number (`os.close(conn.fileno())`); it must not be closed again.
pub(crate) fn is_open(number: RawFd) -> bool {
    borrow(number).is_ok_and(|fd| rustix::io::fcntl_getfd(fd).is_ok())
}
