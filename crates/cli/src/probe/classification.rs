//! Kinds of servers, and what is known about the key.

/// The kind of a server, by the first thing it sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ServerKind {
    /// It sent a challenge.
    Challenge,
    /// It sent nothing, as a listener without a key does.
    Nothing,
    /// It sent a message at once.
    Message(Vec<u8>),
    /// It sent only `got` bytes of a message of `len`.
    Part { got: u64, len: u64 },
    /// It is not a listener; what it looks like.
    Other(String),
    /// It closed the connection without sending anything.
    Closed,
}

/// What is known about the key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// No key was given and none is required.
    NotNeeded,
    /// A key is required and none was given.
    Missing,
    Fits,
    Wrong,
    /// A key was given, but the server did not ask for one, or went silent.
    Unanswered,
    /// The handshake failed for a reason that says nothing about the key.
    Untried,
}

impl ServerKind {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ServerKind::Challenge => "challenge",
            ServerKind::Nothing => "silence",
            ServerKind::Message(_) => "message",
            ServerKind::Part { .. } => "part of a message",
            ServerKind::Other(_) => "other protocol",
            ServerKind::Closed => "closed",
        }
    }
}

impl KeyState {
    pub(super) fn name(&self) -> &'static str {
        match self {
            KeyState::NotNeeded => "not needed",
            KeyState::Missing => "missing",
            KeyState::Fits => "fits",
            KeyState::Wrong => "wrong",
            KeyState::Unanswered => "unanswered",
            KeyState::Untried => "untried",
        }
    }

    pub(super) fn text(&self) -> &'static str {
        match self {
            KeyState::NotNeeded => "none given, none required",
            KeyState::Missing => "none given: set MPCONN_AUTHKEY or --authkey-file to try one",
            KeyState::Fits => "works",
            KeyState::Wrong => "wrong",
            KeyState::Unanswered | KeyState::Untried => "could not be tested",
        }
    }
}
