//! The messages of the handshake.

use super::digest::{Dialect, Digest};
use super::error::HandshakeError;
use super::policy::Policy;

/// What a challenge begins with.
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
/// The challenge of Python 2.7 to 3.11: random bytes without a prefix.
const LEGACY_CHALLENGE_LEN: usize = 20;

/// The longest name between braces.
const MAX_NAME: usize = 8;

/// `{name}rest` taken apart: CPython's `_get_digest_name_and_payload`.
pub(crate) fn split_prefix(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = message.strip_prefix(b"{")?;
    let end = inner.iter().take(MAX_NAME + 1).position(|&b| b == b'}')?;
    Some((&inner[..end], &inner[end + 1..]))
}

/// What a challenge (after its `#CHALLENGE#`) asks for.
pub(crate) fn challenge_dialect(
    challenge: &[u8],
    policy: &Policy,
) -> Result<Dialect, HandshakeError> {
    if challenge.len() < LEGACY_CHALLENGE_LEN {
        return Err(HandshakeError::ChallengeTooShort {
            len: challenge.len(),
        });
    }
    if challenge.len() == LEGACY_CHALLENGE_LEN {
        return policy
            .unprefixed()
            .ok_or(HandshakeError::LegacyRefused { digest: "md5" });
    }
    let (name, _) = split_prefix(challenge).ok_or(HandshakeError::UnknownDialect)?;
    named(name, policy)
}

/// Which dialect a response is in, and its MAC.
pub(crate) fn parse_response<'a>(
    response: &'a [u8],
    policy: &Policy,
) -> Result<(Dialect, &'a [u8]), HandshakeError> {
    if let Some(dialect) = policy.unprefixed()
        && response.len() == dialect.digest().output_len()
    {
        return Ok((dialect, response));
    }
    if let Some((name, mac)) = split_prefix(response) {
        return Ok((named(name, policy)?, mac));
    }
    // The lengths of unprefixed MACs of policies other than this one.
    match response.len() {
        16 => Err(HandshakeError::LegacyRefused { digest: "md5" }),
        32 => Err(HandshakeError::LegacyRefused { digest: "sha256" }),
        _ => Err(HandshakeError::unexpected("a response", response)),
    }
}

fn named(name: &[u8], policy: &Policy) -> Result<Dialect, HandshakeError> {
    match Digest::from_name(name) {
        Some(digest) if policy.allows(digest) => Ok(Dialect::modern(digest)),
        _ => Err(HandshakeError::DigestRefused {
            name: String::from_utf8_lossy(name).into_owned(),
        }),
    }
}
