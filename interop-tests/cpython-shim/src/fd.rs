//! Descriptors that Python gives as integers: the one place for unsafe code.
#![allow(unsafe_code)]

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use pyo3::PyResult;
use pyo3::exceptions::PyValueError;
use rustix::io::Errno;

use crate::errors;

/// The descriptor of that number, for as long as the caller knows it to be open.
///
/// # Errors
/// `ValueError` for negative numbers, as Python's selectors have it.
pub(crate) fn borrow<'a>(number: RawFd) -> PyResult<BorrowedFd<'a>> {
    if number < 0 {
        return Err(PyValueError::new_err(format!(
            "Invalid file descriptor: {number}"
        )));
    }
    // SAFETY: it is not -1. That it stays open is the Python caller's promise, as with
    // every integer given to `os.read` or `select`; what is done with it is poll and
    // read, which give EBADF for closed ones and touch no memory by it.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

/// Takes over the descriptor of that number.
///
/// # Errors
/// `OSError(EBADF)` where nothing is open under it.
pub(crate) fn adopt(number: RawFd) -> PyResult<OwnedFd> {
    if !is_open(number) {
        return Err(errors::os_error(Errno::BADF.raw_os_error()));
    }
    // SAFETY: it is open, and Python's `Connection(handle)` makes the connection its
    // owner: it closes it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Whether the number stands for an open descriptor. Python code may have closed one
/// of ours by its number (`os.close(conn.fileno())`); it must not be closed again.
pub(crate) fn is_open(number: RawFd) -> bool {
    borrow(number).is_ok_and(|fd| rustix::io::fcntl_getfd(fd).is_ok())
}
