//! The full product: every key with every pair of digests, and after each handshake objects and
//! bytes both ways. The other rooms test one of these dimensions in more depth.

use mpconn::handshake::{Digest, Policy};
use mpconn::{Connection, Value};
use serde_json::json;

use crate::bytes::pattern;
use crate::objects::compare;
use crate::room::{Role, Room, Terms};

const KEY: &[u8] = b"a key";
const OTHER: &[u8] = b"another key";
const EMPTY: &[u8] = b"";

/// A nested object with each type; sets of one item, since their order is undefined.
const OBJECT: &str = r"{
    'nested': {'list': [1, [2, [3, {}]]], 'tuple': (1, (2,), ())},
    'ints': [0, -1, 2147483647, 2147483648, -2147483649, 9223372036854775807,
             9223372036854775808, -9223372036854775809, 1267650600228229401496703205376],
    'floats': [0.1, -0.0, 1e300, inf, nan],
    'texts': ['', 'ASCII', '\xe4\u20ac\u65e5', '\U0001f40d'],
    'bytes': b'\x00\x7f\x80\xff',
    (1, 'key'): [None, True, False, {1}, {'one'}],
}";

const SIZES: [usize; 6] = [0, 1, 16384, 16385, 65536, 1 << 20];

pub(crate) fn run(room: &mut Room) {
    let object: Value = OBJECT.parse().expect("a literal");
    room.check("no key", |room| {
        talk(room, &Terms::same_key(None), &object);
    });
    for (ours, theirs) in pairs(room) {
        let theirs = theirs.as_deref();
        let cell = |name| format!("{name}, Rust offers {ours}, Python {theirs:?}");
        let terms = |rust, python| Terms {
            policy: Policy::default().offer(ours),
            python_digest: theirs,
            ..Terms::keys(Some(rust), Some(python))
        };
        for (name, key) in [("key", KEY), ("empty key", EMPTY)] {
            if key == EMPTY && !demands_empty_key(room, theirs) {
                continue;
            }
            room.check(cell(name), |room| talk(room, &terms(key, key), &object));
        }
        room.check(cell("wrong key"), |room| {
            let (rust, _) = room.clash(&terms(KEY, OTHER));
            assert!(rust.is_wrong_key(), "{rust}");
        });
    }
}

/// Returns all digests that we can name with all that this Python can, none before 3.12.
fn pairs(room: &Room) -> Vec<(Digest, Option<String>)> {
    let known = room.peer.about().digests.iter().cloned().map(Some);
    let mut theirs: Vec<Option<String>> = known.collect();
    if theirs.is_empty() {
        theirs.push(None);
    }
    let with = |ours| theirs.iter().map(move |theirs| (ours, theirs.clone()));
    Digest::ALL.into_iter().flat_map(with).collect()
}

/// Before 3.13 a `Listener` treats the empty key as none. With a digest the test runs the handshake
/// itself, which does not.
fn demands_empty_key(room: &Room, theirs: Option<&str>) -> bool {
    theirs.is_some() || room.is(Role::PythonClient) || room.peer.about().empty_key_listener
}

fn talk(room: &mut Room, terms: &Terms<'_>, object: &Value) {
    let connection = room.meet(terms);
    objects(room, &connection, object);
    for size in SIZES {
        room.peer.tell(json!({"do": "echo_bytes"}));
        let data = pattern(size, size);
        connection.send_bytes(&data).expect("sends");
        assert!(connection.recv_bytes().expect("receives") == data);
        room.peer.answer().expect("echoes");
    }
    drop(connection);
    room.part();
}

/// Python compares what it received with its own object and sends that back.
fn objects(room: &mut Room, connection: &Connection, object: &Value) {
    let source = OBJECT.replace('\n', " ");
    room.peer.tell(json!({"do": "recv", "expression": source}));
    connection.send(object).expect("sends");
    room.peer.answer().expect("the object that was sent");
    let got: Value = connection.recv().expect("an object");
    compare(room, &got, object);
}
