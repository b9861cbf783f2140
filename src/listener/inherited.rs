//! Sockets that the process was started with, by systemd's protocol.

use std::os::fd::{OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Cause, Error, Result};
use crate::sys;

/// The number of the first one: `SD_LISTEN_FDS_START`.
const FIRST: RawFd = 3;

/// A socket from [`inherited_sockets`].
#[derive(Debug)]
#[non_exhaustive]
pub struct InheritedSocket {
    /// The socket, for [`ListenerBuilder::socket`](crate::os::unix::ListenerBuilderExt::socket).
    pub fd: OwnedFd,
    /// Its name (`FileDescriptorName=` in the unit file, from `LISTEN_FDNAMES`), or empty.
    pub name: String,
}

/// The sockets that systemd, or another program that does as it does, passed to this
/// process: `LISTEN_FDS`, `LISTEN_PID`, `LISTEN_FDNAMES`. Without them there are none.
/// They can be taken once.
///
/// # Errors
/// Fails if the variables make no sense, or the descriptors that they name are not open.
pub fn inherited_sockets() -> Result<Vec<InheritedSocket>> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    let variable = |name| std::env::var(name).ok();
    let count = match count(variable("LISTEN_PID"), variable("LISTEN_FDS"))? {
        0 => return Ok(Vec::new()),
        count => count,
    };
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Err(Cause::Usage("the sockets of LISTEN_FDS were taken before".into()).into());
    }
    let names = variable("LISTEN_FDNAMES").unwrap_or_default();
    let names = names.split(':').chain(std::iter::repeat(""));
    (FIRST..FIRST + count)
        .zip(names)
        .map(|(number, name)| {
            let fd = sys::adopt(number).map_err(|e| {
                Error::io(
                    format!("LISTEN_FDS names descriptor {number}, which is not open"),
                    e,
                )
            })?;
            let name = name.to_owned();
            Ok(InheritedSocket { fd, name })
        })
        .collect()
}

/// Returns how many sockets are meant for this process.
fn count(pid: Option<String>, fds: Option<String>) -> Result<i32> {
    let (Some(pid), Some(fds)) = (pid, fds) else {
        return Ok(0);
    };
    // Variables that a parent got and passed on are not ours.
    if pid.parse() != Ok(std::process::id()) {
        return Ok(0);
    }
    match fds.parse() {
        Ok(count @ 0..1024) => Ok(count),
        _ => Err(Cause::Usage(format!(
            "LISTEN_FDS is {fds:?}, which is no number of sockets"
        ))
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_meant_for_this_process_counts() {
        let me = Some(std::process::id().to_string());
        assert_eq!(count(me.clone(), Some("2".into())).unwrap(), 2);
        assert_eq!(count(Some("1".into()), Some("2".into())).unwrap(), 0);
        assert_eq!(count(None, Some("2".into())).unwrap(), 0);
        assert_eq!(count(me.clone(), None).unwrap(), 0);
        assert!(count(me.clone(), Some("-1".into())).is_err());
        assert!(count(me, Some("many".into())).is_err());
    }
}
