//! What becomes of what, in values and in pickles.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde::{Deserialize, Serialize, Serializer};

use super::*;
use crate::pickle::{
    BigInt, Error, List, MAX_DEPTH, Protocol, Tuple, Value, arbitrary, dumps, from_value, loads,
};

const PROTOCOLS: [Protocol; 4] = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// The value, which both ways and all protocols agree upon.
fn both<T: Serialize + ?Sized>(value: &T) -> Value {
    let tree = to_value(value).unwrap();
    for protocol in PROTOCOLS {
        let pickle = to_vec(value, protocol).unwrap();
        let read = loads(pickle.clone());
        let read = read.unwrap_or_else(|error| panic!("{error}: {}", pickle.escape_ascii()));
        assert_eq!(read, tree, "{protocol:?}: {}", pickle.escape_ascii());
    }
    tree
}

/// As [`both`], as Python prints it.
fn shown<T: Serialize + ?Sized>(value: &T) -> String {
    both(value).to_string()
}

/// The error, which both ways agree upon.
fn refused<T: Serialize + ?Sized>(value: &T) -> String {
    let error = to_value(value).unwrap_err().to_string();
    for protocol in PROTOCOLS {
        let mut out = b"before".to_vec();
        let other = serialize_into(value, protocol, &mut out).unwrap_err();
        assert_eq!(other.to_string(), error);
        assert_eq!(out, b"before");
    }
    error
}

