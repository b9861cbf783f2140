//! Every way for a handshake to fail, each in words of its own.

use crate::sniff;

/// Where a handshake stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Waiting for the peer's challenge.
    Challenge,
    /// Waiting for the peer's response to our challenge.
    Response,
    /// Waiting for the peer's verdict on our response.
    Verdict,
}

impl Phase {
    fn awaited(self) -> &'static str {
        match self {
            Phase::Challenge => "its challenge",
            Phase::Response => "its response to our challenge",
            Phase::Verdict => "its verdict on our response",
        }
    }

    /// What the silence or the parting of a peer most likely means here.
    fn hint(self) -> &'static str {
        match self {
            Phase::Challenge => {
                "a listener without authkey sends none: connect without a key, or start it with one"
            }
            Phase::Response => {
                "a client without authkey never responds: give it the key of this listener"
            }
            Phase::Verdict => "look at the peer's own error; it may be stuck or have been ended",
        }
    }
}

/// Why a handshake failed. Python has `AuthenticationError` (or `EOFError`,
/// `OSError`) for all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The peer's proof was wrong: its key is not ours ("digest received was wrong").
    #[error("wrong key: the peer's authkey is not ours; give both ends the same authkey")]
    WrongKey,
    /// The peer said that our proof was wrong ("digest sent was rejected").
    #[error(
        "our key was rejected: the peer's authkey is another one, or it does not accept the digest {digest}; give both ends the same authkey"
    )]
    #[non_exhaustive]
    Rejected {
        /// What we responded with, `md5` towards Python 2.7 to 3.11.
        digest: String,
    },
    /// The peer sends objects where a handshake is due.
    #[error(
        "the peer has no key: it sent an object instead of {}; give it this authkey, or take the key away here",
        .phase.awaited()
    )]
    #[non_exhaustive]
    PeerHasNoKey {
        /// What should have come.
        phase: Phase,
    },
    /// The peer demands a proof and we have no key.
    #[error("the peer wants a key and there is none here; give the authkey of the peer")]
    PeerWantsKey,
    /// A digest that the policy does not allow, or that nobody knows.
    #[error(
        "digest refused: the peer uses {name:?}, which this policy does not allow; known are md5 (not in a modern-only policy), sha256, sha384, sha3_256, sha3_384"
    )]
    #[non_exhaustive]
    DigestRefused {
        /// Its name on the wire.
        name: String,
    },
    /// The MAC or challenge of an older Python than the policy allows.
    #[error(
        "digest refused: the peer speaks the handshake of Python 2.7 to 3.11 (unprefixed {digest}); allow it with the policy `{}`, or upgrade the peer to 3.12",
        if *.digest == "md5" { "compatible" } else { "rhel" }
    )]
    #[non_exhaustive]
    LegacyRefused {
        /// The digest that such a peer uses.
        digest: &'static str,
    },
    /// Too few random bytes to be safe: less than 20.
    #[error(
        "challenge too short: {len} bytes, at least 20 are needed; the peer is no CPython, or somebody is in between"
    )]
    #[non_exhaustive]
    ChallengeTooShort {
        /// Bytes after `#CHALLENGE#`.
        len: usize,
    },
    /// A challenge that is neither 20 bytes long nor names a digest.
    #[error(
        "unsupported challenge: neither the 20 bytes of Python 2.7 to 3.11 nor the {{digest}} of 3.12 on"
    )]
    UnknownDialect,
    /// The bytes are of another protocol.
    #[error("not multiprocessing.connection: {looks_like}; check the address and the port")]
    #[non_exhaustive]
    NotThisProtocol {
        /// What they look like, with the first of them.
        looks_like: String,
    },
    /// A message that has no place in the handshake.
    #[error("protocol error: {expected} was due, {got} came")]
    #[non_exhaustive]
    Unexpected {
        /// What should have come.
        expected: &'static str,
        /// The beginning of what did.
        got: String,
    },
    /// Nothing came before the deadline.
    #[error("the peer went silent: no sign of {} in time; {}", .phase.awaited(), .phase.hint())]
    #[non_exhaustive]
    Silent {
        /// What it owes.
        phase: Phase,
    },
    /// The peer closed the connection.
    #[error("the peer closed the connection before {}; {}", .phase.awaited(), .phase.hint())]
    #[non_exhaustive]
    Closed {
        /// What it owes.
        phase: Phase,
    },
}

impl HandshakeError {
    /// The error for bytes that are no frame of this protocol at all; the more of
    /// the first bytes are at hand the better it can name what they are.
    pub fn not_this_protocol(first_bytes: &[u8]) -> Self {
        HandshakeError::NotThisProtocol {
            looks_like: sniff::describe(first_bytes),
        }
    }

    /// The error for a driver whose deadline has passed.
    pub fn silent(phase: Phase) -> Self {
        HandshakeError::Silent { phase }
    }

    /// The error for a driver whose peer has closed the connection.
    pub fn closed(phase: Phase) -> Self {
        HandshakeError::Closed { phase }
    }

    pub(crate) fn unexpected(expected: &'static str, got: &[u8]) -> Self {
        HandshakeError::Unexpected {
            expected,
            got: sniff::quote(got),
        }
    }

    /// The error for a message that is not what `phase` waits for.
    pub(crate) fn out_of_place(phase: Phase, expected: &'static str, got: &[u8]) -> Self {
        if sniff::is_pickle(got) {
            HandshakeError::PeerHasNoKey { phase }
        } else {
            HandshakeError::unexpected(expected, got)
        }
    }

    /// Whether the two keys differ, as told by either end.
    pub fn is_wrong_key(&self) -> bool {
        matches!(
            self,
            HandshakeError::WrongKey | HandshakeError::Rejected { .. }
        )
    }
}
