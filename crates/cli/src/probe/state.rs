//! What a visit can find.

/// What kind of server it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// It sent a challenge.
    Challenge,
    /// Nothing came, which is what a listener without a key does.
    Nothing,
    /// It sent a message at once.
    Message(Vec<u8>),
    /// A message of `len` bytes began, and no more than `got` of them came.
    Part { got: u64, len: u64 },
    /// It is no listener; what it looks like.
    Other(String),
    /// It closed the connection without a word.
    Closed,
}

/// What is to be said about the key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// There is none and none is asked for.
    NotNeeded,
    /// One is asked for and none was given.
    Missing,
    Fits,
    Wrong,
    /// A key was given, and nobody asked for it, or the other side fell silent.
    Unanswered,
    /// The handshake failed for another reason, which says nothing of the key.
    Untried,
}

impl Speaks {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Speaks::Challenge => "challenge",
            Speaks::Nothing => "silence",
            Speaks::Message(_) => "message",
            Speaks::Part { .. } => "part of a message",
            Speaks::Other(_) => "other protocol",
            Speaks::Closed => "closed",
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
            KeyState::NotNeeded => "none given, none asked for",
            KeyState::Missing => "none given: set MPCONN_AUTHKEY or --authkey-file to try one",
            KeyState::Fits => "fits",
            KeyState::Wrong => "does not fit",
            KeyState::Unanswered | KeyState::Untried => "could not be tried to the end",
        }
    }
}
