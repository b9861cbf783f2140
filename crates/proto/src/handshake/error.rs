//! Every way for a handshake to fail, each in words of its own.

use std::io::{self, ErrorKind};

use super::constants::MAX_MESSAGE;
use crate::{escaped, sniff};

/// The step of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Waiting for the peer's challenge.
    Challenge,
    /// Waiting for the peer's response to our challenge.
    Response,
    /// Waiting for the peer's verdict on our response.
    Verdict,
    /// Waiting for the peer to take our verdict, which is the last message of a handshake.
    Ending,
}

impl Phase {
    fn awaited(self) -> &'static str {
        match self {
            Phase::Challenge => "its challenge",
            Phase::Response => "its response to our challenge",
            Phase::Verdict => "its verdict on our response",
            Phase::Ending => "its reading of our verdict",
        }
    }

    /// Returns what the silence or the end of a peer most likely means here.
    fn hint(self) -> &'static str {
        match self {
            Phase::Challenge => {
                "a listener without authkey sends none: connect without a key, or start it with one"
            }
            Phase::Response => {
                "a client without authkey never responds: give it the key of this listener"
            }
            Phase::Verdict | Phase::Ending => {
                "look at the peer's own error; it may be stuck or have been ended"
            }
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
        /// The digest of our response, `md5` to Python 2.7 to 3.11.
        digest: String,
    },
    /// The peer sends objects where a handshake is due.
    #[error(
        "the peer has no key: it sent an object instead of {}; give it this authkey, or take the key away here",
        .phase.awaited()
    )]
    #[non_exhaustive]
    PeerHasNoKey {
        /// The message that was due.
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
        /// A description of them, with the first ones.
        looks_like: String,
    },
    /// A message that has no place in the handshake.
    #[error("protocol error: {expected} was due, {got} came")]
    #[non_exhaustive]
    Unexpected {
        /// The message that was due.
        expected: &'static str,
        /// The beginning of what did.
        got: String,
    },
    /// A challenge that another connection of this process has sent: the peer does not know
    /// the key and wants it answered for it.
    #[error(
        "reflected challenge: the peer sent a challenge that a connection of this process has \
         sent, to have it answered in its place; it has not shown that it knows the key: check \
         the address, and who is at it"
    )]
    Reflected,
    /// A message that is longer than any of the handshake.
    #[error(
        "protocol error: a message of {len} bytes came instead of {}, where the handshake has at \
         most {MAX_MESSAGE}; the peer has no key, or speaks another protocol: check its authkey \
         and the address", .phase.awaited()
    )]
    #[non_exhaustive]
    MessageTooLong {
        /// Its length.
        len: u64,
        /// The message that was due.
        phase: Phase,
    },
    /// The message that was due did not come before the deadline.
    #[error("the peer went silent{}", missing(*.phase, *.arrived, ": no sign of", " in time"))]
    #[non_exhaustive]
    Silent {
        /// The message that is due.
        phase: Phase,
        /// Number of bytes that came, and the number of bytes of that message or of its length; `None` if
        /// nothing has.
        arrived: Option<(u64, u64)>,
    },
    /// The peer closed the connection.
    #[error("the peer closed the connection{}", missing(*.phase, *.arrived, " before", ""))]
    #[non_exhaustive]
    Closed {
        /// The message that is due.
        phase: Phase,
        /// Number of bytes that came, and the number of bytes of that message or of its length; `None` if
        /// nothing has.
        arrived: Option<(u64, u64)>,
    },
    /// Reading or writing failed for another reason than the peer's going: the network, say.
    #[error(
        "the connection failed before {}: {reason}; check the network to the peer",
        .phase.awaited()
    )]
    #[non_exhaustive]
    ConnectionFailed {
        /// The message that is due from the peer.
        phase: Phase,
        /// The system's words.
        reason: String,
    },
    /// The system had no memory for what came.
    #[error("out of memory: there is no room for a message of the handshake")]
    OutOfMemory,
}

/// The message that is due from a peer that is silent or gone, and how much of it came.
fn missing(phase: Phase, arrived: Option<(u64, u64)>, before: &str, after: &str) -> String {
    let (awaited, hint) = (phase.awaited(), phase.hint());
    match arrived {
        None => format!("{before} {awaited}{after}; {hint}"),
        // It has begun to answer, so that it needs no key.
        Some((got, len)) => format!(
            " after {got} of {len} bytes of {awaited}; look at the peer's own error, and at the \
             network between"
        ),
    }
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
        let arrived = None;
        HandshakeError::Silent { phase, arrived }
    }

    /// The error for a driver whose peer has closed the connection.
    pub fn closed(phase: Phase) -> Self {
        let arrived = None;
        HandshakeError::Closed { phase, arrived }
    }

    /// The error for a driver whose reading or writing has failed. A reset and a broken pipe are
    /// ways for the peer to [close](Self::closed).
    pub(crate) fn connection_failed(phase: Phase, error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof
            | ErrorKind::WriteZero => HandshakeError::closed(phase),
            _ => HandshakeError::ConnectionFailed {
                phase,
                reason: escaped(&error.to_string()).to_string(),
            },
        }
    }

    /// Adds to [`silent`](Self::silent) and [`closed`](Self::closed) how many bytes of how many
    /// have come of the message that is due:
    /// [`Decoder::arrived`](crate::frame::Decoder::arrived). Other errors stay as they are.
    ///
    /// ```
    /// use mpconn_proto::handshake::{HandshakeError, Phase};
    ///
    /// let error = HandshakeError::closed(Phase::Response).midway(Some((5, 44)));
    /// assert!(error.to_string().contains("after 5 of 44 bytes of its response"));
    /// ```
    #[must_use]
    pub fn midway(mut self, bytes: Option<(u64, u64)>) -> Self {
        if let HandshakeError::Silent { arrived, .. } | HandshakeError::Closed { arrived, .. } =
            &mut self
        {
            *arrived = bytes;
        }
        self
    }

    /// Changes the phase in which the connection ended.
    pub(super) fn in_phase(mut self, now: Phase) -> Self {
        if let HandshakeError::Closed { phase, .. }
        | HandshakeError::ConnectionFailed { phase, .. } = &mut self
        {
            *phase = now;
        }
        self
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

    /// Returns whether the two keys differ, as told by either end.
    pub fn is_wrong_key(&self) -> bool {
        matches!(
            self,
            HandshakeError::WrongKey | HandshakeError::Rejected { .. }
        )
    }
}
