//! Which cores processes run on. Linux only: elsewhere the system decides.

use std::io;

#[cfg(target_os = "linux")]
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Where the two processes of a comparison run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// Both on one core: what they cost, without what waking another core costs.
    One,
    /// One each.
    Two,
}

impl Cores {
    /// Returns what a claim's name ends in.
    pub fn suffix(self) -> &'static str {
        match self {
            Cores::One => "",
            Cores::Two => ", two cores",
        }
    }
}

/// Keeps this process to one core.
///
/// # Errors
/// Fails if the system refuses.
#[cfg(target_os = "linux")]
pub fn pin(core: usize) -> io::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

/// Returns the last and the first core that this process may run on.
///
/// # Errors
/// Fails if the system does not tell.
#[cfg(target_os = "linux")]
pub fn find() -> io::Result<(usize, usize)> {
    let set = sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core));
    let first = cores.next().unwrap_or(0);
    Ok((cores.next_back().unwrap_or(first), first))
}

/// Does nothing here.
///
/// # Errors
/// Never fails.
#[cfg(not(target_os = "linux"))]
pub fn pin(_core: usize) -> io::Result<()> {
    Ok(())
}

/// Returns two numbers that mean nothing here.
///
/// # Errors
/// Never fails.
#[cfg(not(target_os = "linux"))]
pub fn find() -> io::Result<(usize, usize)> {
    Ok((0, 0))
}
