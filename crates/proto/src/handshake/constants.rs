//! What is the same in every handshake: fixed messages, and lengths.

/// The prefix of a challenge.
pub const CHALLENGE: &[u8] = b"#CHALLENGE#";
/// The answer to a right response.
pub const WELCOME: &[u8] = b"#WELCOME#";
/// The answer to a wrong response.
pub const FAILURE: &[u8] = b"#FAILURE#";
/// Bytes that a message of the handshake has at most: `recv_bytes(256)` in
/// CPython's `deliver_challenge` and `answer_challenge`.
pub const MAX_MESSAGE: u64 = 256;

/// Random bytes in a challenge of Python 3.12 on.
pub(crate) const RANDOM_LEN: usize = 40;
