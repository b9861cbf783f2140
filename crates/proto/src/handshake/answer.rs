//! One half of the handshake: the peer challenges, we prove.

use super::constants::{FAILURE, WELCOME};
use super::digest::Dialect;
use super::error::{HandshakeError, Phase};
use super::message::Challenge;
use super::policy::Policy;
use crate::AuthKey;

/// Python's `answer_challenge`: receives a challenge, responds, receives the verdict.
///
/// See [`Deliver`](super::Deliver) for an example.
#[derive(Debug)]
pub struct Answer {
    key: AuthKey,
    policy: Policy,
    /// The dialect of our response; `None` while the challenge is due.
    responded: Option<Dialect>,
    transmit: Option<Vec<u8>>,
    outcome: Option<Result<Dialect, HandshakeError>>,
}

impl Answer {
    /// Makes a half that waits for the peer's challenge.
    pub fn new(key: &AuthKey, policy: &Policy) -> Self {
        Answer {
            key: key.clone(),
            policy: policy.clone(),
            responded: None,
            transmit: None,
            outcome: None,
        }
    }

    /// Returns the next message to send, if any.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.take()
    }

    /// Handles the challenge, then the verdict. Messages after the outcome are ignored.
    pub fn handle_message(&mut self, message: &[u8]) {
        if self.outcome.is_some() {
            return;
        }
        match self.responded {
            None => match self.respond(message) {
                Ok(dialect) => self.responded = Some(dialect),
                Err(error) => self.outcome = Some(Err(error)),
            },
            Some(dialect) => self.outcome = Some(verdict(message, dialect)),
        }
    }

    fn respond(&mut self, message: &[u8]) -> Result<Dialect, HandshakeError> {
        let challenge = Challenge::parse(message).ok_or_else(|| {
            HandshakeError::out_of_place(Phase::Challenge, "a challenge", message)
        })?;
        let dialect = challenge.dialect(&self.policy)?;
        self.transmit = Some(dialect.respond(&self.key, challenge.content()));
        Ok(dialect)
    }

    /// Returns how this half ended: the dialect of our proof, or an error. `None` while it goes on.
    pub fn outcome(&self) -> Option<&Result<Dialect, HandshakeError>> {
        self.outcome.as_ref()
    }

    /// Returns what this half waits for.
    pub fn phase(&self) -> Phase {
        match self.responded {
            None => Phase::Challenge,
            Some(_) => Phase::Verdict,
        }
    }
}

fn verdict(message: &[u8], responded: Dialect) -> Result<Dialect, HandshakeError> {
    match message {
        WELCOME => Ok(responded),
        FAILURE => Err(HandshakeError::Rejected {
            digest: responded.to_string(),
        }),
        _ => Err(HandshakeError::out_of_place(
            Phase::Verdict,
            "a verdict (#WELCOME# or #FAILURE#)",
            message,
        )),
    }
}
