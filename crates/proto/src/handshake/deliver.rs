//! One half of the handshake: we challenge, the peer proves.

use super::constants::{CHALLENGE, FAILURE, RANDOM_LEN, WELCOME};
use super::digest::Dialect;
use super::error::{HandshakeError, Phase};
use super::message::Response;
use super::policy::Policy;
use crate::AuthKey;

/// Python's `deliver_challenge`: sends a challenge, checks the response, sends the verdict.
///
/// [`poll_transmit`](Self::poll_transmit) returns the messages to send,
/// [`handle_message`](Self::handle_message) takes the received one, and
/// [`outcome`](Self::outcome) returns the result. Our verdict may still have to be sent then.
///
/// # Examples
/// ```
/// use mpconn_proto::{AuthKey, handshake::{Answer, Deliver, Policy}};
///
/// let key = AuthKey::new(b"secret");
/// let mut ours = Deliver::new(&key, &Policy::default());
/// let mut theirs = Answer::new(&key, &Policy::default());
/// theirs.handle_message(&ours.poll_transmit().unwrap());   // the challenge
/// ours.handle_message(&theirs.poll_transmit().unwrap());   // the response
/// theirs.handle_message(&ours.poll_transmit().unwrap());   // #WELCOME#
/// assert!(ours.outcome().unwrap().is_ok() && theirs.outcome().unwrap().is_ok());
/// ```
#[derive(Debug)]
pub struct Deliver {
    key: AuthKey,
    policy: Policy,
    /// The challenge with its `{digest}`, without `#CHALLENGE#`.
    challenge: Vec<u8>,
    transmit: Option<Vec<u8>>,
    outcome: Option<Result<Dialect, HandshakeError>>,
}

impl Deliver {
    /// Makes a half with 40 new random bytes.
    pub fn new(key: &AuthKey, policy: &Policy) -> Self {
        Self::with_random(key, policy, crate::random::bytes::<RANDOM_LEN>())
    }

    /// Makes a half with fixed bytes, for tests that compare transcripts.
    pub(crate) fn with_random(key: &AuthKey, policy: &Policy, random: [u8; RANDOM_LEN]) -> Self {
        let mut challenge = format!("{{{}}}", policy.offered()).into_bytes();
        challenge.extend_from_slice(&random);
        Deliver {
            key: key.clone(),
            policy: policy.clone(),
            transmit: Some([CHALLENGE, &challenge].concat()),
            challenge,
            outcome: None,
        }
    }

    /// Returns the bytes that the MAC covers: the challenge with its `{digest}`.
    pub(super) fn challenge(&self) -> &[u8] {
        &self.challenge
    }

    /// Returns the next message to send, if any.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.take()
    }

    /// Handles the peer's response. Messages after the outcome are ignored.
    pub fn handle_message(&mut self, message: &[u8]) {
        if self.outcome.is_some() {
            return;
        }
        let outcome = self.check(message);
        let verdict = if outcome.is_ok() { WELCOME } else { FAILURE };
        self.transmit = Some(verdict.to_vec());
        self.outcome = Some(outcome);
    }

    fn check(&self, message: &[u8]) -> Result<Dialect, HandshakeError> {
        // Only a message that does not parse as a response can be an object of a peer without a key.
        let response = Response::parse(message)
            .ok_or_else(|| HandshakeError::out_of_place(Phase::Response, "a response", message))?;
        let dialect = response.dialect(&self.policy)?;
        let digest = dialect.digest();
        if digest.verify(&self.key, &self.challenge, response.mac()) {
            Ok(dialect)
        } else {
            Err(HandshakeError::WrongKey)
        }
    }

    /// Returns how this half ended: the dialect of the peer's proof, or an error. `None` while it goes on.
    pub fn outcome(&self) -> Option<&Result<Dialect, HandshakeError>> {
        self.outcome.as_ref()
    }

    /// Returns what this half waits for.
    pub fn phase(&self) -> Phase {
        Phase::Response
    }
}
