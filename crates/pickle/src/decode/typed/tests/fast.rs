//! The fast path yields what the graph yields, or nothing.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::decode::typed::{fast, from_graph};
use crate::{Limits, Protocol, ReadOptions, Value, arbitrary, dumps, from_slice, to_vec};

/// Whether the fast path read it; then the graph has to agree.
pub(super) fn agree<T: DeserializeOwned + Debug>(message: &[u8]) -> bool {
    let options = ReadOptions::new();
    let Some(read) = fast::read::<T>(message, &options) else {
        return false;
    };
    match from_graph::<T>(message, &options, 0) {
        Ok(expected) => assert_eq!(format!("{read:?}"), format!("{expected:?}"), "{message:?}"),
        Err(error) => panic!("{message:?} gave {read:?}, but: {error}"),
    }
    true
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Unit,
    New(i64),
    Pair(u8, Option<String>),
    Named { side: f64, more: Vec<Shape> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Any {
    None(()),
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Items(Vec<Any>),
    Pairs(BTreeMap<String, Any>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wide {
    id: i64,
    name: String,
    score: f64,
    flags: Vec<bool>,
    pair: (i32, Option<String>),
    four: (u8, u8, u8, Vec<u8>),
    by_name: BTreeMap<String, Vec<i64>>,
    by_number: BTreeMap<i64, ()>,
    shapes: Vec<Shape>,
    bytes: ByteBuf,
    nested: Vec<Vec<(i8,)>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop.Order")]
struct Order {
    number: u32,
    lines: Vec<(String, f64)>,
    parent: Option<Box<Order>>,
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Unit),
        any::<i64>().prop_map(Shape::New),
        (any::<u8>(), any::<Option<String>>()).prop_map(|(one, two)| Shape::Pair(one, two)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        (-1e9..1e9, prop::collection::vec(inner, 0..3))
            .prop_map(|(side, more)| Shape::Named { side, more })
    })
}

fn wide() -> impl Strategy<Value = Wide> {
    let first = (any::<i64>(), ".{0,300}", -1e9..1e9, any::<Vec<bool>>());
    let second = (
        any::<(i32, Option<String>)>(),
        any::<(u8, u8, u8, Vec<u8>)>(),
    );
    let maps = (
        prop::collection::btree_map(
            "[a-z]{0,3}",
            prop::collection::vec(any::<i64>(), 0..3),
            0..20,
        ),
        prop::collection::btree_map(-500..500_i64, Just(()), 0..4),
    );
    let third = (
        prop::collection::vec(shape(), 0..3),
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(prop::collection::vec(any::<(i8,)>(), 0..3), 0..3),
    );
    (first, second, maps, third).prop_map(|(first, second, maps, third)| Wide {
        id: first.0,
        name: first.1,
        score: first.2,
        flags: first.3,
        pair: second.0,
        four: second.1,
        by_name: maps.0,
        by_number: maps.1,
        shapes: third.0,
        bytes: third.1.into(),
        nested: third.2,
    })
}

fn protocols() -> impl Strategy<Value = Protocol> {
    (2..=5_u8).prop_map(|number| Protocol::from_number(number).unwrap())
}

/// Reads it as many things.
pub(super) fn agree_on_all(message: &[u8]) {
    agree::<Any>(message);
    agree::<Wide>(message);
    agree::<Order>(message);
    agree::<Vec<Order>>(message);
    agree::<Vec<Any>>(message);
    agree::<(Any, Any)>(message);
    agree::<(Vec<i64>, String, Option<Any>)>(message);
    agree::<HashMap<String, Vec<String>>>(message);
    agree::<BTreeMap<i64, Any>>(message);
    agree::<Vec<Vec<i64>>>(message);
    agree::<Vec<f64>>(message);
    agree::<Vec<Shape>>(message);
    agree::<ByteBuf>(message);
    agree::<Option<[u8; 4]>>(message);
    agree::<serde::de::IgnoredAny>(message);
}

/// Some bytes changed, dropped, or said twice.
fn damaged(mut message: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (index, how, byte) in changes {
        if message.is_empty() {
            break;
        }
        let at = index.index(message.len());
        match how % 4 {
            0 => message[at] = *byte,
            1 => drop(message.remove(at)),
            2 => message.insert(at, *byte),
            _ => message.insert(at, message[at]),
        }
    }
    message
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    let opcodes: Vec<u8> = crate::opcode::OPCODES.iter().map(|o| o.code).collect();
    let byte = prop_oneof![any::<u8>(), prop::sample::select(opcodes)];
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), byte), 1..4)
}

