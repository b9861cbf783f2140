//! One half of the handshake: the peer challenges, we prove.

use super::constants::{FAILURE, WELCOME};
use super::digest::Dialect;
use super::error::{HandshakeError, Phase};
use super::message::Challenge;
use super::policy::Policy;
use crate::AuthKey;

/// `answer_challenge`: takes a challenge, responds, takes the verdict.
///
/// Used as [`Deliver`](super::Deliver) is, where the example stands.
#[derive(Debug)]
pub struct Answer {
    key: AuthKey,
    policy: Policy,
    /// The dialect of our response; `None` until a challenge has come.
    responded: Option<Dialect>,
    transmit: Option<Vec<u8>>,
    outcome: Option<Result<Dialect, HandshakeError>>,
}

impl Answer {
    /// Ready for the peer's challenge.
    pub fn new(key: &AuthKey, policy: &Policy) -> Self {
        Answer {
            key: key.clone(),
            policy: policy.clone(),
            responded: None,
            transmit: None,
            outcome: None,
        }
    }

    /// The message to be sent now, if any.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.take()
    }

    /// Takes the challenge, or the verdict. What comes after the end is not looked at.
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

    /// Returns how it ended: the dialect that we proved in. `None` while it goes on.
    pub fn outcome(&self) -> Option<&Result<Dialect, HandshakeError>> {
        self.outcome.as_ref()
    }

    /// Returns what it waits for.
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
