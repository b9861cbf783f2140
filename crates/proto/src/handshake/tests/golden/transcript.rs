//! The recorded transcripts, as `generate.py` stores them.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::AuthKey;
use crate::handshake::constants::RANDOM_LEN;
use crate::handshake::{Answer, Deliver, Digest, Handshake, Policy};

#[derive(Deserialize)]
struct Recording {
    handshakes: Vec<Transcript>,
}

#[derive(Deserialize)]
pub(super) struct Transcript {
    pub(super) name: String,
    pub(super) listener: Side,
    pub(super) client: Side,
    pub(super) messages: Vec<Sent>,
}

#[derive(Deserialize)]
pub(super) struct Side {
    /// None for a scripted side.
    pub(super) python: Option<String>,
    pub(super) key: Option<String>,
    pub(super) random: Option<String>,
    pub(super) digest: Option<String>,
    #[serde(default)]
    pub(super) rhel: bool,
    pub(super) outcome: Option<PythonOutcome>,
}

#[derive(Deserialize)]
pub(super) struct PythonOutcome {
    #[serde(default)]
    pub(super) ok: bool,
    #[serde(default)]
    pub(super) exception: String,
    #[serde(default)]
    pub(super) text: String,
}

#[derive(Deserialize)]
pub(super) struct Sent {
    pub(super) from: Role,
    pub(super) hex: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    Listener,
    Client,
}

pub(super) fn transcripts() -> Vec<Transcript> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("golden files") {
        let file = fs::read_to_string(entry.unwrap().path()).unwrap();
        let recording: Recording = serde_json::from_str(&file).unwrap();
        found.extend(recording.handshakes);
    }
    found
}

pub(super) fn unhex(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

impl Transcript {
    pub(super) fn side(&self, role: Role) -> &Side {
        match role {
            Role::Listener => &self.listener,
            Role::Client => &self.client,
        }
    }

    /// Returns the messages that a side sent, without headers. All must be whole.
    pub(super) fn bodies(&self, role: Role) -> Vec<Vec<u8>> {
        let sent = self.messages.iter().filter(|sent| sent.from == role);
        sent.map(|sent| unhex(&sent.hex).split_off(4)).collect()
    }
}

impl Side {
    pub(super) fn key(&self) -> Option<AuthKey> {
        self.key.as_deref().map(|hex| AuthKey::new(unhex(hex)))
    }

    /// Returns whether it is a Python 3.12 or later.
    pub(super) fn is_modern(&self) -> bool {
        let minor = self
            .python
            .as_deref()
            .and_then(|version| version.strip_prefix("3."));
        minor.is_some_and(|minor| minor.parse::<u32>().unwrap() >= 12)
    }

    /// Returns the policy of this Python.
    pub(super) fn policy(&self) -> Policy {
        let policy = if self.rhel {
            Policy::rhel()
        } else {
            Policy::compatible()
        };
        match &self.digest {
            Some(name) => policy.offer(Digest::from_name(name.as_bytes()).unwrap()),
            None => policy,
        }
    }

    /// Makes a handshake with the key and the random bytes of this side.
    pub(super) fn machine(&self, role: Role, policy: &Policy) -> Option<Handshake> {
        let key = self.key()?;
        let mut random = [0; RANDOM_LEN];
        // There are none if it ended before its challenge was due.
        let drawn = unhex(self.random.as_deref().unwrap_or(""));
        random[..drawn.len()].copy_from_slice(&drawn);
        Some(Handshake::new(
            Deliver::with_random(&key, policy, random),
            Answer::new(&key, policy),
            role == Role::Listener,
        ))
    }
}
