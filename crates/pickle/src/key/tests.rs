use super::*;
use crate::BigInt;
use crate::value::*;
use crate::{Graph, loads};

thread_local! {
    /// Number of long keys that were read as a whole.
    static LOOKED_THROUGH: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

pub(super) fn count(long: bool) {
    LOOKED_THROUGH.set(LOOKED_THROUGH.get() + usize::from(long));
}

fn key(value: &Value) -> Key<'_> {
    Key::of(value, &mut Fingerprints::default())
}

/// Returns whether two keys are one in Python.
fn same(left: &Value, right: &Value) -> bool {
    let mut fingerprints = Fingerprints::default();
    Key::of(left, &mut fingerprints) == Key::of(right, &mut fingerprints)
}

/// Returns all trees of that many empty tuples.
fn trees(size: usize) -> Vec<Value> {
    // A tree is its first branch and the tree of the others.
    let mut by_size = vec![vec![], vec![Value::tuple::<Value>([])]];
    for size in 2..=size {
        let mut trees = Vec::new();
        for first in 1..size {
            for branch in &by_size[first] {
                for rest in &by_size[size - first] {
                    let items = rest.items().unwrap_or_default().iter();
                    trees.push(Value::tuple([branch].into_iter().chain(items).cloned()));
                }
            }
        }
        by_size.push(trees);
    }
    by_size.pop().unwrap_or_default()
}

#[test]
fn keys_that_differ_are_told_apart() {
    let mut keys = trees(9);
    let zero_one = (0..1024_u32).map(|bits| {
        let item = |bit: u32| match bits >> bit & 1 {
            0 => Value::Float(0.5),
            _ => Value::from(0.5_f64.to_bits()),
        };
        Value::tuple((0..10).map(item))
    });
    keys.extend(zero_one);
    keys.extend([
        Value::None,
        "a".into(),
        b"a".into(),
        (("a", "b"), "c").into(),
        ("a", ("b", "c")).into(),
        ("a", "b", "c").into(),
        FrozenSet::from(vec!["a".into(), "b".into(), "c".into()]).into(),
        FrozenSet::from(vec![("a", "b", "c").into()]).into(),
        Value::Complex(0.0, 1.0),
        Value::Complex(1.0, 1.0),
        Class::new("builtins", "Ellipsis").into(),
        Class::new("builtins", "NotImplemented").into(),
        SurrogateStr::from_checked(b"\xed\xa0\x80").into(),
    ]);
    let different: HashSet<Key<'_>> = keys.iter().map(key).collect();
    assert_eq!(different.len(), keys.len());
    assert_eq!(
        first_positions(keys.iter(), &mut Fingerprints::default()),
        None
    );
}

#[test]
fn equal_keys_are_one() {
    let pair = |a: Value, b: Value| FrozenSet::from(vec![a, b]);
    let nested = |first: Value, second: Value| Value::tuple([Value::from(pair(first, second))]);
    let zone = || Instance::call(Class::new("datetime", "timezone"), vec![1.into()]);
    for (left, right) in [
        (1.into(), 1.0.into()),
        (1.into(), true.into()),
        (1.into(), Value::Complex(1.0, -0.0)),
        (0.into(), Value::Float(-0.0)),
        (Value::Complex(-0.0, 1.0), Value::Complex(0.0, 1.0)),
        ((1_i128 << 70).into(), 2_f64.powi(70).into()),
        ((1, "a").into(), (true, "a").into()),
        (nested(1.into(), 2.into()), nested(2.0.into(), 1.into())),
        (Class::new("a", "b").into(), Class::new("a", "b").into()),
        (zone().into(), zone().into()),
        (PersistentId::new(1).into(), PersistentId::new(1).into()),
    ] {
        assert!(same(&left, &right), "{left:?} {right:?}");
    }
}

#[test]
fn unknown_instances_are_keys_by_identity_and_found_by_equality() {
    let order = |id: i32| Instance::call(Class::new("shop", "Order"), vec![id.into()]);
    let one = order(1);
    assert!(same(&one.clone().into(), &one.clone().into()));
    assert!(!same(&one.clone().into(), &order(1).into()));
    let set = Set::from(vec![one.clone().into(), order(1).into(), one.into()]);
    assert_eq!(set.len(), 2);
    assert!(set.contains(&order(1).into()) && !set.contains(&order(2).into()));
    let mut dict: Dict = (0..20).map(|id| (order(id), id)).collect();
    assert_eq!(dict.get(&order(7).into()), Some(&7.into()));
    assert_eq!(dict.insert(order(7).into(), 0.into()), Some(7.into()));
    assert_eq!((dict.len(), dict.get(&order(20).into())), (20, None));
    let pairs: Dict = (0..20).map(|id| ((order(id), 1), id)).collect();
    assert_eq!(pairs.get(&(order(7), 1).into()), Some(&7.into()));
}

