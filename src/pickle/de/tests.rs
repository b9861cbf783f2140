use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::*;
use crate::pickle::to_value;

fn value(text: &str) -> Value {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    from_value(value(text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    from_value::<T>(value(text)).unwrap_err().to_string()
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Shape {
    Unit,
    New(u8),
    Pair(u8, String),
    Named { side: Option<u8> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    id: Id,
    shapes: Vec<Shape>,
    payload: ByteBuf,
    place: (f64, f64),
    by_cell: BTreeMap<Vec<u8>, char>,
    rest: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Id(String);

#[test]
fn structs_take_the_documented_form_and_come_back() {
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
    let written = to_value(&record).unwrap();
    assert_eq!(
        written.to_string(),
        "{'id': 'a', 'shapes': ['Unit', {'New': 1}, {'Pair': (2, 'b')}, \
         {'Named': {'side': None}}], 'payload': b'\\x00\\xff', 'place': (1.0, -2.5), \
         'by_cell': {(1, 2): 'x'}, 'rest': ({1}, frozenset({2}), 1, (), b'', {(None,): 2})}"
    );
    assert_eq!(from_value::<Record>(written).unwrap(), record);
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
    assert_eq!(to_value(&u128::MAX).unwrap(), u128::MAX.into());
    assert_eq!(
        to_value(&i128::MIN).unwrap().to_string(),
        i128::MIN.to_string()
    );
    assert_eq!(read::<f64>("3"), 3.0);
    assert!(refusal::<u8>("256").contains("256"));
    assert!(refusal::<u128>("-1").contains("-1"));
    assert!(refusal::<u128>(&format!("0x1{}", "0".repeat(32))).contains("an int of 129 bits"));
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
        assert_eq!(read::<BTreeSet<u8>>(text), [1, 2].into());
    }
    assert_eq!(read::<ByteBuf>("'text'"), ByteBuf::from(*b"text"));
    assert_eq!(read::<ByteBuf>("[1, 255]"), ByteBuf::from([1, 255]));
    read::<()>("()");
    read::<()>("None");
    assert!(refusal::<(u8, u8)>("[1, 2, 3]").contains("invalid length 3, expected 2 items"));
    assert!(refusal::<(u8, u8)>("b'abc'").contains("invalid length 3"));
    assert!(refusal::<Vec<u8>>("{'a': 1}").contains("map"));
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
    let maps_in_keys: BTreeMap<BTreeMap<u8, u8>, u8> = [([(1, 1)].into(), 1)].into();
    assert!(
        to_value(&maps_in_keys)
            .unwrap_err()
            .to_string()
            .contains("use a tuple")
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
            "a int for an enum: expected 'Variant' or {'Variant': content}",
        ),
        (refusal::<Shape>("'Other'"), "unknown variant `Other`"),
        (
            refusal::<HashMap<u8, u8>>("{'a': 1}"),
            "at [key 'a']: invalid type",
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
    let error = to_value(&[(1, BTreeMap::from([(BTreeMap::from([(1, 1)]), 1)]))]).unwrap_err();
    assert_eq!(error.path(), "[0][1]");
}

#[test]
fn values_pass_through_other_formats_as_far_as_these_go() {
    let plain = value("{'a': [1, 2.5, None, True, 'b']}");
    let json = serde_json_like(&plain);
    assert_eq!(json, plain);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Other(Value),
    }
    assert_eq!(read::<Either>("5"), Either::Number(5));
    // Behind untagged enums and flatten, serde holds no tuples.
    assert_eq!(read::<Either>("(1, 'a')"), Either::Other(value("[1, 'a']")));
}

/// Through serde-pickle, which describes itself and knows nothing of this crate.
fn serde_json_like(value: &Value) -> Value {
    let bytes = serde_pickle::to_vec(value, Default::default()).unwrap();
    serde_pickle::from_slice(&bytes, Default::default()).unwrap()
}

#[test]
fn depth_is_limited_and_fits_a_small_stack() {
    let nest = |depth| (0..depth).fold(Value::None, |inner, _| Value::List(vec![inner]));
    let deep = nest(crate::pickle::MAX_DEPTH);
    assert_eq!(to_value(&deep).unwrap(), deep);
    assert_eq!(from_value::<Value>(deep.clone()).unwrap(), deep);
    let error = to_value(&nest(crate::pickle::MAX_DEPTH + 1)).unwrap_err();
    assert!(error.to_string().contains("nested deeper"));
}
