//! mpconn
mod authkey;
pub mod frame;
pub mod handshake;
pub use authkey::AuthKey;