#[derive(Serialize, Clone, Copy)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Serialize)]
struct Pair(i32, &'static str);

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Wrapped(i32);

#[derive(Serialize)]
enum Shape {
    Dot,
    Circle(f64),
    Line(i32, i32),
    Box { width: u8, height: u8 },
}

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Point")]
struct PointOfShop {
    x: i32,
    y: i32,
}

#[derive(Serialize)]
#[serde(rename = "shop.Pair")]
struct PairOfShop(i32, &'static str);

#[derive(Serialize)]
#[serde(rename = "shop.models:Outer.One")]
struct OneOfShop(i32);

#[derive(Serialize)]
#[serde(rename = "shop.Unit")]
struct UnitOfShop;

#[derive(Serialize, Clone, Copy)]
#[serde(rename = "shop.Color")]
enum Color {
    #[serde(rename = "1")]
    Red,
    #[serde(rename = "green")]
    Green,
}

#[derive(Serialize)]
#[serde(rename = "shop.Odd")]
enum Odd {
    Data(i32),
    Fields { x: i32 },
    Row(i32, i32),
}

#[test]
fn plain_words_of_serde() {
    assert_eq!(shown(&()), "None");
    assert_eq!(shown(&Unit), "None");
    assert_eq!(shown(&None::<i32>), "None");
    assert_eq!(shown(&Some(Some(1))), "1");
    assert_eq!(
        shown(&(true, -1_i8, 200_u8, 70_000_u32)),
        "(True, -1, 200, 70000)"
    );
    assert_eq!(
        shown(&[i64::MIN, i64::MAX]),
        "(-9223372036854775808, 9223372036854775807)"
    );
    assert_eq!(
        shown(&(u64::MAX, u128::MAX, i128::MIN, i128::MAX)),
        "(18446744073709551615, 340282366920938463463374607431768211455, \
         -170141183460469231731687303715884105728, 170141183460469231731687303715884105727)"
    );
    assert_eq!(
        shown(&(0.5_f32, 1e300_f64, f64::INFINITY)),
        "(0.5, 1e+300, inf)"
    );
    assert_eq!(
        shown(&('é', "text", String::from("漢"))),
        "('é', 'text', '漢')"
    );
    assert_eq!(shown(&vec![1, 2]), "[1, 2]");
    assert_eq!(shown(&(1,)), "(1,)");
    assert_eq!(shown(&[0_u8; 0]), "()");
    assert_eq!(shown(&Vec::<i32>::new()), "[]");
    assert_eq!(
        shown(&BTreeMap::from([(2, "b"), (3, "c")])),
        "{2: 'b', 3: 'c'}"
    );
    assert_eq!(shown(&BTreeMap::from([(Some(false), ())])), "{False: None}");
    assert_eq!(shown(&BTreeMap::<i32, i32>::new()), "{}");
    assert_eq!(shown(serde_bytes::Bytes::new(b"\xff\0a")), "b'\\xff\\x00a'");
    assert_eq!(shown(serde_bytes::Bytes::new(b"")), "b''");
}

#[test]
fn structs_and_enums_without_a_class() {
    assert_eq!(shown(&Point { x: 1, y: -1 }), "{'x': 1, 'y': -1}");
    assert_eq!(shown(&Pair(1, "a")), "(1, 'a')");
    assert_eq!(shown(&Wrapped(5)), "5");
    let shapes = [
        Shape::Dot,
        Shape::Circle(1.5),
        Shape::Line(1, 2),
        Shape::Box {
            width: 1,
            height: 2,
        },
        Shape::Dot,
    ];
    assert_eq!(
        shown(&shapes),
        "('Dot', {'Circle': 1.5}, {'Line': (1, 2)}, {'Box': {'width': 1, 'height': 2}}, 'Dot')"
    );
}

#[test]
fn structs_and_enums_with_a_class() {
    let point = PointOfShop { x: 1, y: 2 };
    let class = || crate::pickle::Class::new("shop", "Point");
    let new = || crate::pickle::Instance::new(class());
    let state = || Value::dict([("x", 1), ("y", 2)]);
    assert_eq!(both(&point), new().with_state(state()).into());
    assert_eq!(
        both(&Slots(point)),
        new().with_state((Value::None, state())).into()
    );
    assert_eq!(
        both(&ListState(point)),
        new().with_state(Value::list([1, 2])).into()
    );
    let args = || Tuple::from(vec![1.into(), 2.into()]);
    assert_eq!(
        both(&Called(point)),
        crate::pickle::Instance::call(class(), args()).into()
    );
    let named_tuple = both(&NamedTuple(point));
    let instance = named_tuple.as_instance().unwrap();
    assert_eq!(instance.args(), &args()[..]);
    assert_eq!(
        instance.parts().construction,
        crate::pickle::Construction::New
    );
    assert!(instance.parts().changes.is_empty());
    for value in [
        both(&PairOfShop(1, "a")),
        both(&NamedTuple(PairOfShop(1, "a"))),
    ] {
        let instance = value.as_instance().unwrap();
        assert_eq!(instance.args(), [1.into(), "a".into()]);
        assert!(instance.is("shop", "Pair"));
        assert_eq!(
            instance.parts().construction,
            crate::pickle::Construction::New
        );
    }
    // Before protocol 4 a class inside of a class is a call of getattr.
    let one = to_value(&OneOfShop(3)).unwrap();
    let pickle = to_vec(&OneOfShop(3), Protocol::V4).unwrap();
    assert_eq!(loads(pickle).unwrap(), one);
    let one = one.as_instance().unwrap();
    assert!(one.is("shop.models", "Outer.One"));
    assert_eq!(one.args(), [3.into()]);
    let unit = both(&UnitOfShop);
    assert!(unit.as_instance().unwrap().args().is_empty());
    assert!(unit.as_instance().unwrap().state().is_none());
    let called = both(&Called(UnitOfShop));
    let called = called.as_instance().unwrap();
    assert_eq!(
        called.parts().construction,
        crate::pickle::Construction::Call
    );
}

#[test]
fn members_of_enums() {
    let colors = both(&vec![Color::Red, Color::Green, Color::Red]);
    let colors = colors.items().unwrap();
    let args: Vec<_> = colors
        .iter()
        .map(|color| color.as_instance().unwrap().args())
        .collect();
    assert_eq!(args, [[1.into()], ["green".into()], [Value::from(1)]]);
    // A member that was given is fetched, as CPython does.
    let one = to_vec(&[Color::Red; 1], Protocol::V4).unwrap();
    let many = to_vec(&[Color::Red; 3], Protocol::V4).unwrap();
    assert_eq!(many.len(), one.len() + 4);
    for refusal in [
        refused(&Odd::Data(1)),
        refused(&Odd::Fields { x: 1 }),
        refused(&Odd::Row(1, 2)),
    ] {
        assert!(
            refusal.contains("no member of an enum in Python"),
            "{refusal}"
        );
    }
}

#[test]
fn wrappers_are_around_what_they_are_for() {
    assert_eq!(shown(&Slots(None::<PointOfShop>)), "None");
    both(&Slots(Some(Box::new(PointOfShop { x: 1, y: 2 }))));
    assert!(refused(&Slots(Point { x: 1, y: 2 })).contains("Slots around a struct: put it"));
    assert!(refused(&Slots(PairOfShop(1, "a"))).contains("Slots around a tuple struct"));
    assert!(refused(&ListState(UnitOfShop)).contains("ListState around a unit struct"));
    assert!(refused(&Called(1)).contains("Called around an integer"));
    assert!(refused(&NamedTuple("a")).contains("NamedTuple around a str"));
    assert!(refused(&vec![Called(vec![1])]).starts_with("at [0]: Called around a sequence"));
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Helpers {
    #[serde(with = "super::set")]
    tags: BTreeSet<String>,
    #[serde(with = "super::frozen_set")]
    pairs: Vec<(u8, u8)>,
    #[serde(with = "super::byte_array")]
    content: Vec<u8>,
}

#[test]
fn fields_that_are_sets_and_byte_arrays() {
    let helpers = Helpers {
        tags: ["b".to_owned(), "a".to_owned()].into(),
        pairs: vec![(1, 2), (3, 4)],
        content: vec![0, 255],
    };
    let value = both(&helpers);
    assert_eq!(
        value.to_string(),
        "{'tags': {'a', 'b'}, 'pairs': frozenset({(1, 2), (3, 4)}), \
         'content': bytearray(b'\\x00\\xff')}"
    );
    assert_eq!(from_value::<Helpers>(value).unwrap(), helpers);
    let json = serde_json::to_string(&helpers).unwrap();
    assert_eq!(serde_json::from_str::<Helpers>(&json).unwrap(), helpers);
    let empty = Helpers {
        tags: BTreeSet::new(),
        pairs: vec![],
        content: vec![],
    };
    assert_eq!(
        shown(&empty),
        "{'tags': set(), 'pairs': frozenset(), 'content': bytearray(b'')}"
    );
}

struct AsSet<T>(T);

impl<T: Serialize> Serialize for AsSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        set::serialize(&self.0, serializer)
    }
}

#[test]
fn what_python_cannot_hash_is_no_key() {
    let lists = BTreeMap::from([(vec![vec![1], vec![]], "value")]);
    assert_eq!(shown(&lists), "{((1,), ()): 'value'}");
    assert_eq!(shown(&AsSet(vec![vec![1]])), "{(1,)}");
    let key = Value::list([Value::tuple([Value::list([1])])]);
    assert_eq!(shown(&AsSet(vec![key])), "{(((1,),),)}");

    assert!(
        refused(&BTreeMap::from([(BTreeMap::from([(1, 2)]), 3)]))
            .starts_with("at [key number 0]: a dict")
    );
    assert!(refused(&AsSet(vec![AsSet(vec![1])])).starts_with("at [0]: a set as a dict key"));
    assert!(refused(&AsSet(vec![(1, Point { x: 1, y: 1 })])).starts_with("at [0][1]: a dict"));
    assert!(refused(&AsSet(vec![Shape::Circle(1.0)])).starts_with("at [0]: a dict"));
    let dict = Value::tuple([Value::dict([(1, 2)])]);
    assert!(refused(&AsSet(vec![dict])).starts_with("at [0]: a dict"));
    // An instance can be hashed, whatever is in it.
    both(&AsSet(vec![PointOfShop { x: 1, y: 2 }]));
    both(&AsSet(vec![Color::Red, Color::Green]));
}

struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("out of paper"))
    }
}