#[test]
fn nan_is_a_new_key_each_time_and_costs_no_more_than_another() {
    let nan = || Value::Float(f64::NAN);
    let set = || FrozenSet::from((0..20).map(|_| nan()).collect::<Vec<_>>());
    assert_eq!(set().len(), 20);
    assert!(!same(&set().into(), &set().into()));
    // The same object is found, as in Python.
    let one: Value = (1, nan()).into();
    assert!(same(&one, &one.clone()));
    assert!(same(&(one.clone(), 1).into(), &(one, 1).into()));
    // Comparing all pairs would take minutes.
    let keys: Vec<Value> = (0..100_000).map(|_| (1, nan()).into()).collect();
    assert_eq!(
        first_positions(keys.iter(), &mut Fingerprints::default()),
        None
    );
}

#[test]
fn equal_numbers_are_one_key_in_a_large_set_too() {
    let numbers = (0..20).flat_map(|n| [Value::from(n), Value::Float(f64::from(n))]);
    let mut keys: Vec<Value> = numbers.chain([Value::Bool(true)]).collect();
    keys.extend([Value::from(1_u128 << 100), Value::Float(2.0_f64.powi(100))]);
    dedupe(&mut keys, &mut Fingerprints::default());
    assert_eq!(keys.len(), 21);
}

#[test]
fn of_equal_keys_the_first_form_and_the_last_value_stay() {
    let pairs = |count: i32| {
        let mut pairs: Vec<(Value, Value)> = (0..count).map(|n| (n.into(), n.into())).collect();
        pairs.extend([(0.0.into(), "zero".into()), (true.into(), "one".into())]);
        pairs
    };
    for count in [2, 100] {
        let mut merged = pairs(count);
        merge(&mut merged, &mut Fingerprints::default());
        assert_eq!(merged.len(), usize::try_from(count).unwrap());
        assert_eq!(
            merged[..2],
            [(0.into(), "zero".into()), (1.into(), "one".into())]
        );
    }
}

#[test]
fn what_python_cannot_hash_is_found_deep_inside() {
    let deep = |innermost: Value| (0..1_000_000).fold(innermost, |v, _| Value::tuple([v]));
    assert_eq!(unhashable(&deep(1.into())), None);
    assert_eq!(unhashable(&deep(Value::list([1]))), Some("list"));
    let bytes: Value = ByteArray::from(&b""[..]).into();
    assert_eq!(unhashable(&(1, bytes).into()), Some("bytearray"));
    let laughs = (0..60).fold(Value::None, |v, _| (v.clone(), v).into());
    assert_eq!(unhashable(&laughs), None);
}

#[test]
fn tuples_that_keys_have_in_common_are_looked_into_once() {
    let common = Value::tuple([Value::list([1])]);
    let (first, second) = ((1, common.clone()).into(), (2, common).into());
    let mut seen = HashSet::new();
    assert_eq!(unhashable_but(&first, &mut seen), Some("list"));
    assert_eq!(unhashable_but(&second, &mut seen), None);
}