proptest! {
    #[test]
    fn what_is_written_comes_back_the_fast_way(value in wide(), protocol in protocols()) {
        let message = to_vec(&value, protocol).unwrap();
        if protocol > Protocol::V2 {
            // Protocol 2 has bytes by REDUCE.
            prop_assert!(agree::<Wide>(&message), "{:?}", message);
        }
        prop_assert_eq!(from_slice::<Wide>(&message).unwrap(), value);
    }

    #[test]
    fn damage_never_makes_a_difference(
        value in wide(), protocol in protocols(), changes in changes(),
    ) {
        let message = to_vec(&(value.shapes.clone(), value.by_name.clone()), protocol).unwrap();
        agree::<(Vec<Shape>, BTreeMap<String, Vec<i64>>)>(&damaged(message, &changes));
        agree::<Wide>(&damaged(to_vec(&value, protocol).unwrap(), &changes));
    }

    #[test]
    fn any_value_is_read_alike_or_not_at_all(
        value in arbitrary::object(), protocol in protocols(), changes in changes(),
    ) {
        if let Ok(message) = dumps(&value, protocol) {
            agree_on_all(&message);
            agree_on_all(&damaged(message, &changes));
        }
    }

    #[test]
    fn instances_are_read_alike(depth in 0..4_u32, count in 0..4_usize, changes in changes()) {
        let order = (0..depth).fold(None, |parent, number| {
            let lines = vec![("line".to_owned(), f64::from(number)); count];
            Some(Box::new(Order { number, lines, parent }))
        });
        let orders = vec![order; 2];
        for protocol in [Protocol::V3, Protocol::V4, Protocol::V5] {
            let message = to_vec(&orders, protocol).unwrap();
            prop_assert!(agree::<Vec<Option<Order>>>(&message), "{:?}", message);
            agree::<Vec<Option<Order>>>(&damaged(message, &changes));
        }
    }
}

#[test]
fn lists_and_dicts_around_a_batch() {
    for count in [0, 1, 2, 999, 1000, 1001, 2000, 2001] {
        let list: Vec<Vec<i64>> = (0..count).map(|item| vec![item]).collect();
        assert!(
            agree::<Vec<Vec<i64>>>(&to_vec(&list, Protocol::V4).unwrap()),
            "{count}"
        );
        let dict: BTreeMap<i64, String> = (0..count).map(|key| (key, key.to_string())).collect();
        assert!(
            agree::<BTreeMap<i64, String>>(&to_vec(&dict, Protocol::V2).unwrap()),
            "{count}"
        );
    }
}

#[test]
fn rows_of_numbers_have_them_in_all_forms() {
    let wide = [0, 255, 256, 65535, 65536, -1, i64::MIN, i64::MAX];
    for count in [8, 999, 1000, 1001, 2500] {
        let ints: Vec<i64> = wide.into_iter().cycle().take(count).collect();
        let message = to_vec(&ints, Protocol::V4).unwrap();
        assert!(agree::<Vec<i64>>(&message), "{count}");
        assert!(agree::<Vec<f64>>(&message), "{count}");
        assert!(!agree::<Vec<i32>>(&message), "{count}");
    }
    // [1, 2.5, 3], with a frame before each
    let frame = b"\x95\0\0\0\0\0\0\0\0";
    let mut message = b"\x80\x04](".to_vec();
    for item in [&b"K\x01"[..], b"G\x40\x04\0\0\0\0\0\0", b"K\x03", b"e."] {
        message.extend(frame);
        message.extend(item);
    }
    assert!(agree::<Vec<f64>>(&message));
    assert!(!agree::<Vec<i64>>(&message));
    for length in 0..message.len() {
        assert!(!agree::<Vec<f64>>(&message[..length]), "{length}");
    }
}

#[test]
fn a_row_has_to_be_read_to_its_end() {
    #[derive(Debug)]
    struct First(i64);
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
            struct FirstVisitor;
            impl<'de> serde::de::Visitor<'de> for FirstVisitor {
                type Value = First;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a row")
                }
                fn visit_seq<A: serde::de::SeqAccess<'de>>(
                    self,
                    mut row: A,
                ) -> Result<First, A::Error> {
                    Ok(First(row.next_element()?.unwrap_or_default()))
                }
            }
            source.deserialize_seq(FirstVisitor)
        }
    }
    assert!(agree::<First>(b"\x80\x04](K\x01e."));
    assert!(agree::<Vec<First>>(b"\x80\x04](](K\x01e](K\x02ee."));
    let one = from_slice::<First>(b"\x80\x04](K\x01e.").unwrap();
    assert_eq!(one.0, 1);
    let longer = b"\x80\x04](K\x01K\x02e.";
    assert!(!agree::<First>(longer));
    assert!(from_slice::<First>(longer).is_err());
}

