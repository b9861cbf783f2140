//! The one place for unsafe code: descriptors that the environment names by number.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};

/// Takes over a descriptor that the process was started with, and has it closed in
/// programs started from here.
///
/// # Errors
/// When no such descriptor is open.
pub(crate) fn adopt(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the borrow ends within this function, and asking for the flags of a
    // number that is not open is an error without any effect.
    let flags = fcntl_getfd(unsafe { BorrowedFd::borrow_raw(number) })?;
    // SAFETY: it is open, as was just seen. Nobody else in this process owns it: the
    // one caller takes each number that LISTEN_FDS names, once.
    let fd = unsafe { OwnedFd::from_raw_fd(number) };
    fcntl_setfd(&fd, flags | FdFlags::CLOEXEC)?;
    Ok(fd)
}
