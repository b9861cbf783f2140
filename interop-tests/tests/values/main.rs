//! Values, literals and pickles with a real Python: `MPCONN_PYTHON`, or `python3`.

#[path = "../../../crates/pickle/src/arbitrary.rs"]
#[expect(dead_code, reason = "objects are for the unit tests")]
mod arbitrary;
mod literals;
mod python;

use mpconn::pickle::{
    Anchor, BigInt, Buffer, ByteArray, Change, Class, Dict, FrozenSet, Instance, List,
    PersistentId, Protocol, Set, SurrogateStr, Tuple, Value, dumps, loads,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use python::{ask, hex, unhex, version};

/// Number of values each way.
const VALUES: usize = 4000;

/// Returns values or texts that are the same in each run.
fn samples<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..VALUES)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// Returns whether the predicate holds for any value inside, including itself.
fn any_inside(value: &Value, fits: &dyn Fn(&Value) -> bool) -> bool {
    let inside = value
        .items()
        .is_some_and(|items| items.iter().any(|v| any_inside(v, fits)));
    let pairs = value.as_dict().map_or(&[][..], Dict::pairs);
    let pairs = pairs
        .iter()
        .any(|(k, v)| any_inside(k, fits) || any_inside(v, fits));
    fits(value) || inside || pairs
}

/// Returns whether this Python's `literal_eval` does not read our text: it reads no `inf` and no
/// `frozenset`, and `set()` from 3.9 on.
fn is_own_form(value: &Value, minor: u32) -> bool {
    match value {
        Value::Float(float) => !float.is_finite(),
        Value::Complex(real, imaginary) => !(real.is_finite() && imaginary.is_finite()),
        Value::FrozenSet(_) | Value::ByteArray(_) => true,
        Value::Set(items) => items.is_empty() && minor < 9,
        _ => false,
    }
}

#[test]
fn our_pickle_and_our_repr_are_the_same_object_to_python() {
    let (major, minor) = version();
    if major < 3 {
        // Its repr has other prefixes; the next test compares its pickles.
        return;
    }
    let values = samples(arbitrary::value());
    let questions: Vec<String> = [Protocol::V2, Protocol::V3]
        .into_iter()
        .flat_map(|protocol| {
            values
                .iter()
                .map(move |value| check(value, protocol, minor))
        })
        .collect();
    let asked = |what| {
        questions
            .iter()
            .filter(|question| question.ends_with(what))
            .count()
    };
    assert!(
        asked("rl") > VALUES / 2,
        "too little was compared: {}",
        asked("rl")
    );
    let pairs = values.iter().chain(&values).zip(&questions);
    for (answer, (value, question)) in ask(&questions).iter().zip(pairs) {
        assert_eq!(answer, "ok", "{value}\n{question}");
    }
}

/// Makes the question whether a value is the same object in Python in all forms.
fn check(value: &Value, protocol: Protocol, minor: u32) -> String {
    // Sets have the order of Python's hashes, which differ between runs.
    let unordered = |v: &Value| {
        matches!(v, Value::Set(_) | Value::FrozenSet(_))
            && v.items().is_some_and(|items| items.len() > 1)
    };
    // Another version of Unicode decides differently: there is a test of all characters.
    let recent = |v: &Value| {
        v.as_str()
            .is_some_and(|text| text.chars().any(|c| c > '\u{2ff}'))
    };
    let repr = !any_inside(value, &unordered) && !any_inside(value, &recent);
    let literal = !any_inside(value, &|v| is_own_form(v, minor));
    let what = format!(
        "{}{}",
        if repr { "r" } else { "" },
        if literal { "l" } else { "" }
    );
    let message = dumps(value, protocol).unwrap();
    format!("check {} {} -{what}", hex(message), hex(value.to_string()))
}

#[test]
fn every_protocol_of_python_is_read() {
    let (major, _) = version();
    let values = samples(arbitrary::value());
    let values: Vec<(Value, Value)> = values
        .into_iter()
        .filter_map(|v| Some((expected(&v, major)?, v)))
        .collect();
    assert!(values.len() > VALUES / 2);
    let question =
        |(_, value): &(Value, Value)| format!("dump {}", hex(dumps(value, Protocol::V2).unwrap()));
    let questions: Vec<String> = values.iter().map(question).collect();
    for (answer, (expected, _)) in ask(&questions).iter().zip(&values) {
        let messages: Vec<&str> = answer.split(' ').collect();
        assert!(messages.len() >= 3);
        for (protocol, message) in messages.into_iter().enumerate() {
            let read = loads(unhex(message));
            let read = read.unwrap_or_else(|error| panic!("{expected}: {error}\n{message}"));
            assert_eq!(
                sorted(read, major),
                sorted(expected.clone(), major),
                "{protocol}"
            );
        }
    }
}

