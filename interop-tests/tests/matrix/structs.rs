//! Rust types through serde: a dict in Python is a struct here, and vice versa.

use std::collections::BTreeMap;
use std::fmt::Debug;

use mpconn::Connection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::json;

use crate::room::{Room, Terms};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Job {
    id: u64,
    name: String,
    weights: Vec<f64>,
    limits: BTreeMap<String, i64>,
    range: (i32, bool),
    parent: Option<Box<Job>>,
    data: ByteBuf,
}

const CHILD: &str = "{'id': 9223372036854775809, 'name': 'Ärger \\U0001f40d', 'weights': [0.5, -1e300], \
     'limits': {'cpu': 2147483648, 'mem': -1}, 'range': (-5, True), 'parent': None, \
     'data': b'\\x00\\x80\\xff'}";

fn child() -> Job {
    Job {
        id: 9223372036854775809,
        name: "Ärger \u{1f40d}".to_owned(),
        weights: vec![0.5, -1e300],
        limits: BTreeMap::from([("cpu".to_owned(), 1 << 31), ("mem".to_owned(), -1)]),
        range: (-5, true),
        parent: None,
        data: ByteBuf::from(b"\x00\x80\xff"),
    }
}

pub(crate) fn run(room: &mut Room) {
    let connection = room.meet(&Terms::same_key(None));
    let parent = format!(
        "{{'id': 0, 'name': '', 'weights': [], 'limits': {{}}, 'range': (0, False), \
         'parent': {CHILD}, 'data': b'ascii'}}"
    );
    let job = Job {
        id: 0,
        name: String::new(),
        weights: Vec::new(),
        limits: BTreeMap::new(),
        range: (0, false),
        parent: Some(Box::new(child())),
        data: ByteBuf::from(b"ascii"),
    };
    both_ways(room, &connection, CHILD, child());
    both_ways(room, &connection, &parent, job);
    both_ways(room, &connection, "[1, 2, 300]", vec![1u16, 2, 300]);
    both_ways(
        room,
        &connection,
        "(1, 'x', 2.5)",
        (1i8, "x".to_owned(), 2.5f32),
    );
    both_ways(
        room,
        &connection,
        "{1: [True], 2: []}",
        BTreeMap::from([(1, vec![true]), (2, vec![])]),
    );
    both_ways(room, &connection, "'text'", "text".to_owned());
    both_ways(room, &connection, "None", ());
    both_ways(room, &connection, "None", None::<String>);
    both_ways(room, &connection, "18446744073709551615", u64::MAX);
    both_ways(room, &connection, "-9223372036854775808", i64::MIN);
    room.check("what does not fit", |room| refused(room, &connection));
    drop(connection);
    room.part();
}

fn both_ways<T>(room: &mut Room, connection: &Connection, source: &str, value: T)
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    room.check(format!("{source}, from Python"), |room| {
        room.peer.tell(json!({"do": "send", "expression": source}));
        let got = connection.recv::<T>();
        room.peer.answer().expect("sends");
        assert_eq!(got.expect("the type"), value);
    });
    room.check(format!("{source}, from Rust and back"), |room| {
        room.peer.tell(json!({"do": "recv", "expression": source}));
        connection.send(&value).expect("sends");
        room.peer.answer().expect("the object that was sent");
        assert_eq!(connection.recv::<T>().expect("the type"), value);
    });
}

/// Decoding fails, and the connection stays usable.
fn refused(room: &mut Room, connection: &Connection) {
    for source in ["{'id': 'one'}", "None", "[1]"] {
        room.peer.tell(json!({"do": "send", "expression": source}));
        connection.recv::<Job>().expect_err("no job");
        room.peer.answer().expect("sends");
    }
    room.peer.tell(json!({"do": "send", "expression": "7"}));
    assert_eq!(connection.recv::<u8>().expect("a number"), 7);
    room.peer.answer().expect("sends");
}
