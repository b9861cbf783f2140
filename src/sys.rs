//! The one place for unsafe code: descriptors that the environment names by number, advice
//! about memory, and the end of the process.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};

/// Takes over a descriptor that the process was started with, and has it closed in
/// programs started from here.
///
/// # Errors
/// Fails if no such descriptor is open.
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

/// Has the memory of a large vector come in huge pages as it is touched: 4 KiB at
/// a time it costs more than the bytes that a socket copies into it.
#[cfg(target_os = "linux")]
pub(crate) fn prefer_huge_pages(vec: &mut Vec<u8>) {
    let page = rustix::param::page_size();
    // Whole pages, so that the allocator's mapping stays in one piece: it could not
    // be moved by one mremap otherwise, and growing the vector would copy it.
    let before = vec.as_ptr().addr() % page;
    let start = vec.as_mut_ptr().wrapping_sub(before);
    let len = (before + vec.capacity()).next_multiple_of(page);
    let advice = rustix::mm::Advice::LinuxHugepage;
    // SAFETY: every page of the range has a byte of the vector's allocation in it, so
    // it is mapped. The advice changes how pages that nobody has touched are
    // provided, never what any byte holds. It may be refused, which changes nothing.
    let _ = unsafe { rustix::mm::madvise(start.cast(), len, advice) };
}

/// Elsewhere the system decides.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prefer_huge_pages(_vec: &mut Vec<u8>) {}

#[cfg(feature = "manager")]
unsafe extern "C" {
    fn atexit(callback: extern "C" fn()) -> std::ffi::c_int;
}

/// Has `callback` run when the process ends by itself: by the end of `main` or `exit`. It may not
/// panic. False where the system has no room for it.
#[cfg(feature = "manager")]
pub(crate) fn at_exit(callback: extern "C" fn()) -> bool {
    // SAFETY: the C library has this function on every Unix, and a function that takes nothing
    // and returns nothing may be called at any time.
    unsafe { atexit(callback) == 0 }
}
