//! What happens at a listener beside the connections that it returns.

use std::fmt;
use std::time::Duration;

use crate::Address;
use crate::error::Error;

/// Something that happened to a client, or while accepting, for
/// [`ListenerBuilder::on_event`](super::ListenerBuilder::on_event). No event ends the listener.
#[derive(Debug)]
#[non_exhaustive]
pub enum ListenerEvent<'a> {
    /// A client has connected and was accepted; its handshake begins.
    #[non_exhaustive]
    Connected {
        /// Its address, if that is known.
        peer: Option<&'a Address>,
        /// The tag of the address that it came to.
        tag: u64,
    },
    /// A client has finished its handshake, or needs none, and its connection waits to be handed out.
    #[non_exhaustive]
    Accepted {
        /// Its address, if that is known.
        peer: Option<&'a Address>,
        /// The tag of the address that it came to.
        tag: u64,
    },
    /// More clients come than the slots carry: some are evicted, or wait for longer than the time in
    /// which a good client answers. See [`max_pending`](super::ListenerBuilder::max_pending).
    SheddingBegan,
    /// No client had to be evicted for a second.
    #[non_exhaustive]
    SheddingEnded {
        /// The number of clients that were evicted in that time.
        evicted: u64,
        /// Time from its beginning to the last eviction.
        lasted: Duration,
    },
    /// A client did not authenticate: a wrong key, another protocol, silence until the deadline, or it left.
    #[non_exhaustive]
    HandshakeFailed {
        /// Its address, if that is known.
        peer: Option<&'a Address>,
        /// The tag of the address that it came to.
        tag: u64,
        /// Why.
        error: &'a Error,
    },
    /// A client was evicted before its handshake was finished: more than `max_pending` clients were at
    /// theirs, or the descriptors ran out.
    #[non_exhaustive]
    Evicted {
        /// Its address, if that is known.
        peer: Option<&'a Address>,
        /// The tag of the address that it came to.
        tag: u64,
    },
    /// A connection could not be accepted, mostly because descriptors ran out. It is tried again.
    #[non_exhaustive]
    AcceptFailed {
        /// The tag of the address that it came to.
        tag: u64,
        /// Why.
        error: &'a Error,
    },
}

fn from(f: &mut fmt::Formatter<'_>, peer: Option<&Address>) -> fmt::Result {
    match peer {
        Some(peer) => write!(f, " from {peer}"),
        None => Ok(()),
    }
}

impl ListenerEvent<'_> {
    /// Returns whether something failed: a client that did not authenticate, one that was evicted, or
    /// accepting as such. The others are news of clients that came.
    ///
    /// # Examples
    /// ```
    /// use mpconn::Listener;
    ///
    /// let report = |event: &mpconn::listener::ListenerEvent<'_>| {
    ///     if event.is_failure() {
    ///         eprintln!("{event}");
    ///     }
    /// };
    /// let listener = Listener::builder().address(("127.0.0.1", 0)).on_event(report).bind()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn is_failure(&self) -> bool {
        matches!(
            self,
            ListenerEvent::HandshakeFailed { .. }
                | ListenerEvent::Evicted { .. }
                | ListenerEvent::AcceptFailed { .. }
        )
    }
}

/// Writes one line, in which text of the client and the system is escaped
/// ([`escaped`](crate::escaped)).
impl fmt::Display for ListenerEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenerEvent::Connected { peer, .. } => {
                f.write_str("a client connected")?;
                from(f, *peer)
            }
            ListenerEvent::Accepted { peer, .. } => {
                f.write_str("accepted a connection")?;
                from(f, *peer)
            }
            ListenerEvent::SheddingBegan => f.write_str(
                "more clients come than there are slots for: those that do not answer are evicted",
            ),
            ListenerEvent::SheddingEnded {
                evicted, lasted, ..
            } => write!(
                f,
                "there are slots for all clients again; {evicted} were evicted in {lasted:.1?}"
            ),
            ListenerEvent::HandshakeFailed { error, .. } => error.fmt(f),
            ListenerEvent::Evicted { peer, .. } => {
                f.write_str("gave up an unfinished handshake")?;
                if let Some(peer) = peer {
                    write!(f, " with {peer}")?;
                }
                f.write_str(" to make room for newer clients")
            }
            ListenerEvent::AcceptFailed { error, .. } => error.fmt(f),
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
            ListenerEvent::Connected { peer, tag: 0 },
            ListenerEvent::Accepted { peer, tag: 0 },
            ListenerEvent::Evicted { peer, tag: 0 },
            ListenerEvent::HandshakeFailed {
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
