//! Errors of the handshake, each with a hint on what to do.

use std::io::{self, ErrorKind};

use super::constants::MAX_MESSAGE;
use crate::{escaped, sniff};

/// The step of a handshake: the message that it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The peer's challenge.
    Challenge,
    /// The peer's response to our challenge.
    Response,
    /// The peer's verdict on our response.
    Verdict,
    /// The peer's reading of our verdict, the last message of the handshake.
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

    /// Returns what it most likely means if the peer goes silent or closes the connection now.
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

/// An error of the handshake. Python raises `AuthenticationError`, `EOFError` or `OSError`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The peer's proof was wrong: it has another key ("digest received was wrong").
    #[error("wrong key: the peer's authkey is not ours; give both ends the same authkey")]
    WrongKey,
    /// The peer rejected our proof ("digest sent was rejected").
    #[error(
        "our key was rejected: the peer's authkey is another one, or it does not accept the digest {digest}; give both ends the same authkey"
    )]
    #[non_exhaustive]
    Rejected {
        /// The digest of our response; `md5` for a peer with Python 2.7 to 3.11.
        digest: String,
    },
    /// The peer has no key: it sent an object instead of a message of the handshake.
    #[error(
        "the peer has no key: it sent an object instead of {}; give it this authkey, or take the key away here",
        .phase.awaited()
    )]
    #[non_exhaustive]
    PeerHasNoKey {
        /// The message that was due.
        phase: Phase,
    },
    /// The peer sent a challenge and we have no key.
    #[error("the peer wants a key and there is none here; give the peer's authkey")]
    PeerWantsKey,
    /// The peer uses a digest that is unknown or that the policy does not allow.
    #[error(
        "digest refused: the peer uses {name:?}, which this policy does not allow; known are md5 (not in a modern-only policy), sha256, sha384, sha3_256, sha3_384"
    )]
    #[non_exhaustive]
    DigestRefused {
        /// The digest's name on the wire.
        name: String,
    },
    /// The peer is an older Python than the policy allows.
    #[error(
        "digest refused: the peer speaks the handshake of Python 2.7 to 3.11 (unprefixed {digest}); allow it with the policy `{}`, or upgrade the peer to 3.12",
        if *.digest == "md5" { "compatible" } else { "rhel" }
    )]
    #[non_exhaustive]
    LegacyRefused {
        /// The digest that such a peer uses.
        digest: &'static str,
    },
    /// The challenge has fewer than 20 random bytes, too few to be safe.
    #[error(
        "challenge too short: {len} bytes, at least 20 are needed; the peer is not CPython, or someone is in between"
    )]
    #[non_exhaustive]
    ChallengeTooShort {
        /// Number of bytes after `#CHALLENGE#`.
        len: usize,
    },
    /// The challenge is neither 20 bytes long nor names a digest.
    #[error(
        "unsupported challenge: neither the 20 bytes of Python 2.7 to 3.11 nor the {{digest}} of 3.12 on"
    )]
    UnknownDialect,
    /// The peer speaks another protocol.
    #[error("not multiprocessing.connection: {looks_like}; check the address and the port")]
    #[non_exhaustive]
    NotThisProtocol {
        /// A description of its first bytes, with a quotation.
        looks_like: String,
    },
    /// The peer sent a message that was not due.
    #[error("protocol error: {expected} was due, {got} came")]
    #[non_exhaustive]
    Unexpected {
        /// The message that was due.
        expected: &'static str,
        /// The beginning of the message.
        got: String,
    },
    /// The peer sent a challenge that another connection of this process had sent, to have it answered
    /// in its place.
    #[error(
        "reflected challenge: the peer sent a challenge that a connection of this process has \
         sent, to have it answered in its place; it has not shown that it knows the key: check \
         the address, and which program is there"
    )]
    Reflected,
    /// The peer sent a message that is too long for the handshake.
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
    /// The next message did not arrive before the deadline.
    #[error("the peer went silent{}", missing(*.phase, *.arrived, ": no sign of", " in time"))]
    #[non_exhaustive]
    Silent {
        /// The message that was due.
        phase: Phase,
        /// Bytes of that message, or of its header, that have arrived, and how many it has in all;
        /// `None` if nothing has.
        arrived: Option<(u64, u64)>,
    },
    /// The peer closed the connection.
    #[error("the peer closed the connection{}", missing(*.phase, *.arrived, " before", ""))]
    #[non_exhaustive]
    Closed {
        /// The message that was due.
        phase: Phase,
        /// Bytes of that message, or of its header, that have arrived, and how many it has in all;
        /// `None` if nothing has.
        arrived: Option<(u64, u64)>,
    },
    /// Reading or writing failed, and not because the peer closed the connection.
    #[error(
        "the connection failed before {}: {reason}; check the network to the peer",
        .phase.awaited()
    )]
    #[non_exhaustive]
    ConnectionFailed {
        /// The message that was due.
        phase: Phase,
        /// The operating system's message.
        reason: String,
    },
    /// There was no memory for a message.
    #[error("out of memory: there is no room for a message of the handshake")]
    OutOfMemory,
}

/// Describes what is missing when the peer goes silent or closes the connection.
fn missing(phase: Phase, arrived: Option<(u64, u64)>, before: &str, after: &str) -> String {
    let (awaited, hint) = (phase.awaited(), phase.hint());
    match arrived {
        None => format!("{before} {awaited}{after}; {hint}"),
        // It has begun to answer, so that a missing key is not the reason.
        Some((got, len)) => format!(
            " after {got} of {len} bytes of {awaited}; look at the peer's own error, and at the \
             network between"
        ),
    }
}

impl HandshakeError {
    /// Makes the error for bytes of another protocol. With more of the first bytes, its guess at the
    /// protocol is better.
    pub fn not_this_protocol(first_bytes: &[u8]) -> Self {
        HandshakeError::NotThisProtocol {
            looks_like: sniff::describe(first_bytes),
        }
    }

    /// Makes the error for a deadline that has passed.
    pub fn silent(phase: Phase) -> Self {
        let arrived = None;
        HandshakeError::Silent { phase, arrived }
    }

    /// Makes the error for a peer that has closed the connection.
    pub fn closed(phase: Phase) -> Self {
        let arrived = None;
        HandshakeError::Closed { phase, arrived }
    }

    /// Makes the error for a failed read or write. A reset and a broken pipe mean that the peer has
    /// [closed](Self::closed) the connection.
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

    /// Adds to [`silent`](Self::silent) and [`closed`](Self::closed) how much of the message has
    /// arrived, as [`Decoder::arrived`](crate::frame::Decoder::arrived) returns it. Leaves other errors
    /// unchanged.
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

    /// Sets the phase in which the connection ended.
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

    /// Makes the error for a message that was not due in this phase.
    pub(crate) fn out_of_place(phase: Phase, expected: &'static str, got: &[u8]) -> Self {
        if sniff::is_pickle(got) {
            HandshakeError::PeerHasNoKey { phase }
        } else {
            HandshakeError::unexpected(expected, got)
        }
    }

    /// Returns whether either end found that the keys differ.
    pub fn is_wrong_key(&self) -> bool {
        matches!(
            self,
            HandshakeError::WrongKey | HandshakeError::Rejected { .. }
        )
    }
}
