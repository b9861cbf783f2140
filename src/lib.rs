//! mpconn
mod authkey;
pub mod frame;
pub mod handshake;
pub mod pickle;
pub use authkey::AuthKey;
pub use pickle::Value;
