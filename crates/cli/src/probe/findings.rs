//! What a visit means, for a person and for a machine.

use std::fmt::Write;
use std::time::Duration;

use mpconn::handshake::{ChallengeForm, HandshakeError, Outcome};
use mpconn::{Address, AuthKey, escaped};
use serde_json::json;

use super::explain::explain;
use super::state::{KeyState, Speaks};
use super::visit::{First, Heard};

pub(crate) struct Findings {
    address: String,
    pub(crate) speaks: Speaks,
    pub(crate) key: KeyState,
    /// The digest of the challenge.
    digest: Option<String>,
    challenge_len: Option<usize>,
    /// The Pythons that speak like that.
    python: Option<&'static str>,
    outcome: Option<Outcome>,
    connected: Duration,
    handshake: Option<Duration>,
    /// What to make of it.
    explanation: String,
}

impl Findings {
    pub(crate) fn new(
        address: &Address,
        key: Option<&AuthKey>,
        heard: &Heard,
        rhel: bool,
    ) -> Findings {
        let speaks = speaks(heard);
        let state = key_state(&speaks, key, heard);
        let challenge = heard.challenge();
        let form = challenge.map(|challenge| challenge.form());
        let legacy_digest = if rhel { "sha256" } else { "md5" };
        Findings {
            explanation: explain(&speaks, &state, key, heard),
            address: address.to_string(),
            digest: form.map(|form| match form {
                ChallengeForm::Named(name) => name.to_owned(),
                ChallengeForm::Unnamed => legacy_digest.to_owned(),
                _ => "unknown".to_owned(),
            }),
            challenge_len: challenge.map(|challenge| challenge.content().len()),
            python: form.map(|form| match form {
                ChallengeForm::Unnamed if rhel => "RHEL's patched Python before 3.12 (FIPS)",
                ChallengeForm::Unnamed => "2.7 to 3.11",
                _ => "3.12 or later (or mpconn)",
            }),
            outcome: match heard.outcome {
                Some(Ok(outcome)) => Some(outcome),
                _ => None,
            },
            connected: heard.connected,
            handshake: matches!(heard.outcome, Some(Ok(_))).then_some(heard.handshake),
            speaks,
            key: state,
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}: {}", self.address, self.headline());
        let mut row = |name: &str, value: &str| {
            // Writing to a String does not fail.
            let _ = write!(text, "\n  {name:<11} {value}");
        };
        if let (Some(digest), Some(len)) = (&self.digest, self.challenge_len) {
            row("challenge", &format!("{}, {len} bytes", escaped(digest)));
        }
        if let Some(python) = self.python {
            row("Python", python);
        }
        let tells_of_key = !matches!(
            self.speaks,
            Speaks::Other(_) | Speaks::Part { .. } | Speaks::Closed
        );
        if tells_of_key {
            row("key", self.key.text());
        }
        if let Some(outcome) = &self.outcome {
            row(
                "proofs",
                &format!(
                    "its own by {}, ours by {}",
                    outcome.peer_proof(),
                    outcome.own_proof()
                ),
            );
        }
        row("connecting", &milliseconds(self.connected));
        if let Some(handshake) = self.handshake {
            row(
                "handshake",
                &format!("{} (two round trips)", milliseconds(handshake)),
            );
        }
        if !self.explanation.is_empty() {
            let _ = write!(text, "\n{}", self.explanation);
        }
        text
    }

    fn headline(&self) -> String {
        match &self.speaks {
            Speaks::Challenge => "a multiprocessing.connection listener that needs a key".into(),
            Speaks::Nothing => "it sends nothing, like a listener without a key".into(),
            Speaks::Message(_) => "a listener without a key, which sends at once".into(),
            Speaks::Part { got, len } => format!(
                "it sent {got} of {len} bytes of a message and no more: a listener that was \
                 interrupted, or another protocol"
            ),
            Speaks::Other(what) => {
                format!("not multiprocessing.connection: {}", escaped(what))
            }
            Speaks::Closed => "it closed the connection without a word".into(),
        }
    }

    pub(crate) fn json(&self) -> String {
        let needs_key = match self.speaks {
            Speaks::Challenge => Some(true),
            Speaks::Message(_) => Some(false),
            _ => None,
        };
        json!({
            "address": self.address,
            "found": self.speaks.name(),
            "needs_key": needs_key,
            "digest": self.digest,
            "python": self.python,
            "key": self.key.name(),
            "connect_seconds": self.connected.as_secs_f64(),
            "handshake_seconds": self.handshake.map(|h| h.as_secs_f64()),
            "headline": self.headline(),
            "explanation": self.explanation,
        })
        .to_string()
    }
}

fn speaks(heard: &Heard) -> Speaks {
    match &heard.first {
        _ if heard.challenge().is_some() => Speaks::Challenge,
        First::Silence => Speaks::Nothing,
        First::Closed => Speaks::Closed,
        First::Message(message) => Speaks::Message(message.clone()),
        First::Part { got, len } => Speaks::Part {
            got: *got,
            len: *len,
        },
        First::Bytes(bytes) => Speaks::Other(what_it_looks_like(bytes)),
    }
}

/// The crate's own words for the first bytes of another protocol.
fn what_it_looks_like(bytes: &[u8]) -> String {
    match HandshakeError::not_this_protocol(bytes) {
        HandshakeError::NotThisProtocol { looks_like, .. } => looks_like,
        other => other.to_string(),
    }
}

fn key_state(speaks: &Speaks, key: Option<&AuthKey>, heard: &Heard) -> KeyState {
    match (speaks, key, &heard.outcome) {
        (Speaks::Challenge, None, _) => KeyState::Missing,
        (Speaks::Challenge, Some(_), Some(Ok(_))) => KeyState::Fits,
        (Speaks::Challenge, Some(_), Some(Err(HandshakeError::Silent { .. }))) => {
            KeyState::Unanswered
        }
        (Speaks::Challenge, Some(_), Some(Err(error))) if error.is_wrong_key() => KeyState::Wrong,
        (Speaks::Challenge, Some(_), _) => KeyState::Untried,
        (_, Some(_), _) => KeyState::Unanswered,
        (_, None, _) => KeyState::NotNeeded,
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1e3)
}
