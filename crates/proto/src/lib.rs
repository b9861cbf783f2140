//! The protocol of CPython's `multiprocessing.connection`, without I/O.
//!
//! No module touches a socket, a clock or a thread: bytes and times go in, bytes and decisions come
//! out. Most programs want the crate `mpconn`, which drives sockets with it. Use this crate to write
//! a driver of your own, for an event loop, an async runtime or another transport.
//!
//! | module | decides |
//! |---|---|
//! | [`admission`] | which client a listener accepts next, and which one it evicts when all slots are taken |
//! | [`handshake`] | how both ends prove that they know the key; [`handshake::Stream`] runs it on a byte stream |
//! | [`connection`] | how messages are received and sent, and within which limits; [`connection::Link`] is for event loops |
//! | [`frame`] | where messages begin and end |
//!
//! The example `event_loop` is a complete driver in less than 200 lines.

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

/// The examples of README.md, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

use std::time::Duration;

pub use address::{Address, Family, ParseAddressError};
pub use authkey::{AuthKey, IntoAuthKey};
pub use mpconn_escape::escaped;

/// The longest time that a handshake may take by default: `CONNECTION_TIMEOUT` in
/// CPython's `multiprocessing/connection.py`.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
