//! The authentication handshake: messages in, messages out, an outcome. No I/O.
//!
//! Each end challenges the other with random bytes and checks the HMAC of them
//! that comes back (`deliver_challenge` and `answer_challenge` in CPython's
//! `multiprocessing/connection.py`). The listener challenges first:
//!
//! ```text
//!        listener                                       client
//!   Deliver: ── #CHALLENGE#{sha256}<40 random bytes> ──▶ :Answer
//!            ◀────────────── {sha256}<MAC> ─────────────
//!            ──────── #WELCOME# or #FAILURE# ──────────▶
//!   Answer:  ◀─ #CHALLENGE#{sha256}<40 random bytes> ─── :Deliver
//!            ─────────────── {sha256}<MAC> ────────────▶
//!            ◀─────── #WELCOME# or #FAILURE# ───────────
//! ```
//!
//! Python 2.7 to 3.11 send 20 random bytes without a `{digest}` and answer with a
//! bare HMAC-MD5. The MAC is over the whole challenge, its `{digest}` included, so
//! that nobody in between can ask for a weaker one. A [`Policy`] says what is
//! offered, accepted and answered.
//!
//! A [`Handshake`] knows nothing of framing: a message is a message, whatever
//! carries it. It keeps no time either. A [`Stream`] adds both, and is what a driver of a socket
//! or a pipe wants; the module [`stream`] has its order of calls.
//!
//! # Reflection
//! A peer without the key could have our own challenge answered by another connection of ours:
//! a program that connects twice at once to a listener of an attacker's would authenticate it,
//! as CPython does. So a [`Handshake`] refuses a challenge that another one of the same role
//! has outstanding in this process ([`HandshakeError::Reflected`]). A client and a listener of
//! one process still connect to each other. It does not help against an attacker
//! in the middle who relays each message between a client and a listener that share a key, or
//! between two processes: authentication without encryption cannot.
//! [`Deliver`] and [`Answer`] by themselves, without a role, do not check.
//!
//! # Examples
//! ```
//! use mpconn_proto::{AuthKey, handshake::{Handshake, Policy}};
//!
//! let key = AuthKey::new(b"secret");
//! let mut listener = Handshake::listener(&key, &Policy::default());
//! let mut client = Handshake::client(&key, &Policy::default());
//! while listener.outcome().is_none() || client.outcome().is_none() {
//!     while let Some(message) = listener.poll_transmit() {
//!         client.handle_message(&message);
//!     }
//!     while let Some(message) = client.poll_transmit() {
//!         listener.handle_message(&message);
//!     }
//! }
//! let outcome = client.outcome().unwrap().as_ref().unwrap();
//! assert_eq!(outcome.peer_proof().digest().name(), "sha256");
//! ```

mod answer;
mod constants;
mod deliver;
mod digest;
mod error;
mod message;
mod outstanding;
mod policy;
pub mod stream;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use constants::{CHALLENGE, FAILURE, MAX_MESSAGE, WELCOME};
pub use deliver::Deliver;
pub use digest::{Dialect, Digest};
pub use error::{HandshakeError, Phase};
pub use message::{Challenge, ChallengeForm, Response};
pub use policy::Policy;
pub use stream::{Framing, Stream};

use crate::AuthKey;
use outstanding::Outstanding;

/// Both ends have proved that they know the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    peer: Dialect,
    own: Dialect,
}

impl Outcome {
    /// Returns how the peer proved its knowledge of the key to us.
    pub fn peer_proof(&self) -> Dialect {
        self.peer
    }

    /// Returns how we proved ours to it.
    pub fn own_proof(&self) -> Dialect {
        self.own
    }
}

/// The whole handshake of one end: the two halves in its order.
///
/// The module's documentation has the diagram and an example.
#[derive(Debug)]
pub struct Handshake {
    deliver: Deliver,
    answer: Answer,
    /// Which half is on.
    delivering: bool,
    is_listener: bool,
    /// Our challenge, until the end.
    outstanding: Option<Outstanding>,
    outcome: Option<Result<Outcome, HandshakeError>>,
}

impl Handshake {
    /// The listener's end: it challenges first.
    pub fn listener(key: &AuthKey, policy: &Policy) -> Self {
        Self::new(Deliver::new(key, policy), Answer::new(key, policy), true)
    }

