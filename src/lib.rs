//! mpconn

mod address;
mod authkey;
mod client;
pub mod codec;
mod connection;
mod error;
pub mod frame;
pub mod handshake;
pub mod listener;
mod login;
pub mod pickle;
mod random;
mod sys;
mod transport;
mod wait;

use std::time::Duration;

pub use address::{Address, Family, ParseAddressError};
pub use authkey::AuthKey;
pub use client::{Connect, connect};
pub use connection::{Connection, Receiver, Sender};
pub use error::{Error, Result};
pub use listener::Listener;
pub use pickle::Value;
pub use wait::{Waitable, wait};

/// How long a handshake may take unless told otherwise: `CONNECTION_TIMEOUT` in
/// CPython's `multiprocessing/connection.py`.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
