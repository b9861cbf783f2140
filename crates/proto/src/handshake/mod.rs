//! The authentication handshake: messages in, messages and an outcome out. No I/O.
//!
//! Each end challenges the other with random bytes and checks the HMAC that it gets
//! back (`deliver_challenge` and `answer_challenge` in CPython's
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
//! bare HMAC-MD5. The MAC covers the whole challenge with its `{digest}`, so
//! that nobody in between can replace that by a weaker one. A [`Policy`] sets which digests are
//! offered, accepted and answered.
//!
//! A [`Handshake`] knows neither framing nor time. A [`Stream`] adds both, for drivers of sockets
//! and pipes; the module [`stream`] has its order of calls.
//!
//! # Reflection
//! A peer without the key could have our challenge answered by another connection of ours: a
//! program that connects twice at once to an attacker's listener would authenticate it, as CPython
//! does. So a [`Handshake`] refuses a challenge that another one of the same role has outstanding
//! in this process ([`HandshakeError::Reflected`]). A client and a listener of one process can
//! still connect to each other. This does not stop an attacker in the middle who relays each
//! message between two ends that share a key; only encryption would.
//! [`Deliver`] and [`Answer`] by themselves have no role and do not check.
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
mod outstanding_challenges;
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
use outstanding_challenges::OutstandingChallenge;

/// The outcome of a successful handshake: how each end proved that it knows the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    peer: Dialect,
    own: Dialect,
}

impl Outcome {
    /// Returns how the peer proved to us that it knows the key.
    pub fn peer_proof(&self) -> Dialect {
        self.peer
    }

    /// Returns how we proved it to the peer.
    pub fn own_proof(&self) -> Dialect {
        self.own
    }
}

/// The whole handshake of one end: both halves, in the order of its role.
///
/// The module's documentation has the diagram and an example.
#[derive(Debug)]
pub struct Handshake {
    deliver: Deliver,
    answer: Answer,
    /// Whether [`Deliver`] is the current half.
    delivering: bool,
    is_listener: bool,
    /// Our challenge, while the handshake goes on.
    outstanding: Option<OutstandingChallenge>,
    outcome: Option<Result<Outcome, HandshakeError>>,
}

impl Handshake {
    /// Makes the listener's end, which challenges first.
    pub fn listener(key: &AuthKey, policy: &Policy) -> Self {
        Self::new(Deliver::new(key, policy), Answer::new(key, policy), true)
    }

    /// Makes the client's end, which is challenged first.
    pub fn client(key: &AuthKey, policy: &Policy) -> Self {
        Self::new(Deliver::new(key, policy), Answer::new(key, policy), false)
    }

    /// Makes an end with a fixed challenge, for tests that compare transcripts.
    #[cfg(test)]
    fn with_random(key: &AuthKey, policy: &Policy, is_listener: bool, random: u8) -> Self {
        let deliver = Deliver::with_random(key, policy, [random; constants::RANDOM_LEN]);
        Self::new(deliver, Answer::new(key, policy), is_listener)
    }

    fn new(deliver: Deliver, answer: Answer, is_listener: bool) -> Self {
        Handshake {
            outstanding: OutstandingChallenge::new(is_listener, deliver.challenge()),
            deliver,
            answer,
            delivering: is_listener,
            is_listener,
            outcome: None,
        }
    }

    /// Returns the next message to send, if any. One may be due after the outcome is known: the verdict
    /// on a peer's wrong proof.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        if self.delivering {
            return self.deliver.poll_transmit();
        }
        // The verdict of the first half may not have been sent yet.
        let verdict = if self.is_listener {
            self.deliver.poll_transmit()
        } else {
            None
        };
        verdict.or_else(|| self.answer.poll_transmit())
    }

    /// Returns a client's challenge early: right after its response, before the verdict on that. On a
    /// stream both can be sent together, since a listener reads one message at a time; that saves a
    /// round trip. CPython waits for the verdict first, as [`poll_transmit`](Self::poll_transmit)
    /// does.
    pub fn poll_transmit_early(&mut self) -> Option<Vec<u8>> {
        let has_responded = !self.is_listener && self.phase() == Phase::Verdict;
        match has_responded && self.outcome.is_none() {
            true => self.deliver.poll_transmit(),
            false => None,
        }
    }

    /// Handles a message from the peer. Messages after the outcome are ignored.
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

    /// Returns whether the peer's challenge is due and the message is a challenge of this process
    /// instead.
    fn is_reflected(&self, message: &[u8]) -> bool {
        let is_due = !self.delivering && self.answer.phase() == Phase::Challenge;
        let outstanding = self.outstanding.as_ref().filter(|_| is_due);
        outstanding.is_some_and(|outstanding| outstanding.holds(message))
    }

    fn end(&mut self, outcome: Result<Outcome, HandshakeError>) {
        self.outcome = Some(outcome);
        // From now on an answer to it is worth nothing.
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

    /// Returns how the handshake ended; `None` while it goes on.
    pub fn outcome(&self) -> Option<&Result<Outcome, HandshakeError>> {
        self.outcome.as_ref()
    }

    /// Returns whether the peer has already proved that it knows the key.
    pub(crate) fn peer_has_proved(&self) -> bool {
        matches!(self.deliver.outcome(), Some(Ok(_)))
    }

    pub(crate) fn is_listener(&self) -> bool {
        self.is_listener
    }

    /// Returns what the handshake waits for.
    pub fn phase(&self) -> Phase {
        if self.delivering {
            self.deliver.phase()
        } else {
            self.answer.phase()
        }
    }
}
