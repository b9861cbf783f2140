//! The findings of an attempt, as text and as JSON.

use std::fmt::Write;
use std::time::Duration;

use mpconn::handshake::{ChallengeForm, HandshakeError, Outcome};
use mpconn::{Address, AuthKey, escaped};
use serde_json::json;

use super::attempt::{First, Observed};
use super::classification::{KeyState, ServerKind};
use super::explain::explain;

pub(crate) struct Findings {
    address: String,
    pub(crate) kind: ServerKind,
    pub(crate) key: KeyState,
    /// The digest of the challenge.
    digest: Option<String>,
    challenge_len: Option<usize>,
    /// The Pythons that send such a challenge.
    python: Option<&'static str>,
    outcome: Option<Outcome>,
    connected: Duration,
    handshake: Option<Duration>,
    /// What it means and what to do.
    explanation: String,
}

impl Findings {
    pub(crate) fn new(
        address: &Address,
        key: Option<&AuthKey>,
        observed: &Observed,
        rhel: bool,
    ) -> Findings {
        let kind = kind(observed);
        let state = key_state(&kind, key, observed);
        let challenge = observed.challenge();
        let form = challenge.map(|challenge| challenge.form());
        let legacy_digest = if rhel { "sha256" } else { "md5" };
        Findings {
            explanation: explain(&kind, &state, key, observed),
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
            outcome: match observed.outcome {
                Some(Ok(outcome)) => Some(outcome),
                _ => None,
            },
            connected: observed.connected,
            handshake: matches!(observed.outcome, Some(Ok(_))).then_some(observed.handshake),
            kind,
            key: state,
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}: {}", self.address, self.headline());
        let mut row = |name: &str, value: &str| {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n  {name:<11} {value}");
        };
        if let (Some(digest), Some(len)) = (&self.digest, self.challenge_len) {
            row("challenge", &format!("{}, {len} bytes", escaped(digest)));
        }
        if let Some(python) = self.python {
            row("Python", python);
        }
        let tells_of_key = !matches!(
            self.kind,
            ServerKind::Other(_) | ServerKind::Part { .. } | ServerKind::Closed
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
        match &self.kind {
            ServerKind::Challenge => {
                "a multiprocessing.connection listener that needs a key".into()
            }
            ServerKind::Nothing => "it sends nothing, like a listener without a key".into(),
            ServerKind::Message(_) => "a listener without a key, which sends at once".into(),
            ServerKind::Part { got, len } => format!(
                "it sent only {got} of {len} bytes of a message: a listener that was interrupted, or \
                 another protocol"
            ),
            ServerKind::Other(what) => {
                format!("not multiprocessing.connection: {}", escaped(what))
            }
            ServerKind::Closed => "it closed the connection without sending anything".into(),
        }
    }

    pub(crate) fn json(&self) -> String {
        let needs_key = match self.kind {
            ServerKind::Challenge => Some(true),
            ServerKind::Message(_) => Some(false),
            _ => None,
        };
        json!({
            "address": self.address,
            "found": self.kind.name(),
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

fn kind(observed: &Observed) -> ServerKind {
    match &observed.first {
        _ if observed.challenge().is_some() => ServerKind::Challenge,
        First::Silence => ServerKind::Nothing,
        First::Closed => ServerKind::Closed,
        First::Message(message) => ServerKind::Message(message.clone()),
        First::Part { got, len } => ServerKind::Part {
            got: *got,
            len: *len,
        },
        First::Bytes(bytes) => ServerKind::Other(what_it_looks_like(bytes)),
    }
}

/// Names another protocol by its first bytes, as the library does.
fn what_it_looks_like(bytes: &[u8]) -> String {
    match HandshakeError::not_this_protocol(bytes) {
        HandshakeError::NotThisProtocol { looks_like, .. } => looks_like,
        other => other.to_string(),
    }
}

fn key_state(kind: &ServerKind, key: Option<&AuthKey>, observed: &Observed) -> KeyState {
    match (kind, key, &observed.outcome) {
        (ServerKind::Challenge, None, _) => KeyState::Missing,
        (ServerKind::Challenge, Some(_), Some(Ok(_))) => KeyState::Fits,
        (ServerKind::Challenge, Some(_), Some(Err(HandshakeError::Silent { .. }))) => {
            KeyState::Unanswered
        }
        (ServerKind::Challenge, Some(_), Some(Err(error))) if error.is_wrong_key() => {
            KeyState::Wrong
        }
        (ServerKind::Challenge, Some(_), _) => KeyState::Untried,
        (_, Some(_), _) => KeyState::Unanswered,
        (_, None, _) => KeyState::NotNeeded,
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1e3)
}
