//! Every Python of this machine loads pickled Rust types as instances of its own classes.

use std::collections::{BTreeMap, BTreeSet};

use mpconn::pickle::{
    AsNamedTuple, Called, ListState, Protocol, Slots, Value, dumps, to_value, to_vec,
};
use serde::Serialize;
use serde_bytes::Bytes;

use interop_tests::Interpreter;

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Plain")]
struct Plain {
    name: &'static str,
    price: f64,
}

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Empty")]
struct Empty;

#[derive(Serialize)]
#[serde(rename = "shop:Plain.Nested.Deeper")]
struct Deeper;

#[derive(Serialize)]
#[serde(rename = "shop.Slots")]
struct SlotsOfShop {
    left: i64,
    right: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename = "shop.Order")]
struct Order {
    item: &'static str,
    count: u32,
    tags: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename = "shop.FrozenOrder")]
struct FrozenOrder {
    item: &'static str,
    count: u32,
}

#[derive(Serialize)]
#[serde(rename = "shop.SlotsOrder")]
struct SlotsOrder {
    item: &'static str,
    count: u32,
}

#[derive(Serialize)]
#[serde(rename = "shop.FrozenSlotsOrder")]
struct FrozenSlotsOrder {
    item: &'static str,
    count: u32,
}

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Point")]
struct Point(i32, i32);

#[derive(Serialize)]
#[serde(rename = "shop.Named")]
struct Named {
    name: &'static str,
    count: i32,
}

#[derive(Serialize)]
#[serde(rename = "shop.Reduced")]
struct Reduced {
    first: i32,
    second: Vec<i32>,
}

#[derive(Serialize)]
#[serde(rename = "shop.ErrorWithCode")]
struct ErrorWithCode(&'static str, i32);

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Color")]
enum Color {
    #[serde(rename = "1")]
    Red,
    #[serde(rename = "green")]
    Green,
}

#[derive(Serialize)]
#[serde(rename = "shop.Level")]
enum Level {
    #[serde(rename = "10")]
    High,
}

#[derive(Serialize)]
struct Helpers {
    #[serde(with = "mpconn::pickle::set")]
    tags: BTreeSet<i32>,
    #[serde(with = "mpconn::pickle::frozen_set")]
    pairs: Vec<(i32, i32)>,
    #[serde(with = "mpconn::pickle::byte_array")]
    content: Vec<u8>,
    bytes: &'static Bytes,
}

/// First version of Python, the expression there, and the pickle in each protocol.
struct Case(u32, u32, &'static str, Vec<(u8, Vec<u8>)>);

fn case<T: Serialize>(since: (u32, u32), expression: &'static str, value: T) -> Case {
    let protocols = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];
    let pickles = protocols.into_iter().flat_map(|protocol| {
        let through_value = dumps(&to_value(&value).unwrap(), protocol).unwrap();
        [to_vec(&value, protocol).unwrap(), through_value].map(|p| (protocol.number(), p))
    });
    Case(since.0, since.1, expression, pickles.collect())
}

fn classes() -> Vec<Case> {
    let plain = Plain {
        name: "tea",
        price: 2.5,
    };
    let (item, count) = ("tea", 3);
    vec![
        case((2, 7), "shop.Plain('tea', 2.5)", plain),
        case((2, 7), "[shop.Plain('tea', 2.5)] * 3", [plain; 3].to_vec()),
        case((2, 7), "shop.Empty()", Empty),
        case((3, 4), "shop.Plain.Nested.Deeper()", Deeper),
        case(
            (2, 7),
            "shop.Slots(1, None)",
            Slots(SlotsOfShop {
                left: 1,
                right: None,
            }),
        ),
        case(
            (3, 7),
            "shop.Order('tea', 3, ['a', 'b'])",
            Order {
                item,
                count,
                tags: vec!["a", "b"],
            },
        ),
        case(
            (3, 7),
            "shop.FrozenOrder('tea', 3)",
            FrozenOrder { item, count },
        ),
        case(
            (3, 10),
            "shop.SlotsOrder('tea', 3)",
            Slots(SlotsOrder { item, count }),
        ),
        case(
            (3, 10),
            "shop.FrozenSlotsOrder('tea', 3)",
            ListState(FrozenSlotsOrder { item, count }),
        ),
        case(
            (2, 7),
            "{shop.Point(1, 2): shop.Point(3, 4)}",
            BTreeMapOfPoints,
        ),
        case(
            (3, 6),
            "shop.Named('tea', 3)",
            AsNamedTuple(Named {
                name: "tea",
                count: 3,
            }),
        ),
        case(
            (2, 7),
            "shop.Reduced(1, [2])",
            Called(Reduced {
                first: 1,
                second: vec![2],
            }),
        ),
        case((2, 7), "shop.ErrorWithCode('tea', 3).args", ErrorArgs),
    ]
}

struct BTreeMapOfPoints;

impl Serialize for BTreeMapOfPoints {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(Point(1, 2), Point(3, 4))])
    }
}