#[derive(Serialize)]
struct Rows<T> {
    rows: Vec<T>,
}

#[derive(Serialize)]
enum Tagged {
    New(Fails),
    Row(i32, Fails),
    Struct { field: Fails },
}

#[test]
fn errors_have_a_path() {
    let nested = Rows {
        rows: vec![BTreeMap::from([("a", (1, Fails))])],
    };
    assert_eq!(refused(&nested), "at ['rows'][0]['a'][1]: out of paper");
    assert_eq!(refused(&Tagged::New(Fails)), "at ['New']: out of paper");
    assert_eq!(
        refused(&Tagged::Row(1, Fails)),
        "at ['Row'][1]: out of paper"
    );
    assert_eq!(
        refused(&Tagged::Struct { field: Fails }),
        "at ['Struct']['field']: out of paper"
    );
    assert_eq!(
        refused(&BTreeMap::from([(7, Fails)])),
        "at [7]: out of paper"
    );
}

#[derive(Serialize)]
struct Chain(Option<Box<Chain>>);

#[derive(Serialize)]
struct Linked {
    next: Option<Box<Linked>>,
}

fn nest(depth: usize) -> Nested {
    (0..depth).fold(Nested(vec![]), |inner, _| Nested(vec![inner]))
}

#[derive(Serialize)]
#[serde(transparent)]
struct Nested(Vec<Nested>);

