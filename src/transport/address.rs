//! Addresses as the system has them.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::net::{SocketAddrAny, SocketAddrUnix};

use crate::Address;

/// Returns the address of a socket; `None` where it has no name, as that of a client as a rule.
pub(crate) fn of(address: &SocketAddrAny) -> Option<Address> {
    if let Ok(inet) = SocketAddr::try_from(address.clone()) {
        return Some(inet.into());
    }
    let unix = SocketAddrUnix::try_from(address.clone()).ok()?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(name) = unix.abstract_name() {
        return (!name.is_empty()).then(|| Address::abstract_name(name));
    }
    let path = unix.path()?;
    match path.to_bytes() {
        [] => None,
        path => Some(Path::new(OsStr::from_bytes(path)).into()),
    }
}
