//! One end has a key and the other has none: the errors at both ends.

use std::time::Duration;

use mpconn::handshake::{HandshakeError, Phase};
use serde_json::json;

use crate::room::{Role, Room, Terms};

const KEY: Option<&[u8]> = Some(b"the only key");
/// Timeout of attempts that must time out.
const SHORT: Duration = Duration::from_millis(50);

pub(crate) fn run(room: &mut Room) {
    room.check(
        "Rust has a key, Python sends an object",
        python_sends_an_object,
    );
    room.check(
        "Rust has a key, Python sends a large object",
        python_sends_a_large_object,
    );
    room.check("Rust has a key, Python is silent", python_is_silent);
    room.check("Rust has a key, Python closes", python_closes);
    match room.role {
        Role::PythonClient => {
            room.check(
                "Python has a key, Rust sends an object",
                its_client_gets_an_object,
            );
        }
        Role::PythonListener => {
            room.check("Python has a key, Rust receives", its_listener_challenges);
            room.check(
                "Python has a key, Rust sends an object",
                its_listener_gets_an_object,
            );
        }
    }
    room.check("Python has a key, Rust closes", rust_closes);
}

/// The phase in which Rust times out with a keyless Python.
fn first_phase(room: &Room) -> Phase {
    match room.role {
        Role::PythonClient => Phase::Response,
        Role::PythonListener => Phase::Challenge,
    }
}

/// Rust has a key. Python has none and runs `next` once it is connected.
fn keyless_python(room: &mut Room, next: serde_json::Value) -> HandshakeError {
    // It connects before our end fails, and has the command by then.
    let keyless = Terms {
        handshake_timeout: SHORT,
        ..Terms::keys(KEY, None)
    };
    let terms = match next.is_null() {
        true => keyless,
        false => Terms::keys(KEY, None),
    };
    let error = room
        .attempt_then(&terms, next.clone())
        .expect_err("no handshake");
    room.peer.answer().expect("a connection, for all it knows");
    if !next.is_null() {
        room.peer.answer().expect("nothing wrong yet");
    }
    error
}

fn python_sends_an_object(room: &mut Room) {
    let error = keyless_python(room, json!({"do": "send", "expression": "{'a': 1}"}));
    let phase = first_phase(room);
    assert!(
        matches!(error, HandshakeError::PeerHasNoKey { phase: seen, .. } if seen == phase),
        "{error:?}"
    );
    if room.is(Role::PythonClient) {
        // Our challenge, read as an object.
        let error = room.ask(json!({"do": "recv_any"})).expect_err("no pickle");
        assert_eq!(error.0, "UnpicklingError");
        assert!(error.1.contains("invalid load key, '#'"), "{error}");
    }
    room.part();
}

/// Sends more than the 256 bytes that a handshake message may have.
fn python_sends_a_large_object(room: &mut Room) {
    let error = keyless_python(room, json!({"do": "send", "expression": "'x' * 5000"}));
    let phase = first_phase(room);
    assert!(
        matches!(error, HandshakeError::PeerHasNoKey { phase: seen, .. } if seen == phase),
        "{error:?}"
    );
    room.part();
}

fn python_is_silent(room: &mut Room) {
    let error = keyless_python(room, json!(null));
    let phase = first_phase(room);
    assert!(
        matches!(error, HandshakeError::Silent { phase: seen, .. } if seen == phase),
        "{error:?}"
    );
    room.part();
}

fn python_closes(room: &mut Room) {
    let error = keyless_python(room, json!({"do": "close"}));
    let phase = first_phase(room);
    assert!(
        matches!(error, HandshakeError::Closed { phase: seen, .. } if seen == phase),
        "{error:?}"
    );
    room.part();
}

fn its_client_gets_an_object(room: &mut Room) {
    let connection = room.attempt(&Terms::keys(None, KEY)).expect("no handshake");
    connection.send("an object").expect("sends");
    let error = room.peer.answer().expect_err("no challenge");
    let (name, text) = match room.peer.about().is_modern() {
        true => (
            "AuthenticationError",
            "Protocol error, expected challenge: message=b",
        ),
        false => ("AssertionError", "message = "),
    };
    assert_eq!(error.0, name);
    assert!(error.1.starts_with(text), "{error}");
    room.part();
}

fn its_listener_challenges(room: &mut Room) {
    let connection = room.attempt(&Terms::keys(None, KEY)).expect("no handshake");
    let error = connection.recv::<mpconn::Value>().expect_err("a challenge");
    assert!(error.is_authentication(), "{error}");
    assert_eq!(error.handshake_error(), Some(&HandshakeError::PeerWantsKey));
    drop(connection);
    room.peer.answer().expect_err("no response");
    room.part();
}

fn its_listener_gets_an_object(room: &mut Room) {
    let connection = room.attempt(&Terms::keys(None, KEY)).expect("no handshake");
    connection.send("an object").expect("sends");
    let error = room.peer.answer().expect_err("no response");
    let text = match room.peer.about().is_modern() {
        true => "unsupported message length, missing digest prefix, or unsupported digest",
        false => "digest received was wrong",
    };
    assert_eq!(error.0, "AuthenticationError");
    assert!(error.1.starts_with(text), "{error}");
    room.part();
}

fn rust_closes(room: &mut Room) {
    drop(room.attempt(&Terms::keys(None, KEY)).expect("no handshake"));
    let error = room.peer.answer().expect_err("the end");
    // A client waits for a challenge and gets end of file. A listener may still be sending its own,
    // or get a reset since nobody has read it; 2.7 has other names for that.
    let broken = [
        "BrokenPipeError",
        "ConnectionResetError",
        "IOError",
        "OSError",
    ];
    let is_broken = room.is(Role::PythonListener) && broken.contains(&error.0.as_str());
    assert!(error.0 == "EOFError" || is_broken, "{error}");
    room.part();
}
