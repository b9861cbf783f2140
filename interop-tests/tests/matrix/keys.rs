//! Both ends have a key, the same or different, in all combinations that Python supports.

use std::time::Duration;

use mpconn::handshake::HandshakeError;
use serde_json::json;

use crate::room::{Role, Room, Terms, Transport};

const KEY: &[u8] = b"the matrix's own key \x00\xff";
const OTHER: &[u8] = b"another key";
const EMPTY: &[u8] = b"";

pub(crate) fn run(room: &mut Room) {
    for (name, key) in [
        ("key", Some(KEY)),
        ("no key", None),
        ("one byte", Some(b"k")),
    ] {
        room.check(name, |room| talk(room, &Terms::same_key(key)));
    }
    // HMAC hashes a key longer than its block, 64 to 144 bytes.
    let long = [b'k'; 200];
    room.check("long key", |room| talk(room, &Terms::same_key(Some(&long))));
    empty_key(room);
    for (name, rust, python) in [
        ("wrong key", KEY, OTHER),
        ("wrong key, the Rust one empty", EMPTY, OTHER),
    ] {
        let terms = Terms::keys(Some(rust), Some(python));
        room.check(name, |room| wrong_key(room, &terms));
    }
    if room.is(Role::PythonClient) || room.peer.about().empty_key_listener {
        let terms = Terms::keys(Some(KEY), Some(EMPTY));
        room.check("wrong key, the Python's empty", |room| {
            wrong_key(room, &terms)
        });
    }
    if room.is(Role::PythonClient) && room.transport == Transport::Tcp6 {
        room.check("Python's own Client", client_knows_no_ipv6);
        room.remark(
            "Python's own `Client` takes every pair for IPv4; for IPv6 connect a socket and \
             make a `Connection` of it",
        );
    }
}

/// Connects and sends a message each way.
fn talk(room: &mut Room, terms: &Terms<'_>) {
    let connection = room.meet(terms);
    let keyed = terms.rust_key.is_some();
    assert_eq!(connection.authentication().is_some(), keyed);
    room.peer.tell(json!({"do": "echo_bytes"}));
    connection.send_bytes(b"hello").expect("sends");
    assert_eq!(connection.recv_bytes().expect("receives"), b"hello");
    room.peer.answer().expect("echoes");
    room.ask(json!({"do": "close"})).expect("closes");
    assert!(connection.recv_bytes().expect_err("the end").is_eof());
    room.part();
}

fn empty_key(room: &mut Room) {
    let both = Terms::same_key(Some(EMPTY));
    if room.is(Role::PythonClient) || room.peer.about().empty_key_listener {
        room.check("empty key", |room| talk(room, &both));
        return;
    }
    room.remark(
        "`Listener(authkey=b\"\")` takes the empty key for none: connect to it without one",
    );
    room.check("empty key, which this listener takes for none", |room| {
        let terms = Terms {
            handshake_timeout: Duration::from_millis(50),
            ..both.clone()
        };
        let error = room.attempt(&terms).expect_err("no challenge comes");
        assert!(matches!(error, HandshakeError::Silent { .. }), "{error}");
        assert!(
            error.to_string().contains("connect without a key"),
            "{error}"
        );
        room.peer.answer().expect("it is content");
        room.part();
    });
    let terms = Terms::keys(None, Some(EMPTY));
    room.check("empty key there, none here", |room| talk(room, &terms));
}

fn wrong_key(room: &mut Room, terms: &Terms<'_>) {
    let (rust, python) = room.clash(terms);
    assert!(rust.is_wrong_key(), "{rust}");
    assert_eq!(python.0, "AuthenticationError");
    // The listener challenges first, so it is the first to decide.
    match room.role {
        Role::PythonClient => {
            assert_eq!(rust, HandshakeError::WrongKey);
            assert_eq!(python.1, "digest sent was rejected");
        }
        Role::PythonListener => {
            assert!(matches!(rust, HandshakeError::Rejected { .. }), "{rust}");
            assert_eq!(python.1, "digest received was wrong");
        }
    }
}

/// In all versions `SocketClient` treats a pair as an IPv4 address, whatever the family.
fn client_knows_no_ipv6(room: &mut Room) {
    let address = json!(["AF_INET6", "::1", 1]);
    let error = room
        .ask(json!({"do": "connect", "address": address, "authkey": null}))
        .expect_err("no IPv6");
    assert_eq!(error.0, "gaierror", "{error}");
}