/// Compares an exception by its message.
struct ErrorArgs;

impl Serialize for ErrorArgs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "builtins.getattr")]
        struct GetAttr(Called<ErrorWithCode>, &'static str);
        let error = Called(ErrorWithCode("tea", 3));
        Called(GetAttr(error, "args")).serialize(serializer)
    }
}

fn plain_data() -> Vec<Case> {
    let helpers = Helpers {
        tags: [1, 2].into(),
        pairs: vec![(1, 2)],
        content: vec![0, 255],
        bytes: Bytes::new(b"\xff\0"),
    };
    let wide = (
        i64::MIN,
        u64::MAX,
        i128::MIN,
        -0.0,
        "\u{1F40D}\0é",
        true,
        (),
    );
    vec![
        case(
            (3, 6),
            "[shop.Color.RED, shop.Color.GREEN, shop.Color.RED]",
            vec![Color::Red, Color::Green, Color::Red],
        ),
        case((3, 6), "shop.Level.HIGH", Level::High),
        case(
            (2, 7),
            "{'tags': {1, 2}, 'pairs': frozenset([(1, 2)]), 'content': bytearray(b'\\0\\xff'), 'bytes': b'\\xff\\0'}",
            helpers,
        ),
        case(
            (3, 6),
            "(-2**63, 2**64 - 1, -2**127, -0.0, '\\U0001F40D\\0é', True, None)",
            wide,
        ),
        case(
            (2, 7),
            "{(1, 2): [], (): [1]}",
            BTreeMap::from([(vec![1, 2], vec![]), (vec![], vec![1])]),
        ),
        case((2, 7), "list(range(2500))", (0..2500).collect::<Vec<u32>>()),
        case(
            (2, 7),
            "{n: [n] for n in range(1001)}",
            (0..1001)
                .map(|n| (n, [n].to_vec()))
                .collect::<BTreeMap<_, _>>(),
        ),
        case(
            (2, 7),
            "set(range(1500))",
            to_value(&(0..1500).collect::<Vec<u32>>())
                .map(into_set)
                .unwrap(),
        ),
        case(
            (3, 6),
            "['x' * 70000, b'y' * 70000]",
            vec![Value::from("x".repeat(70_000)), vec![b'y'; 70_000].into()],
        ),
    ]
}

fn into_set(list: Value) -> Value {
    mpconn::pickle::Set::from(list.items().unwrap().to_vec()).into()
}

fn check(cases: &[Case]) {
    for mut python in Interpreter::all("records") {
        let version = python.version();
        let highest = match version {
            (2, _) => 2,
            (3, ..=7) => 4,
            _ => 5,
        };
        let mut compared = 0;
        for Case(major, minor, expression, pickles) in cases {
            for (protocol, pickle) in pickles {
                if version < (*major, *minor) || *protocol > highest {
                    continue;
                }
                let hex: String = pickle.iter().map(|byte| format!("{byte:02x}")).collect();
                // Asks whether the pickle is the object of the expression.
                let answer = python.ask(&format!("{hex} {expression}"));
                assert_eq!(
                    answer,
                    "ok",
                    "Python {version:?}, {expression}: {}",
                    pickle.escape_ascii()
                );
                compared += 1;
            }
        }
        assert!(
            compared >= 8,
            "Python {version:?} was asked little: {compared}"
        );
    }
}

#[test]
fn instances_are_of_the_users_classes() {
    check(&classes());
}

#[test]
fn plain_data_is_what_python_has() {
    check(&plain_data());
}
