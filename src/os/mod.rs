//! What belongs to one system: extension traits for the types of the crate's root.

#[cfg(unix)]
pub mod unix;