#[test]
fn depth_has_a_limit() {
    both(&nest(MAX_DEPTH - 1));
    let refusal = to_vec(&nest(MAX_DEPTH), Protocol::V4).unwrap_err();
    assert!(refusal.is_limit() && refusal.to_string().contains("nested deeper than 500"));
    let linked = |depth| (0..depth).fold(None, |next, _| Some(Box::new(Linked { next })));
    both(&linked(MAX_DEPTH));
    assert!(to_value(&linked(MAX_DEPTH + 1)).unwrap_err().is_limit());
    // Nothing but stack: it all is None.
    let chain = (0..5_000).fold(Chain(None), |inner, _| Chain(Some(Box::new(inner))));
    assert!(to_value(&chain).unwrap_err().is_limit());
    // A value may be deeper than a type.
    let deep = (0..100_000).fold(Value::None, |inner, _| Value::list([inner]));
    let pickle = to_vec(&(1, &deep), Protocol::V4).unwrap();
    assert!(pickle.len() > 100_000);
    assert!(
        serde_json::to_string(&deep)
            .unwrap_err()
            .to_string()
            .contains("nested deeper")
    );
}

struct Miscounts(usize, usize);

impl Serialize for Miscounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut items = serializer.serialize_seq(Some(self.0))?;
        (0..self.1).try_for_each(|item| items.serialize_element(&item))?;
        items.end()
    }
}

#[test]
fn a_wrong_hint_makes_no_wrong_pickle() {
    for (said, given) in [(0, 3), (5, 0), (2, 1), (3, 2500), (1001, 1000)] {
        let items: Vec<usize> = (0..given).collect();
        assert_eq!(both(&Miscounts(said, given)), to_value(&items).unwrap());
    }
    let error = to_vec(&Miscounts(1, 2), Protocol::V2).unwrap_err();
    assert!(error.to_string().contains("announces 1 items and gives 2"));
}

#[test]
fn containers_of_many_items() {
    for count in [1, 2, 999, 1000, 1001, 2000, 2001] {
        let list: Vec<usize> = (0..count).collect();
        both(&list);
        both(&AsSet(&list));
        both(&list.iter().map(|n| (n, n)).collect::<BTreeMap<_, _>>());
    }
    // Frames, and what stands outside of them.
    let texts: Vec<String> = (0..30).map(|n| "x".repeat(n * 5000)).collect();
    both(&texts);
}

#[test]
fn records_are_as_small_as_pythons() {
    let records = vec![Point { x: 1, y: 2 }; 1000];
    let ours = to_vec(&records, Protocol::V4).unwrap();
    let theirs = dumps(&to_value(&records).unwrap(), Protocol::V4).unwrap();
    assert!(
        ours.len() <= theirs.len(),
        "{} {}",
        ours.len(),
        theirs.len()
    );
}

#[test]
fn bytes_are_written_in_one_piece() {
    let bytes = vec![0xfe; 1 << 20];
    let pickle = to_vec(serde_bytes::Bytes::new(&bytes), Protocol::V3).unwrap();
    assert_eq!(pickle[..7], *b"\x80\x03B\0\0\x10\0");
    assert_eq!(pickle.len(), bytes.len() + 8);
    let latin1 = to_vec(serde_bytes::Bytes::new(b"\xfea"), Protocol::V2).unwrap();
    assert!(latin1.starts_with(b"\x80\x02c_codecs\nencode\n"));
}

#[test]
fn values_inside_of_types_stay_whole() {
    let part = List::from(vec![1.into()]);
    let value = Value::tuple([
        Value::from(part.clone()),
        part.into(),
        Value::Complex(1.0, 2.0),
    ]);
    let tree = both(&Rows { rows: vec![&value] });
    let Some([row]) = tree.get("rows").and_then(Value::items) else {
        panic!("{tree}");
    };
    let Some([Value::List(one), Value::List(other), _]) = row.items() else {
        panic!("{row}");
    };
    assert!(one.ptr_eq(other));
    let big: BigInt = "1267650600228229401496703205376".parse().unwrap();
    assert_eq!(shown(&[Some(&big)]), "(1267650600228229401496703205376,)");
    assert_eq!(
        serde_json::to_string(&[big]).unwrap(),
        r#"["1267650600228229401496703205376"]"#
    );
    // A class that comes in several values is written once.
    let class = || Value::Class(crate::pickle::Class::new("a_module_of_a_long_name", "A"));
    let one = to_vec(&vec![class()], Protocol::V2).unwrap();
    let three = to_vec(&vec![class(), class(), class()], Protocol::V2).unwrap();
    assert!(three.len() < one.len() + 12, "{}", three.escape_ascii());
}

