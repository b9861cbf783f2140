//! What pickles are like, however the values come.

use super::*;

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
    let class = || Value::Class(crate::Class::new("a_module_of_a_long_name", "A"));
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
    let set = || Value::from(crate::Set::from(vec![Value::from(1)]));
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
    assert_eq!(size_of::<Result<(), PickleError>>(), size_of::<usize>());
}

#[test]
fn other_formats_get_what_was_put_into_an_instance() {
    use crate::{Change, Class, Instance};
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
