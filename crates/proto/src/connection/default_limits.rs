//! The default limits of a connection.

/// The longest message received by default from a peer that has proved that it knows the key: 1 GiB.
/// Python has no limit.
pub const DEFAULT_MAX_MESSAGE_LEN: u64 = 1 << 30;

/// The longest message received by default without a handshake: 64 MiB. Anyone may be at the other
/// end.
pub const DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY: u64 = 64 << 20;
