//! What findings mean, and what to do about them.

use mpconn::handshake::HandshakeError;
use mpconn::{AuthKey, escaped};

use super::state::{KeyState, Speaks};
use super::visit::Heard;
use crate::output::counted;
use crate::values::{self, Format};

/// What the state of things means, and what to do. Text of the peer is escaped, the line ends are
/// our own.
pub(super) fn explain(
    speaks: &Speaks,
    state: &KeyState,
    key: Option<&AuthKey>,
    heard: &Heard,
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
            format!("Its first message: {}", escaped(&shown(message)))
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