/// Returns the value that comes back. Python 2's bytes are text if ASCII. `None` for lone
/// surrogates, and for two keys of Python 3 that are one in Python 2.
fn expected(value: &Value, major: u32) -> Option<Value> {
    if major >= 3 {
        return Some(value.clone());
    }
    let all = |items: &[Value]| {
        items
            .iter()
            .map(|v| expected(v, major))
            .collect::<Option<Vec<_>>>()
    };
    let distinct = |items: &[Value]| {
        let items = all(items)?;
        let dict: Dict = items.iter().cloned().map(|item| (item, ())).collect();
        (dict.len() == items.len()).then_some(items)
    };
    Some(match value {
        Value::Bytes(bytes) if bytes.is_ascii() => Value::from(std::str::from_utf8(bytes).unwrap()),
        // Python 2 joins two of them that make a pair.
        Value::SurrogateStr(_) => return None,
        Value::Tuple(items) => Value::Tuple(all(items)?.into()),
        Value::List(items) => Value::List(all(items)?.into()),
        Value::Set(items) => Value::Set(distinct(items)?.into()),
        Value::FrozenSet(items) => Value::FrozenSet(distinct(items)?.into()),
        Value::Dict(dict) => {
            let pair = |(k, v): &(Value, Value)| Some((expected(k, major)?, expected(v, major)?));
            let pairs: Vec<_> = dict.into_iter().map(pair).collect::<Option<_>>()?;
            let read: Dict = pairs.into_iter().collect();
            (read.len() == dict.len()).then_some(Value::Dict(read))?
        }
        other => other.clone(),
    })
}

/// Sorts sets, and dicts if this Python does not order them.
fn sorted(value: Value, major: u32) -> Value {
    let all = |items: &[Value]| {
        let items = items.iter().cloned();
        items.map(|v| sorted(v, major)).collect::<Vec<_>>()
    };
    let by_text = |items: &[Value]| {
        let mut items = all(items);
        items.sort_by_key(ToString::to_string);
        items
    };
    match value {
        Value::List(items) => Value::List(all(&items).into()),
        Value::Tuple(items) => Value::Tuple(all(&items).into()),
        Value::Set(items) => Value::Set(by_text(&items).into()),
        Value::FrozenSet(items) => Value::FrozenSet(by_text(&items).into()),
        Value::Dict(dict) => {
            let pairs = dict
                .into_iter()
                .map(|(k, v)| (sorted(k, major), sorted(v, major)));
            let mut pairs: Vec<_> = pairs.collect();
            if major < 3 {
                pairs.sort_by_key(|(key, _)| key.to_string());
            }
            Value::Dict(pairs.into_iter().collect())
        }
        other => other,
    }
}

#[test]
fn large_integers_text_and_bytes_survive() {
    let big = BigInt::from_signed_bytes_le(&[0x5a; 3000]);
    let values = [
        Value::from(big),
        Value::from(vec![0xfe; 300_000]),
        "é".repeat(100_000).into(),
    ];
    let question = |value: &Value| format!("dump {}", hex(dumps(value, Protocol::V2).unwrap()));
    // In protocols 0 and 1 the integer is written in decimal, which newer Pythons refuse at this
    // size.
    let newest: Vec<String> = values[1..].iter().map(question).collect();
    for (answer, value) in ask(&newest).iter().zip(&values[1..]) {
        for message in answer.split(' ') {
            assert_eq!(&loads(unhex(message)).unwrap(), value);
        }
    }
    if version().0 >= 3 {
        let text = values[0].to_string();
        assert!(text.starts_with("0x"));
        let question = format!(
            "check {} {} -l",
            hex(dumps(&values[0], Protocol::V2).unwrap()),
            hex(text)
        );
        assert_eq!(ask(&[question]), ["ok"]);
    }
}
