//! What a listener tells of beside the connections that it hands out.

use std::fmt;

use crate::Address;
use crate::error::Error;

/// Something that happened to a client, or to accepting as such. None of it ends the
/// listener.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A client did not authenticate: a wrong key, another protocol, silence until
    /// the deadline.
    #[non_exhaustive]
    HandshakeFailed {
        /// Where it is, if that is known.
        peer: Option<&'a Address>,
        /// The tag of the address that it came to.
        tag: u64,
        /// Why.
        error: &'a Error,
    },
    /// A client had not finished its handshake when its slot was needed: more than
    /// `max_pending` were at it, or the descriptors ran out.
    #[non_exhaustive]
    Evicted {
        /// Where it is, if that is known.
        peer: Option<&'a Address>,
        /// The tag of the address that it came to.
        tag: u64,
    },
    /// A connection could not be accepted: out of descriptors, most likely. It is tried
    /// again.
    #[non_exhaustive]
    AcceptFailed {
        /// The tag of the address that it came to.
        tag: u64,
        /// Why.
        error: &'a Error,
    },
}

/// Writes one line, in which text of the client and the system is escaped
/// ([`escaped`](crate::escaped)).
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::HandshakeFailed { error, .. } => error.fmt(f),
            Event::Evicted { peer, .. } => {
                f.write_str("gave up an unfinished handshake")?;
                if let Some(peer) = peer {
                    write!(f, " with {peer}")?;
                }
                f.write_str(" to make room for newer clients")
            }
            Event::AcceptFailed { error, .. } => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::HandshakeError;

    #[test]
    fn paths_of_clients_steer_no_terminal() {
        let peer = Address::unix("/a\x1b[2J\u{9b}31m\r\n#1 opened\u{202e}");
        let error = Error::handshake(Some(&peer), HandshakeError::WrongKey);
        let peer = Some(&peer);
        let events = [
            Event::Evicted { peer, tag: 0 },
            Event::HandshakeFailed {
                peer,
                tag: 0,
                error: &error,
            },
        ];
        for event in events {
            let line = event.to_string();
            assert!(
                line.contains("/a\\x1b[2J\\x9b31m\\r\\n#1 opened\\u202e"),
                "{line}"
            );
            assert_eq!(crate::escaped(&line), line);
        }
    }
}
