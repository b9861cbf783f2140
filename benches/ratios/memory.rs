//! How much memory this process holds, in bytes, as Linux counts it.

use std::{fs, io};

/// Lets the peak start anew from what is held now, which is returned.
pub(crate) fn reset_peak() -> io::Result<u64> {
    fs::write("/proc/self/clear_refs", "5")?;
    status("VmRSS:")
}

/// The most that was held since.
pub(crate) fn peak() -> io::Result<u64> {
    status("VmHWM:")
}

fn status(field: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    status
        .lines()
        .filter_map(|line| line.strip_prefix(field))
        .find_map(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .map(|kib| kib * 1024)
        .ok_or_else(|| io::Error::other(format!("no {field} in /proc/self/status")))
}