#[cfg(feature = "json")]
#[test]
fn shared_keys_in_json_are_looked_through_once() {
    let text = "k".repeat(LONG + 1);
    for (key, sets) in [
        (format!("\"{text}\""), r#"{"$set":[{"$same":1},2]}"#),
        (
            format!("\"{text}\""),
            r#"{"$dict":[[{"$same":1},2],[3,4]]}"#,
        ),
        (
            format!(r#"{{"$tuple":["{text}",1]}}"#),
            r#"{"$frozenset":[{"$same":1},2]}"#,
        ),
    ] {
        let json = format!(
            r#"[{{"$shared":[1,{key}]}}{}]"#,
            format!(",{sets}").repeat(100)
        );
        LOOKED_THROUGH.set(0);
        let value = Value::from_json(&json).unwrap();
        assert_eq!(value.items().map(<[Value]>::len), Some(101));
        assert!(LOOKED_THROUGH.get() <= 2, "{} times", LOOKED_THROUGH.get());
    }
}

#[test]
fn a_million_levels_are_a_key_and_so_is_what_shares_much() {
    let deep = |last: i32| (0..1_000_000).fold(last.into(), |v, _| Value::tuple([v]));
    assert!(same(&deep(1), &deep(1)) && !same(&deep(1), &deep(2)));
    let laughs = |last: i32| (0..60).fold(last.into(), |v: Value, _| (v.clone(), v).into());
    assert!(same(&laughs(1), &laughs(1)) && !same(&laughs(1), &laughs(2)));
    // Each level is a key of the next: reading all levels again each time would take hours.
    let sets = |last: i32| {
        (0..20_000).fold(last.into(), |v, _| {
            FrozenSet::from(vec![v, "other".into()]).into()
        })
    };
    let (one, another, different): (Value, Value, Value) = (sets(1), sets(1), sets(2));
    assert!(same(&one, &another) && !same(&one, &different));
    assert!(one == another && one != different);
}

/// Makes a pickle that puts three long texts and three long numbers (two of each differ only at
/// the end) into the memo and repeats `body` in a list.
fn with_long_keys(body: &[u8]) -> Vec<u8> {
    const LENGTH: u32 = 1 << 18;
    let mut pickle = b"\x80\x04".to_vec();
    for last in [b'a', b'b', b'c'] {
        for opcode in [b'X', b'\x8b'] {
            pickle.push(opcode);
            pickle.extend(LENGTH.to_le_bytes());
            pickle.resize(pickle.len() + LENGTH as usize - 1, b'x');
            pickle.extend([last, b'\x94', b'0']);
        }
    }
    pickle.extend(b"](");
    pickle.extend(body.repeat(3000));
    pickle.extend(b"e.");
    pickle
}

/// Covers all ways in which keys hold long values.
#[test]
fn long_keys_are_looked_through_once() {
    for body in [
        // In tuples, in one dict and in many.
        &b"}(h\x00K\x01\x86Nh\x02K\x01\x86Nh\x00K\x02\x86Nu"[..],
        b"}(h\x01K\x01\x86Nh\x03K\x01\x86Nu",
        // As keys themselves, and repeated.
        b"}(h\x00Nh\x02Nh\x04Nu",
        b"}(h\x00Nh\x02Nh\x00Nu",
        b"}(h\x01Nh\x03Nh\x05Nu",
        b"}(h\x00NK\x00Nu",
        // Among many keys.
        b"}(h\x00Nh\x02NX\x01\x00\x00\x000NX\x01\x00\x00\x001NX\x01\x00\x00\x002N\
          X\x01\x00\x00\x003NX\x01\x00\x00\x004NX\x01\x00\x00\x005NX\x01\x00\x00\x006Nu",
        b"\x8f(h\x00h\x02)\x90",
        b"(h\x00h\x02)\x91",
        b"(h\x00h\x02\x91",
    ] {
        let pickle = with_long_keys(body);
        LOOKED_THROUGH.set(0);
        let value = loads(pickle.clone()).unwrap();
        assert_eq!(value.items().map(<[Value]>::len), Some(3000));
        assert!(LOOKED_THROUGH.get() <= 6, "{}", LOOKED_THROUGH.get());
        LOOKED_THROUGH.set(0);
        let graph = Graph::read(&pickle).unwrap();
        graph.root().to_value().unwrap();
        assert!(LOOKED_THROUGH.get() <= 6, "{}", LOOKED_THROUGH.get());
    }
}

#[test]
fn long_keys_in_one_dict_are_looked_through_once() {
    for key in [&b"h\x00"[..], b"h\x01", b"h\x00h\x01\x86"] {
        let mut body = b"}(".to_vec();
        for _ in 0..1000 {
            body.extend(key);
            body.extend(b"N");
        }
        body.extend(b"u");
        let mut pickle = with_long_keys(b"");
        pickle.truncate(pickle.len() - 2);
        pickle.extend(body.repeat(3));
        pickle.extend(b"e.");
        LOOKED_THROUGH.set(0);
        let value = loads(pickle).unwrap();
        let dicts = value.items().unwrap();
        assert!(dicts.iter().all(|dict| dict.as_dict().unwrap().len() == 1));
        assert!(LOOKED_THROUGH.get() <= 6, "{}", LOOKED_THROUGH.get());
    }
}

/// Long values of equal length are compared by content, whether one object or not.
#[test]
fn long_keys_are_equal_by_value() {
    let text = |last: &str| Value::from("x".repeat(500) + last);
    assert!(same(&text("a"), &text("a")));
    assert!(!same(&text("a"), &text("b")));
    let bytes = Value::from("x".repeat(500).as_bytes());
    assert!(!same(&text(""), &bytes));
    let dict: Dict = (0..20).map(|at| (text(&at.to_string()), at)).collect();
    assert_eq!(dict.len(), 20);
    assert_eq!(dict.get(&text("7")), Some(&7.into()));
    assert_eq!(dict.get_str(text("8").as_str().unwrap()), Some(&8.into()));
    // 2**1023 as a float is the same key.
    let digits = num_bigint::BigInt::from(1) << 1023;
    assert!(same(&BigInt::wrap(digits).into(), &2_f64.powi(1023).into()));
}
