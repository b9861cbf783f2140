//! What findings mean, and what to do about them.

use mpconn::handshake::HandshakeError;
use mpconn::{AuthKey, escaped};

use super::attempt::Observed;
use super::classification::{KeyState, ServerKind};
use crate::output::counted;
use crate::values::{self, Format};

/// Explains the findings and what to do. Text of the peer is escaped; line ends are ours.
pub(super) fn explain(
    kind: &ServerKind,
    state: &KeyState,
    key: Option<&AuthKey>,
    observed: &Observed,
) -> String {
    match (kind, state) {
        (ServerKind::Challenge, _) => match &observed.outcome {
            Some(Err(error)) => explain_failure(error, key),
            Some(Ok(_)) => "`mpconn manager ping` tells whether it is a manager \
                (multiprocessing.managers); a plain Listener's program receives that request as an \
                object."
                .into(),
            None => String::new(),
        },
        (ServerKind::Nothing, KeyState::Unanswered) => {
            "A key was given, but the server requires none: \
            Python's Client(..., authkey=...) would hang here. Either the listener has no authkey, \
            or this is another server that waits for its client (try --nudge)."
                .into()
        }
        (ServerKind::Nothing, _) if observed.nudged => {
            "It did not react to an empty message either.".into()
        }
        (ServerKind::Nothing, _) => {
            "A web server, for example, is silent too until it gets a request: \
            --nudge sends an empty message and reports the reaction."
                .into()
        }
        (ServerKind::Message(message), _) => {
            format!("Its first message: {}", escaped(&shown(message)))
        }
        (ServerKind::Closed, _) if observed.nudged => "It closed the connection after an empty \
            message, as a Python listener without a key may do when recv() raises EOFError."
            .into(),
        (ServerKind::Closed, _) => "It may accept no more clients, or none from here; see its own \
            log."
            .into(),
        _ => String::new(),
    }
}

fn explain_failure(error: &HandshakeError, key: Option<&AuthKey>) -> String {
    let what = match error {
        HandshakeError::Rejected { digest, .. } => {
            "The listener answered #FAILURE#: it has another authkey. (Python reports \
             \"digest sent was rejected\" on this side, \"digest received was wrong\" on the other.)"
                .to_owned()
                + or_the_dialect(digest)
        }
        HandshakeError::WrongKey => {
            "The listener accepted the key but cannot prove that it knows it: it may be an impostor \
             that accepts everyone. Send it nothing."
                .to_owned()
        }
        other => format!("The handshake failed: {}.", escaped(&other.to_string())),
    };
    match key {
        Some(key) if error.is_wrong_key() => format!(
            "{what}\nThe key used here has {}. Compare it with the authkey=... of the \
             listener, byte by byte: quotes, spaces and line ends count. A program without one \
             may use multiprocessing.current_process().authkey, which is random.",
            counted(key.as_bytes().len() as u64, "byte")
        ),
        _ => what,
    }
}

/// Adds what else can be wrong after a response in the form of RHEL's Pythons.
fn or_the_dialect(digest: &str) -> &'static str {
    match digest == "sha256 (unprefixed)" {
        true => "\nOr it is not a RHEL Python and expects HMAC-MD5: try --policy compatible.",
        false => "",
    }
}

/// Characters shown of a first message.
const SHOWN: usize = 4096;

fn shown(message: &[u8]) -> String {
    let mut text = match values::loads(message, values::VALUES) {
        Ok(value) => Format::Literal.write(&value, SHOWN).text,
        Err(_) => values::bytes_literal(message),
    };
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        let len = message.len();
        text += &format!("... (the beginning of a message of {len} bytes)");
    }
    text
}