    /// The client's end: it is challenged first.
    pub fn client(key: &AuthKey, policy: &Policy) -> Self {
        Self::new(Deliver::new(key, policy), Answer::new(key, policy), false)
    }

    /// With a challenge of given bytes, so that runs can be compared.
    #[cfg(test)]
    fn with_random(key: &AuthKey, policy: &Policy, is_listener: bool, random: u8) -> Self {
        let deliver = Deliver::with_random(key, policy, [random; constants::RANDOM_LEN]);
        Self::new(deliver, Answer::new(key, policy), is_listener)
    }

    fn new(deliver: Deliver, answer: Answer, is_listener: bool) -> Self {
        Handshake {
            outstanding: Outstanding::new(is_listener, deliver.challenge()),
            deliver,
            answer,
            delivering: is_listener,
            is_listener,
            outcome: None,
        }
    }

    /// The next message to be sent, if one is due. One may be due after the end:
    /// the verdict that a peer's wrong proof gets.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        if self.delivering {
            return self.deliver.poll_transmit();
        }
        // The verdict of the first half may still be to be sent.
        let verdict = if self.is_listener {
            self.deliver.poll_transmit()
        } else {
            None
        };
        verdict.or_else(|| self.answer.poll_transmit())
    }

    /// A client's own challenge ahead of its turn: right behind the response, before the
    /// verdict on that. A driver of a stream may send it along, since a listener reads
    /// one message after the other; it saves the way there and back of the verdict.
    /// CPython itself waits for its turn, and so does [`poll_transmit`](Self::poll_transmit).
    pub fn poll_transmit_early(&mut self) -> Option<Vec<u8>> {
        let has_responded = !self.is_listener && self.phase() == Phase::Verdict;
        match has_responded && self.outcome.is_none() {
            true => self.deliver.poll_transmit(),
            false => None,
        }
    }

    /// Takes a message of the peer's. What comes after the end is not looked at.
    pub fn handle_message(&mut self, message: &[u8]) {
        if self.outcome.is_some() {
            return;
        }
        if self.is_reflected(message) {
            return self.end(Err(HandshakeError::Reflected));
        }
        let half = if self.delivering {
            self.deliver.handle_message(message);
            self.deliver.outcome()
        } else {
            self.answer.handle_message(message);
            self.answer.outcome()
        };
        match half {
            None => {}
            Some(Err(error)) => {
                let error = error.clone();
                self.end(Err(error));
            }
            Some(Ok(_)) if self.delivering == self.is_listener => {
                self.delivering = !self.delivering;
            }
            Some(Ok(_)) => {
                if let Some(outcome) = self.both() {
                    self.end(outcome);
                }
            }
        }
    }

    /// Returns whether the message is a challenge of our own or of another connection of ours, where
    /// the peer's is due.
    fn is_reflected(&self, message: &[u8]) -> bool {
        let is_due = !self.delivering && self.answer.phase() == Phase::Challenge;
        let outstanding = self.outstanding.as_ref().filter(|_| is_due);
        outstanding.is_some_and(|outstanding| outstanding.holds(message))
    }

    fn end(&mut self, outcome: Result<Outcome, HandshakeError>) {
        self.outcome = Some(outcome);
        // Nobody can have it answered for our sake any more.
        self.outstanding = None;
    }

    fn both(&self) -> Option<Result<Outcome, HandshakeError>> {
        match (self.deliver.outcome(), self.answer.outcome()) {
            (Some(Ok(peer)), Some(Ok(own))) => Some(Ok(Outcome {
                peer: *peer,
                own: *own,
            })),
            _ => None,
        }
    }

    /// Returns how it ended; `None` while it goes on.
    pub fn outcome(&self) -> Option<&Result<Outcome, HandshakeError>> {
        self.outcome.as_ref()
    }

    /// Returns whether the peer has proved by now that it knows the key.
    pub(crate) fn peer_has_proved(&self) -> bool {
        matches!(self.deliver.outcome(), Some(Ok(_)))
    }

    pub(crate) fn is_listener(&self) -> bool {
        self.is_listener
    }

    /// Returns what it waits for.
    pub fn phase(&self) -> Phase {
        if self.delivering {
            self.deliver.phase()
        } else {
            self.answer.phase()
        }
    }
}
