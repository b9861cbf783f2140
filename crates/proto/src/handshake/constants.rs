//! Fixed messages and lengths of the handshake.

/// The beginning of every challenge.
pub const CHALLENGE: &[u8] = b"#CHALLENGE#";
/// The verdict on a correct response.
pub const WELCOME: &[u8] = b"#WELCOME#";
/// The verdict on a wrong response.
pub const FAILURE: &[u8] = b"#FAILURE#";
/// The longest message of the handshake, in bytes: `recv_bytes(256)` in
/// CPython's `deliver_challenge` and `answer_challenge`.
pub const MAX_MESSAGE: u64 = 256;

/// Number of random bytes in a challenge since Python 3.12.
pub(crate) const RANDOM_LEN: usize = 40;
