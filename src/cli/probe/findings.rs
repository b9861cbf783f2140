//! What a visit means, for a person and for a machine.

use std::fmt::Write;
use std::time::Duration;

use mpconn::handshake::{ChallengeForm, HandshakeError, Outcome};
use mpconn::{Address, AuthKey, escaped};
use serde_json::json;

use super::visit::{First, Heard};
use crate::cli::output::counted;
use crate::cli::values::{self, Format};

/// What kind of server it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// It sent a challenge.
    Challenge,
    /// Nothing came, which is what a listener without a key does.
    Nothing,
    /// It sent a message at once.
    Message(Vec<u8>),
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
        growth: usize,
    ) -> Findings {
        let speaks = speaks(heard);
        let state = key_state(&speaks, key, heard);
        let challenge = heard.challenge();
        let form = challenge.map(|challenge| challenge.form());
        let legacy_digest = if rhel { "sha256" } else { "md5" };
        Findings {
            explanation: explain(&speaks, &state, key, heard, growth),
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
        if !matches!(self.speaks, Speaks::Other(_) | Speaks::Closed) {
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

impl Speaks {
    fn name(&self) -> &'static str {
        match self {
            Speaks::Challenge => "challenge",
            Speaks::Nothing => "silence",
            Speaks::Message(_) => "message",
            Speaks::Other(_) => "other protocol",
            Speaks::Closed => "closed",
        }
    }
}

impl KeyState {
    fn name(&self) -> &'static str {
        match self {
            KeyState::NotNeeded => "not needed",
            KeyState::Missing => "missing",
            KeyState::Fits => "fits",
            KeyState::Wrong => "wrong",
            KeyState::Unanswered => "unanswered",
            KeyState::Untried => "untried",
        }
    }

    fn text(&self) -> &'static str {
        match self {
            KeyState::NotNeeded => "none given, none asked for",
            KeyState::Missing => "none given: set MPCONN_AUTHKEY or --authkey-file to try one",
            KeyState::Fits => "fits",
            KeyState::Wrong => "does not fit",
            KeyState::Unanswered | KeyState::Untried => "could not be tried to the end",
        }
    }
}

fn speaks(heard: &Heard) -> Speaks {
    match &heard.first {
        _ if heard.challenge().is_some() => Speaks::Challenge,
        First::Silence => Speaks::Nothing,
        First::Closed => Speaks::Closed,
        First::Message(message) => Speaks::Message(message.clone()),
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

/// What the state of things means, and what to do.
fn explain(
    speaks: &Speaks,
    state: &KeyState,
    key: Option<&AuthKey>,
    heard: &Heard,
    growth: usize,
) -> String {
    match (speaks, state) {
        (Speaks::Challenge, _) => match &heard.outcome {
            Some(Err(error)) => explain_failure(error, key),
            Some(Ok(_)) => "Whether it is a manager (multiprocessing.managers), `mpconn manager \
                ping` asks it; the program of a plain Listener would get the question as an object."
                .into(),
            None => String::new(),
        },
        (Speaks::Nothing, KeyState::Unanswered) => "A key was given, but it asks for none: \
            Python's Client(..., authkey=...) would wait for ever. Either the listener has no \
            authkey, or this is another server that waits for its client to speak (--nudge)."
            .into(),
        (Speaks::Nothing, _) if heard.nudged => {
            "It did not react to an empty message either.".into()
        }
        (Speaks::Nothing, _) => "A web server, for one, is silent too until it is asked: \
            --nudge sends an empty message and looks what comes back."
            .into(),
        (Speaks::Message(message), _) => {
            format!("Its first message: {}", escaped(&shown(message, growth)))
        }
        (Speaks::Closed, _) if heard.nudged => "It closed the connection after an empty \
            message, as a Python listener without a key may do when recv() raises EOFError."
            .into(),
        (Speaks::Closed, _) => "Perhaps it takes no more clients, or not from here; its own \
            log may tell."
            .into(),
        _ => String::new(),
    }
}

fn explain_failure(error: &HandshakeError, key: Option<&AuthKey>) -> String {
    let what = match error {
        HandshakeError::Rejected { digest, .. } => {
            "The listener says #FAILURE#: its authkey is another one. (In Python: \
             \"digest sent was rejected\" here, \"digest received was wrong\" there.)"
                .to_owned()
                + or_the_dialect(digest)
        }
        HandshakeError::WrongKey => {
            "The listener accepted the key but cannot prove that it knows it itself: whatever \
             answers here says yes to everyone. Send it nothing."
                .to_owned()
        }
        other => format!("The handshake failed: {}.", escaped(&other.to_string())),
    };
    match key {
        Some(key) if error.is_wrong_key() => format!(
            "{what}\nThe key that was tried has {}. Compare it with the authkey=... of the \
             listener, byte by byte: quotes, spaces and line ends count. A program that names \
             none may use multiprocessing.current_process().authkey, which is random.",
            counted(key.as_bytes().len() as u64, "byte")
        ),
        _ => what,
    }
}

/// What else can be wrong where the key was proved as RHEL's Pythons want it.
fn or_the_dialect(digest: &str) -> &'static str {
    match digest == "sha256 (unprefixed)" {
        true => "\nOr it is no RHEL Python, and wants HMAC-MD5: try --policy compatible.",
        false => "",
    }
}

/// Characters of a first message that are shown.
const SHOWN: usize = 4096;

fn shown(message: &[u8], growth: usize) -> String {
    let mut text = match values::loads(message) {
        Ok(value) => Format::Literal.write(&value, growth).text,
        Err(_) => values::bytes_literal(message),
    };
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        let len = message.len();
        text += &format!("... (the beginning of a message of {len} bytes)");
    }
    text
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1e3)
}
