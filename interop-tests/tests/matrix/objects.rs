//! Objects received and sent by Rust, in every protocol that this Python writes.

use mpconn::{Connection, Value};
use serde_json::json;

use crate::room::{Room, Terms};

/// Literals that are the same in Python and here.
const ALIKE: &[&str] = &[
    "None",
    "True",
    "False",
    "0",
    "-1",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1267650600228229401496703205376",
    "-1267650600228229401496703205376",
    "0.0",
    "-0.0",
    "0.1",
    "-1.5e300",
    "5e-324",
    "inf",
    "-inf",
    "nan",
    "''",
    "'text'",
    "'Zürich, Ελλάδα, 東京'",
    r"'\xe4\u20ac\U0001f40d\U0010ffff'",
    r"'\x00\n\r\\\'\u2028'",
    "b''",
    "b'bytes'",
    r"b'\x00\x7f\x80\xff'",
    "()",
    "(1,)",
    "(1, 2)",
    "(1, 2, 3)",
    "(1, 2, 3, 4)",
    "((), ((),), [()])",
    "[]",
    "[1, 'two', 3.0, None, True]",
    "[[], [[]], {}]",
    "{}",
    "{'a': {'b': {'c': [1, (2, 3), {'d': None}]}}}",
    "{1: 'one', 2.5: 'two', (3, 'x'): 'three', None: 'four', b'\\xff': 'five'}",
    "{'jobs': [{'id': 1, 'who': 'Ä'}, {'id': 2, 'who': None}], 'total': 2147483648}",
    "{1, 2, 3}",
    "{'only'}",
    "{(1, 2), (3, 4)}",
    "[{1}, {2}]",
];

/// An expression and its value.
type Computed = (&'static str, fn() -> Value);

/// Expressions that are not literals.
const COMPUTED: &[Computed] = &[
    ("set()", || Value::Set(Vec::new().into())),
    ("frozenset()", || Value::FrozenSet(Vec::new().into())),
    ("frozenset([1, 2])", || {
        Value::FrozenSet([1, 2].into_iter().collect())
    }),
    ("{frozenset([1]): 2}", || {
        let key = Value::FrozenSet([1].into_iter().collect());
        Value::Dict([(key, Value::from(2))].into_iter().collect())
    }),
    ("2 ** 5000", || {
        let digits = num_from_power(5000);
        format!("0x{digits}").parse().expect("a number")
    }),
    // Shared in Python, copied here.
    ("(lambda x: [x, x, (x, x)])([1])", || {
        "[[1], [1], ([1], [1])]".parse().expect("a literal")
    }),
    // More than a batch of a thousand, and texts whose length does not fit a byte.
    ("list(range(3500))", || (0..3500).collect()),
    ("dict((i, '%d' % i) for i in range(2500))", || {
        let pairs = (0..2500).map(|i| (Value::from(i), text(&i.to_string())));
        Value::Dict(pairs.collect())
    }),
    ("set(range(1200))", || Value::Set((0..1200).collect())),
    ("'ä' * 70000", || text(&"ä".repeat(70000))),
    ("bytes(bytearray(range(256))) * 300", || {
        Value::from((0..=255).collect::<Vec<u8>>().repeat(300))
    }),
    ("eval('[' * 80 + ']' * 80)", || {
        (1..80).fold(Value::from(Vec::<Value>::new()), |inner, _| {
            vec![inner].into()
        })
    }),
];

fn text(text: &str) -> Value {
    Value::from(text)
}

/// Formats that power of two in hexadecimal.
fn num_from_power(power: usize) -> String {
    format!("{}{}", 1 << (power % 4), "0".repeat(power / 4))
}

pub(crate) fn run(room: &mut Room) {
    let connection = room.meet(&Terms::same_key(Some(b"a key")));
    let protocols = 0..=room.peer.about().highest_protocol;
    let computed = COMPUTED.iter().map(|(source, value)| (*source, value()));
    let alike = ALIKE
        .iter()
        .map(|source| (*source, source.parse().expect("a literal")));
    for (source, value) in alike.chain(computed) {
        room.check(format!("{source}, from Python"), |room| {
            received(
                room,
                &connection,
                json!({"do": "send", "expression": source}),
                &value,
            );
        });
        for protocol in protocols.clone() {
            let command = json!({"do": "send", "expression": source, "protocol": protocol});
            room.check(
                format!("{source}, from Python, protocol {protocol}"),
                |room| {
                    received(room, &connection, command, &value);
                },
            );
        }
        room.check(format!("{source}, from Rust and back"), |room| {
            there_and_back(room, &connection, source, &value);
        });
    }
    drop(connection);
    room.part();
}

fn received(room: &mut Room, connection: &Connection, command: serde_json::Value, value: &Value) {
    room.peer.tell(command);
    let got = connection.recv::<Value>().expect("an object");
    room.peer.answer().expect("sends");
    compare(room, &got, value);
}

/// Sends an object, which Python compares and sends back.
fn there_and_back(room: &mut Room, connection: &Connection, source: &str, value: &Value) {
    room.peer.tell(json!({"do": "recv", "expression": source}));
    connection.send(value).expect("sends");
    room.peer.answer().expect("the object that was sent");
    let got = connection.recv::<Value>().expect("an object");
    compare(room, &got, value);
}

pub(crate) fn compare(room: &Room, got: &Value, expected: &Value) {
    let is_python2 = room.peer.about().is_python2();
    let (got, expected) = (plain(got, is_python2), plain(expected, is_python2));
    // Compared as text, in which NaN equals itself and the zeros differ.
    assert!(
        got == expected,
        "{} came, not {}",
        cut(&got),
        cut(&expected)
    );
}

fn cut(text: &str) -> String {
    text.chars().take(500).collect()
}

/// Formats a value with its sets sorted. Python 2.7 has one type for bytes and ASCII text, and
/// unordered dicts.
fn plain(value: &Value, is_python2: bool) -> String {
    let all = |items: &[Value]| -> Vec<String> {
        items.iter().map(|item| plain(item, is_python2)).collect()
    };
    let sorted = |mut items: Vec<String>| {
        items.sort();
        items.join(", ")
    };
    match value {
        Value::Tuple(items) => format!("({},)", all(items).join(", ")),
        Value::List(items) => format!("[{}]", all(items).join(", ")),
        Value::Set(items) => format!("set({})", sorted(all(items))),
        Value::FrozenSet(items) => format!("frozenset({})", sorted(all(items))),
        Value::Dict(dict) => {
            let pairs = dict.pairs().iter();
            let pairs =
                pairs.map(|(k, v)| format!("{}: {}", plain(k, is_python2), plain(v, is_python2)));
            let pairs: Vec<String> = pairs.collect();
            match is_python2 {
                true => format!("{{{}}}", sorted(pairs)),
                false => format!("{{{}}}", pairs.join(", ")),
            }
        }
        Value::Bytes(bytes) if is_python2 && bytes.is_ascii() => {
            Value::from(String::from_utf8_lossy(bytes)).to_string()
        }
        _ => value.to_string(),
    }
}
