//! What real Pythons pickled.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

#[cfg(not(mpconn_no_fast))]
use super::fast::agree_on_all;
use crate::{Value, from_slice, loads};

fn golden(version: &str) -> Vec<serde_json::Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let text = std::fs::read_to_string(format!("{folder}/pickles-{version}.json")).unwrap();
    let mut golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    match golden["cases"].take() {
        serde_json::Value::Array(cases) => cases,
        other => panic!("no cases: {other}"),
    }
}

/// The pickles of a case, from each Python that has it.
fn pickles(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for version in [
        "2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13",
    ] {
        let cases = golden(version);
        let Some(case) = cases.iter().find(|case| case["name"] == name) else {
            continue;
        };
        for (protocol, hex) in case["pickles"].as_object().unwrap() {
            let bytes = unhex(hex.as_str().unwrap());
            found.push((format!("{name} of {version}, protocol {protocol}"), bytes));
        }
    }
    assert!(found.len() > 6, "{name}");
    found
}

fn unhex(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn values_come_whole_through_serde() {
    for name in [
        "dict/order",
        "instance/slots",
        "exception/with-notes",
        "shared/list",
    ] {
        for (what, message) in pickles(name) {
            let read: Value =
                from_slice(&message).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(read, loads(message).unwrap(), "{what}");
        }
    }
}

#[test]
fn collections_of_the_standard_library() {
    for name in ["ordered-dict/plain", "defaultdict/list", "counter/plain"] {
        for (what, message) in pickles(name) {
            let read: Result<HashMap<String, Value>, _> = from_slice(&message);
            let read = read.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(!read.is_empty(), "{what}");
        }
    }
    for (what, message) in pickles("deque/plain") {
        let read: Result<Vec<Value>, _> = from_slice(&message);
        assert!(
            !read
                .unwrap_or_else(|error| panic!("{what}: {error}"))
                .is_empty(),
            "{what}"
        );
    }
    for (what, message) in pickles("ordered-dict/empty") {
        let read: Result<BTreeMap<String, Value>, _> = from_slice(&message);
        assert!(
            read.unwrap_or_else(|error| panic!("{what}: {error}"))
                .is_empty()
        );
    }
}

#[test]
fn exceptions() {
    #[derive(Deserialize)]
    struct Raised {
        args: Vec<Value>,
    }
    for name in [
        "exception/plain",
        "exception/many-arguments",
        "exception/key-error",
    ] {
        for (what, message) in pickles(name) {
            let raised: Raised =
                from_slice(&message).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(!raised.args.is_empty(), "{what}");
        }
    }
}

/// Reads a case, as each Python pickled it.
fn each<T: serde::de::DeserializeOwned>(name: &str, check: impl Fn(T)) {
    for (what, message) in pickles(name) {
        check(from_slice(&message).unwrap_or_else(|error| panic!("{what}: {error}")));
    }
}

#[test]
fn instances_of_the_users_classes() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.Order")]
    struct Order {
        item: String,
        count: u32,
        tags: Vec<String>,
    }
    each("dataclass/plain", |order: Order| {
        assert_eq!(
            (&*order.item, order.count, &*order.tags),
            ("tea", 2, &["hot".into()][..])
        );
    });

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.SlotsOrder")]
    struct SlotsOrder {
        item: String,
        count: u32,
    }
    each("dataclass/slots", |order: SlotsOrder| {
        assert_eq!((&*order.item, order.count), ("tea", 2))
    });

    #[derive(Deserialize)]
    struct Plain {
        name: String,
        price: f64,
    }
    each("instance/plain", |plain: Plain| {
        assert_eq!((&*plain.name, plain.price), ("tea", 2.5))
    });

    #[derive(Deserialize)]
    struct Slots {
        left: u8,
        right: String,
    }
    each("instance/slots", |slots: Slots| {
        assert_eq!((slots.left, &*slots.right), (1, "two"))
    });

    #[derive(Deserialize)]
    struct Both {
        left: u8,
        right: u8,
        other: Vec<u8>,
    }
    each("instance/slots-and-dict", |both: Both| {
        assert_eq!((both.left, both.right, &*both.other), (1, 2, &[3][..]));
    });

    #[derive(Deserialize)]
    struct Old {
        first: u8,
    }
    each("instance/old", |old: Old| assert_eq!(old.first, 1));

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.Point")]
    struct Point(i32, f64);
    #[derive(Deserialize)]
    struct Named {
        x: i32,
        y: f64,
    }
    each("namedtuple/collections", |point: Point| {
        assert_eq!(point, Point(1, 2.5))
    });
    each("namedtuple/collections", |point: Named| {
        assert_eq!((point.x, point.y), (1, 2.5))
    });
}

#[test]
fn members_of_enums() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "shop.Color")]
    enum Color {
        #[serde(rename = "1")]
        Red,
        #[serde(rename = "2", alias = "GREEN")]
        Green,
    }
    each("enum/member", |color: Color| assert_eq!(color, Color::Red));
    each("reduce/getattr-enum", |color: Color| {
        assert_eq!(color, Color::Green)
    });
    each("enum/int", |level: u8| assert_eq!(level, 10));
    each("enum/flags-combined", |access: u32| assert_eq!(access, 3));
}

#[cfg(not(mpconn_no_fast))]
#[test]
fn both_ways_of_reading_agree_on_all_of_them() {
    for version in ["2.7", "3.6", "3.8", "3.13"] {
        for case in golden(version) {
            let Some(pickles) = case["pickles"].as_object() else {
                continue;
            };
            for hex in pickles.values() {
                agree_on_all(&unhex(hex.as_str().unwrap()));
            }
        }
    }
}