#[test]
fn what_is_not_plain_is_left_to_the_graph() {
    let options = ReadOptions::new();
    for (message, why) in [
        (&b"K\x01."[..], "protocol 1"),
        (b"\x80\x04K\x01K\x02.", "two values"),
        (b"\x80\x04K\x01", "no end"),
        (
            b"\x80\x04\x95\xff\0\0\0\0\0\0\0K\x01.",
            "a frame beyond the end",
        ),
        (b"\x80\x04h\x00.", "an empty memo"),
        (b"\x80\x04K\x01K\x020.", "a value thrown away"),
        (b"\x80\x06K\x01.", "an unknown protocol"),
    ] {
        assert_eq!(fast::read::<i64>(message, &options), None, "{why}");
    }
    // Keys that are one in Python, and those that are one in Rust.
    let twice = b"\x80\x04}(K\x01K\x02K\x01K\x03u.";
    assert!(!agree::<BTreeMap<i64, i64>>(twice));
    assert_eq!(from_slice::<Vec<(i64, i64)>>(twice).ok(), None);
    assert_eq!(
        from_slice::<BTreeMap<i64, i64>>(twice).unwrap(),
        [(1, 3)].into()
    );
    let few = b"\x80\x04](K\x01K\x02e.";
    let read = |limits| fast::read::<Vec<u8>>(few, &ReadOptions::new().limits(limits));
    assert_eq!(read(Limits::new()), Some(vec![1, 2]));
    for limits in [
        Limits::new().message(9),
        Limits::new().values(2),
        Limits::new().memo(1),
        Limits::new().depth(0),
    ] {
        assert_eq!(read(limits), None);
    }
}

#[test]
fn errors_name_byte_opcode_and_path() {
    // {'rows': [1, 'a', b'b', [2]]}
    let message = b"\x80\x04}\x8c\x04rows\x94](K\x01X\x01\0\0\0aC\x01b]K\x02aes.";
    let refusal = |error: crate::PickleError| error.to_string();
    assert_eq!(
        refusal(from_slice::<HashMap<String, Vec<u8>>>(message).unwrap_err()),
        "pickle, byte 14 (BINUNICODE): at ['rows'][1]: invalid type: string \"a\", expected u8"
    );
    assert_eq!(
        refusal(from_slice::<HashMap<String, (u8, String, String)>>(message).unwrap_err()),
        "pickle, byte 20 (SHORT_BINBYTES): at ['rows'][2]: bytes of length 1 where text is \
         expected: have the peer decode() them, or read them into a Vec<u8> or serde_bytes::ByteBuf"
    );
    assert_eq!(
        refusal(from_slice::<HashMap<u8, ()>>(message).unwrap_err()),
        "pickle, byte 3 (SHORT_BINUNICODE): at [key 'rows']: invalid type: string \"rows\", \
         expected u8"
    );
    assert_eq!(
        refusal(from_slice::<Wide>(message).unwrap_err()),
        "pickle, byte 2 (EMPTY_DICT): missing field `id`"
    );
}

#[test]
fn types_that_go_on_after_an_error_get_what_the_graph_gives() {
    #[derive(Debug, PartialEq)]
    struct OrZero(i64);
    impl<'de> Deserialize<'de> for OrZero {
        fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
            Ok(OrZero(i64::deserialize(source).unwrap_or_default()))
        }
    }
    #[derive(Debug, PartialEq)]
    struct Blind;
    impl<'de> Deserialize<'de> for Blind {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Ok(Blind)
        }
    }
    // [1, 'a', [2]]
    let message = b"\x80\x04](K\x01\x8c\x01a]K\x02ae.";
    let expected = [OrZero(1), OrZero(0), OrZero(0)];
    assert_eq!(from_slice::<Vec<OrZero>>(message).unwrap(), expected);
    assert_eq!(
        from_slice::<Vec<Blind>>(message).unwrap(),
        [Blind, Blind, Blind]
    );
}

#[test]
fn what_is_ignored_is_skipped_from_the_opcodes_at_any_depth() {
    use serde::de::IgnoredAny;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "printed and compared as text")]
    struct Some {
        known: u8,
    }
    let text = |text: &str| text.parse::<Value>().unwrap();
    let deep = |depth, inner: Value| {
        (0..depth).fold(inner, |inner, _| {
            Value::dict([("in", Value::list([inner, 1.into()])), ("a", 2.into())])
        })
    };
    let batches: Vec<i64> = (0..2_500).collect();
    for ignored in [
        text("[]"),
        text("{}"),
        text("()"),
        text("{'a': [1, 2.5, None, True], 3: ['a', 'a', b'bytes', bytearray(b'x')], b'k': {}}"),
        text("[(), [()], [[]], [{}], {'one': {'two': [1]}}]"),
        text("(1, 2, 3, (4, 5, 6, 7, []))"),
        Value::list(batches.iter().copied()),
        Value::dict(batches.iter().map(|key| (*key, Value::list([*key])))),
        text("'long text, which is shared by all that refer to it, and counted elsewhere'"),
        deep(900, text("[1]")),
    ] {
        let shared = text("'shared'");
        let record = Value::dict([
            ("before", shared.clone()),
            ("unknown", ignored.clone()),
            ("after", Value::list([shared])),
            ("known", 1.into()),
        ]);
        for protocol in [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5] {
            let message = dumps(&record, protocol).unwrap();
            // Older protocols write bytes by calls of functions.
            let fast = agree::<Some>(&message);
            assert!(fast || protocol < Protocol::V5, "{ignored:?}");
            agree::<Vec<IgnoredAny>>(&dumps(&ignored, protocol).unwrap());
        }
    }
}
