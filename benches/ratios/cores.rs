//! Which cores processes run on. Linux only: elsewhere the system decides.

use std::io;

#[cfg(target_os = "linux")]
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps this process to one core.
#[cfg(target_os = "linux")]
pub(crate) fn pin(core: usize) -> io::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

/// The last and the first of those that this process may run on.
#[cfg(target_os = "linux")]
pub(crate) fn find() -> io::Result<(usize, usize)> {
    let set = sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core));
    let first = cores.next().unwrap_or(0);
    Ok((cores.next_back().unwrap_or(first), first))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn pin(_core: usize) -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn find() -> io::Result<(usize, usize)> {
    Ok((0, 0))
}
