//! Plain data.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_bytes::ByteBuf;

use super::{read, refusal, value};
use crate::{BigInt, Value, from_value, from_value_ref};

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Shape {
    Unit,
    New(u8),
    Pair(u8, String),
    Named { side: Option<u8> },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Record {
    id: Id,
    shapes: Vec<Shape>,
    payload: ByteBuf,
    place: (f64, f64),
    by_cell: BTreeMap<Vec<u8>, char>,
    rest: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
struct Id(String);

#[test]
fn structs_take_the_documented_form() {
    let text = "{'id': 'a', 'shapes': ['Unit', {'New': 1}, {'Pair': (2, 'b')}, \
                {'Named': {'side': None}}], 'payload': b'\\x00\\xff', 'place': (1.0, -2.5), \
                'by_cell': {(1, 2): 'x'}, 'rest': ({1}, frozenset({2}), 1, (), b'', {(None,): 2})}";
    let record = Record {
        id: Id("a".into()),
        shapes: vec![
            Shape::Unit,
            Shape::New(1),
            Shape::Pair(2, "b".into()),
            Shape::Named { side: None },
        ],
        payload: ByteBuf::from(*b"\0\xff"),
        place: (1.0, -2.5),
        by_cell: [(vec![1, 2], 'x')].into(),
        rest: value("({1}, frozenset({2}), 1 , (), b'', {(None,): 2})"),
    };
    assert_eq!(read::<Record>(text), record);
}

#[test]
fn integers_of_every_width() {
    assert_eq!(read::<u64>("18446744073709551615"), u64::MAX);
    assert_eq!(
        read::<i128>("-170141183460469231731687303715884105728"),
        i128::MIN
    );
    assert_eq!(read::<i128>("18446744073709551616"), 1 << 64);
    assert_eq!(
        read::<u128>("340282366920938463463374607431768211455"),
        u128::MAX
    );
    assert_eq!(read::<f64>("3"), 3.0);
    assert_eq!(
        read::<f32>("18446744073709551616"),
        18_446_744_073_709_551_616.0
    );
    assert!(refusal::<u8>("256").contains("256"));
    assert!(refusal::<u128>("-1").contains("-1"));
    let beyond = format!("0x1{}", "0".repeat(32));
    assert!(refusal::<u128>(&beyond).contains("an int of 129 bits (BigInt holds any)"));
    assert_eq!(
        read::<BigInt>(&beyond),
        BigInt::parse(&beyond.as_bytes()[2..], 16).unwrap()
    );
    assert_eq!(read::<BigInt>("-7"), BigInt::from(-7));
    assert!(refusal::<BigInt>("'7'").contains("invalid type: str, expected an int"));
}

#[test]
fn sequences_come_from_whatever_has_items() {
    for text in [
        "[1, 2]",
        "(1, 2)",
        "{1, 2}",
        "frozenset({1, 2})",
        "b'\\x01\\x02'",
    ] {
        assert_eq!(read::<Vec<u8>>(text), [1, 2]);
        assert_eq!(read::<(u8, u8)>(text), (1, 2));
        assert_eq!(read::<[u8; 2]>(text), [1, 2]);
        assert_eq!(read::<BTreeSet<u8>>(text), [1, 2].into());
    }
    assert_eq!(read::<ByteBuf>("'text'"), ByteBuf::from(*b"text"));
    assert_eq!(read::<ByteBuf>("[1, 255]"), ByteBuf::from([1, 255]));
    assert_eq!(read::<(f64, f64)>("1+2j"), (1.0, 2.0));
    read::<()>("()");
    read::<()>("None");
    assert!(refusal::<(u8, u8)>("[1, 2, 3]").contains("invalid length 3, expected 2 items"));
    assert!(refusal::<(u8, u8)>("b'abc'").contains("invalid length 3"));
    assert!(refusal::<Vec<u8>>("{'a': 1}").contains("map"));
}

#[test]
fn bytes_stand_for_bytearrays_and_buffers_too() {
    use crate::{Buffer, ByteArray, Bytes};
    let bytes = Bytes::from(vec![1, 2]);
    for value in [
        Value::Bytes(bytes.clone()),
        Value::ByteArray(ByteArray::from(vec![1, 2])),
        Value::Buffer(Buffer::readonly(bytes)),
    ] {
        assert_eq!(
            from_value_ref::<&serde_bytes::Bytes>(&value).unwrap(),
            &[1, 2]
        );
        assert_eq!(from_value_ref::<Vec<u8>>(&value).unwrap(), [1, 2]);
        assert_eq!(from_value::<(u8, u8)>(value).unwrap(), (1, 2));
    }
}

#[test]
fn text_and_bytes_are_borrowed() {
    #[derive(Debug, Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        #[serde(borrow)]
        cow: Cow<'a, str>,
        bytes: &'a [u8],
    }
    let value = value("{'text': 'one', 'cow': 'two', 'bytes': b'three'}");
    let borrowed: Borrowed<'_> = from_value_ref(&value).unwrap();
    assert_eq!(
        borrowed.text.as_ptr(),
        value.get("text").unwrap().as_str().unwrap().as_ptr()
    );
    assert!(matches!(borrowed.cow, Cow::Borrowed("two")));
    assert_eq!(borrowed.bytes, b"three");
}

#[test]
fn keys_of_every_type() {
    assert_eq!(
        read::<HashMap<Id, u8>>("{'a': 1}"),
        [(Id("a".into()), 1)].into()
    );
    assert_eq!(
        read::<HashMap<(u8, bool), u8>>("{(1, True): 1}"),
        [((1, true), 1)].into()
    );
    assert_eq!(
        read::<HashMap<Option<i8>, u8>>("{None: 1, -1: 2}"),
        [(None, 1), (Some(-1), 2)].into()
    );
    assert_eq!(
        read::<BTreeMap<Shape, u8>>("{'Unit': 1}"),
        [(Shape::Unit, 1)].into()
    );
}

#[test]
fn errors_name_the_path() {
    for (error, message) in [
        (
            refusal::<Vec<u8>>("[1, 'a']"),
            "at [1]: invalid type: string \"a\", expected u8",
        ),
        (
            refusal::<HashMap<String, Vec<Shape>>>("{'k': [{'Pair': (1, 2)}]}"),
            "at ['k'][0]['Pair'][1]: invalid type: integer `2`, expected a string",
        ),
        (
            refusal::<Vec<Shape>>("['New']"),
            "at [0]: this variant has content",
        ),
        (
            refusal::<Shape>("{'Unit': 5}"),
            "no content: expected 'Variant'",
        ),
        (
            refusal::<Shape>("5"),
            "an int for an enum: expected 'Variant' or {'Variant': content}",
        ),
        (refusal::<Shape>("'Other'"), "unknown variant `Other`"),
        (
            refusal::<HashMap<u8, u8>>("{'a': 1}"),
            "at [key 'a']: invalid type",
        ),
        (
            refusal::<HashMap<(u8, u8), u8>>("{(1, 2): 'a'}"),
            "at [(1, 2)]: invalid type",
        ),
        (
            refusal::<Vec<String>>("[b'ab']"),
            "at [0]: bytes of length 2 where text is expected",
        ),
        (
            refusal::<HashMap<String, u8>>("{b'ab': 1}"),
            "where text is expected",
        ),
        (refusal::<Record>("{'id': 1}"), "at ['id']: invalid type"),
        (refusal::<Record>("{}"), "missing field `id`"),
    ] {
        assert!(error.contains(message), "{error}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Lenient {
    name: String,
    #[serde(default)]
    retries: u8,
    #[serde(flatten)]
    rest: HashMap<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(alias = "title")]
    name: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(i64),
    Text(String),
    Strict(Strict),
    Other(Value),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Circle { radius: f64 },
    Named(Strict),
    Empty,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", content = "of")]
enum Adjacent {
    Pair(u8, u8),
    Empty,
}

#[test]
fn attributes_of_serde_work_as_elsewhere() {
    let lenient: Lenient = read("{'name': 'a', 'more': [1], 'last': None}");
    assert_eq!((lenient.retries, lenient.rest.len()), (0, 2));
    assert_eq!(lenient.rest["more"], value("[1]"));
    assert_eq!(read::<Strict>("{'title': 'a'}").name, "a");
    assert!(refusal::<Strict>("{'name': 'a', 'b': 1}").contains("unknown field `b`"));
    assert!(refusal::<Strict>("{'name': 'a', 1: 1}").contains("unknown field `[1]`"));

    assert_eq!(read::<Either>("5"), Either::Number(5));
    assert_eq!(read::<Either>("'a'"), Either::Text("a".into()));
    assert_eq!(
        read::<Either>("{'name': 'a'}"),
        Either::Strict(Strict { name: "a".into() })
    );
    // Behind untagged enums and flatten, serde holds no tuples.
    assert_eq!(read::<Either>("(1, 'a')"), Either::Other(value("[1, 'a']")));

    assert_eq!(
        read::<Tagged>("{'radius': 2, 'kind': 'Circle'}"),
        Tagged::Circle { radius: 2.0 }
    );
    assert_eq!(
        read::<Tagged>("{'kind': 'Named', 'name': 'a'}"),
        Tagged::Named(Strict { name: "a".into() })
    );
    assert_eq!(read::<Tagged>("{'kind': 'Empty'}"), Tagged::Empty);
    assert_eq!(
        read::<Adjacent>("{'kind': 'Pair', 'of': (1, 2)}"),
        Adjacent::Pair(1, 2)
    );
    assert_eq!(read::<Adjacent>("{'kind': 'Empty'}"), Adjacent::Empty);
}

#[test]
fn unknown_fields_and_keys_are_ignored() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Name {
        name: String,
    }
    let expected = Name { name: "a".into() };
    assert_eq!(
        read::<Name>("{1: 2, (3,): 4, 'b': {5}, 'name': 'a'}"),
        expected
    );
    assert_eq!(read::<Name>("{b'name': 'a'}"), expected);
    assert_eq!(read::<Name>("['a']"), expected);
    assert_eq!(read::<Option<Name>>("('a',)"), Some(expected));
}

#[test]
fn values_pass_through_other_formats_as_far_as_these_go() {
    let plain = value("{'a': [1, 2.5, None, True, 'b', -4, 18446744073709551616]}");
    let json = "{\"a\": [1, 2.5, null, true, \"b\", -4, 18446744073709551616]}";
    let read: Value = serde_json::from_str(json).unwrap();
    assert_eq!(read, plain);
    let mut pickled = Vec::new();
    let pairs = std::collections::BTreeMap::from([("a", (1, 2.5, "b", [0_u8; 0]))]);
    serde_pickle::to_writer(&mut pickled, &pairs, Default::default()).unwrap();
    let read: Value = serde_pickle::from_slice(&pickled, Default::default()).unwrap();
    assert_eq!(read, value("{'a': [1, 2.5, 'b', []]}"));
    assert_eq!(
        serde_json::from_str::<BigInt>("12").unwrap(),
        BigInt::from(12)
    );
}

/// As the table of forms warns: serde's buffer has no words for the rest.
#[test]
fn values_that_serde_buffers_are_what_rust_has() {
    #[derive(Debug, serde::Deserialize)]
    struct Row {
        own: Value,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, Value>,
    }
    let row: Row = read("{'own': (1, {2}), 'a': (1, {2}), 'b': bytearray(b'x')}");
    assert_eq!(row.own.to_string(), "(1, {2})");
    assert_eq!(row.rest["a"].to_string(), "[1, [2]]");
    assert_eq!(row.rest["b"].to_string(), "b'x'");
}