#[derive(Serialize)]
struct Flat {
    first: i32,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Internal {
    Some { inner: Value },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Untagged {
    One(Value),
    Two(PointOfShop),
}

#[test]
fn values_go_through_what_serde_does_to_structs() {
    let set = || Value::from(crate::pickle::Set::from(vec![Value::from(1)]));
    let flat = Flat {
        first: 1,
        rest: [("a".to_owned(), set())].into(),
    };
    assert_eq!(shown(&flat), "{'first': 1, 'a': {1}}");
    assert_eq!(
        shown(&Internal::Some { inner: set() }),
        "{'kind': 'Some', 'inner': {1}}"
    );
    assert_eq!(shown(&[Untagged::One(set())]), "({1},)");
    both(&Untagged::Two(PointOfShop { x: 1, y: 2 }));
    assert_eq!(
        serde_json::to_string(&flat).unwrap(),
        r#"{"first":1,"a":[1]}"#
    );
}

proptest! {
    #[test]
    fn values_pass_through_unchanged(value in arbitrary::object()) {
        prop_assert_eq!(&to_value(&value).unwrap(), &value);
        // It has no second handle when it is written directly.
        prop_assume!(!matches!(value, Value::Persistent(_)));
        for protocol in PROTOCOLS {
            match (dumps(&value, protocol), to_vec(&value, protocol)) {
                (Ok(direct), Ok(through)) => prop_assert_eq!(direct, through),
                (Err(direct), Err(through)) => {
                    prop_assert_eq!(direct.to_string(), through.to_string());
                }
                (direct, through) => panic!("{direct:?} {through:?}"),
            }
        }
    }

    #[test]
    fn trees_and_pickles_agree(
        parts in proptest::collection::vec((arbitrary::value(), any::<(i64, f64, String)>()), 0..5),
        map in any::<BTreeMap<(u8, String), Option<Vec<i128>>>>(),
    ) {
        prop_assume!(parts.iter().all(|(_, (_, float, _))| !float.is_nan()));
        both(&(parts, &map, Called(PairOfShop(1, "a"))));
    }
}

#[test]
fn an_error_is_as_small_as_can_be() {
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn other_formats_get_what_was_put_into_an_instance() {
    use crate::pickle::{Change, Class, Instance};
    let json = |changes: &[Change]| {
        let empty = Instance::new(Class::new("shop", "Box"));
        let made = changes.iter().cloned().fold(empty, Instance::with);
        serde_json::to_string(&Value::from(made)).unwrap()
    };
    let set = |key: &str, value: i32| Change::SetItem(key.into(), value.into());
    assert_eq!(
        json(&[set("a", 1), set("b", 2), set("a", 3)]),
        r#"{"a":3,"b":2}"#
    );
    assert_eq!(
        json(&[Change::Add(1.into()), Change::Add(2.into())]),
        "[1,2]"
    );
    assert_eq!(json(&[Change::Append("x".into())]), r#"["x"]"#);
    let state = Change::State(Value::dict([("own", 1)]));
    assert_eq!(json(&[set("a", 1), state]), r#"{"own":1}"#);
    assert_eq!(json(&[]), "[]");
}

#[test]
fn names_are_written_once_wherever_in_a_struct_they_stand() {
    #[derive(Serialize)]
    struct Moving {
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<i32>,
        inside: Vec<Moving>,
        point: Point,
    }
    let moving = |number, inside| Moving {
        number,
        inside,
        point: Point { x: 1, y: 2 },
    };
    let few = |numbers: [Option<i32>; 3]| numbers.map(|number| moving(number, Vec::new())).into();
    let all = [
        moving(Some(1), few([Some(2), None, None])),
        moving(None, few([None, Some(3), Some(4)])),
        moving(Some(5), Vec::new()),
    ];
    both(&all);
    let pickle = to_vec(&all, Protocol::V5).unwrap();
    for name in ["number", "inside", "point"] {
        let found = pickle
            .windows(name.len())
            .filter(|part| *part == name.as_bytes());
        assert_eq!(found.count(), 1, "{name}");
    }
}
