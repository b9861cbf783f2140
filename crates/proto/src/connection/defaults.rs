//! Limits of a connection where nobody sets others.

/// The longest message that is received by default where the peer has proved that it knows the
/// key: 1 GiB. Python has no limit.
pub const DEFAULT_MAX_MESSAGE_LEN: u64 = 1 << 30;

/// The longest message that is received by default where no handshake has taken place, since anyone
/// may be at the other end: 64 MiB.
pub const DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY: u64 = 64 << 20;
