//! The rules of CPython's `multiprocessing.connection` without I/O.
//!
//! No module touches a socket, a clock or a thread: bytes and times go in, bytes and decisions come
//! out. The crate `mpconn` has the drivers that most programs want; what is here is for a driver of
//! your own: an event loop, a runtime, a transport.
//!
//! | module | decides |
//! |---|---|
//! | [`admission`] | which client a listener accepts, who gets a slot, who loses it |
//! | [`handshake`] | how both ends prove that they know the key; [`handshake::Stream`] does so on a stream |
//! | [`connection`] | what is received and sent, within which limits; [`connection::Link`] for event loops |
//! | [`frame`] | where messages begin and end |
//!
//! The example `event_loop` is a whole driver in less than 200 lines.

mod address;
pub mod admission;
mod authkey;
mod budget;
pub mod connection;
pub mod frame;
pub mod handshake;
#[cfg(feature = "manager")]
pub mod manager;
#[doc(hidden)]
pub mod random;
#[doc(hidden)]
pub mod sniff;

/// The examples of README.md, compiled and run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

use std::time::Duration;

pub use address::{Address, Family, ParseAddressError};
pub use authkey::{AuthKey, IntoAuthKey};
pub use mpconn_escape::escaped;

/// How long a handshake may take by default: `CONNECTION_TIMEOUT` in
/// CPython's `multiprocessing/connection.py`.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
