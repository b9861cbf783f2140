//! What holds for every value.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn what_is_printed_is_read_back(value in arbitrary::value()) {
        prop_assert_eq!(value.to_string().parse::<Value>(), Ok(value));
    }

    #[test]
    fn what_is_pickled_is_read_back(value in arbitrary::value()) {
        for protocol in [Protocol::V2, Protocol::V3] {
            let message = dumps(&value, protocol).unwrap();
            prop_assert_eq!(&loads(message).unwrap(), &value);
        }
    }

    #[test]
    fn serde_changes_nothing(value in arbitrary::value()) {
        prop_assert_eq!(&to_value(&value).unwrap(), &value);
        prop_assert_eq!(&from_value::<Value>(value.clone()).unwrap(), &value);
    }

    #[test]
    fn reading_anything_ends_without_a_panic(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        value in arbitrary::value(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let _ = loads(noise.clone());
        let _ = String::from_utf8_lossy(&noise).parse::<Value>();
        // One byte wrong in what was right.
        let mut message = dumps(&value, Protocol::V3).unwrap();
        let at = at.index(message.len());
        message[at] = byte;
        if let Ok(value) = loads(message) {
            // What was read can be used in every way.
            let _ = (value.to_string(), dumps(&value, Protocol::V2), to_value(&value));
        }
    }

    /// serde-pickle as an independent witness, as far as it goes: it keeps no order.
    #[test]
    fn serde_pickle_reads_the_same(value in arbitrary::value()) {
        for protocol in [Protocol::V2, Protocol::V3] {
            let message = dumps(&value, protocol).unwrap();
            let theirs = serde_pickle::value_from_slice(&message, Default::default());
            prop_assert_eq!(sorted(from_serde_pickle(theirs.unwrap())), sorted(value.clone()));
        }
    }
}

fn from_serde_pickle(value: serde_pickle::Value) -> Value {
    use serde_pickle::Value as Theirs;
    let all = |items: Vec<Theirs>| items.into_iter().map(from_serde_pickle).collect();
    let keys = |items: std::collections::BTreeSet<serde_pickle::HashableValue>| {
        items
            .into_iter()
            .map(|item| from_serde_pickle(item.into_value()))
            .collect()
    };
    match value {
        Theirs::None => Value::None,
        Theirs::Bool(value) => value.into(),
        Theirs::I64(value) => value.into(),
        Theirs::Int(value) => BigInt(value).into(),
        Theirs::F64(value) => value.into(),
        Theirs::Bytes(value) => value.into(),
        Theirs::String(value) => value.into(),
        Theirs::List(items) => Value::List(all(items)),
        Theirs::Tuple(items) => Value::Tuple(all(items)),
        Theirs::Set(items) => Value::Set(keys(items)),
        Theirs::FrozenSet(items) => Value::FrozenSet(keys(items)),
        Theirs::Dict(dict) => {
            let pair = |(key, value): (serde_pickle::HashableValue, _)| {
                (
                    from_serde_pickle(key.into_value()),
                    from_serde_pickle(value),
                )
            };
            Value::Dict(dict.into_iter().map(pair).collect())
        }
    }
}

/// Dicts and sets in one order whatever theirs was.
fn sorted(value: Value) -> Value {
    let by_text = |mut items: Vec<Value>| {
        items.sort_by_key(ToString::to_string);
        items
    };
    let all = |items: Vec<Value>| items.into_iter().map(sorted).collect::<Vec<_>>();
    match value {
        Value::List(items) => Value::List(all(items)),
        Value::Tuple(items) => Value::Tuple(all(items)),
        Value::Set(items) => Value::Set(by_text(all(items))),
        Value::FrozenSet(items) => Value::FrozenSet(by_text(all(items))),
        Value::Dict(dict) => {
            let pairs = dict
                .into_iter()
                .map(|(key, value)| (sorted(key), sorted(value)));
            let mut pairs: Vec<_> = pairs.collect();
            pairs.sort_by_key(|(key, _)| key.to_string());
            Value::Dict(pairs.into_iter().collect())
        }
        other => other,
    }
}

#[test]
fn keys_are_told_apart_as_in_python() {
    let equal = ["1", "1.0", "True", "0x1"];
    let different = [
        "'1'",
        "b'1'",
        "(1,)",
        "None",
        "2",
        "1.5",
        "9007199254740993",
        "9007199254740992.0",
        "1e300",
        "-0.5",
        "frozenset()",
        "frozenset({1})",
        "frozenset({frozenset({1})})",
        "()",
    ];
    let all = equal
        .iter()
        .chain(&different)
        .map(|text| (text.parse::<Value>().unwrap(), ()));
    let dict: Dict = all.collect();
    assert_eq!(dict.len(), 1 + different.len());
    assert_eq!(dict.pairs()[0].0, Value::Int(1));
    for (one, other) in [
        ("10000000000000000000000", "1e22"),
        ("frozenset({1, 2})", "frozenset({2.0, True})"),
        ("(1, (0,))", "(True, (False,))"),
        ("0", "-0.0"),
    ] {
        let pair: Dict = [one, other]
            .into_iter()
            .map(|text| (text.parse::<Value>().unwrap(), ()))
            .collect();
        assert_eq!(pair.len(), 1, "{one} {other}");
    }
    assert_eq!(dict.get(&Value::Float(1.0)), Some(&Value::None));
}

#[test]
fn what_python_cannot_hash_is_not_written_as_a_key() {
    let mut dict = Dict::new();
    dict.insert(Value::List(vec![]), 1.into());
    let error = dumps(&Value::from((0, dict)), Protocol::V2).unwrap_err();
    assert_eq!(error.path(), "[1]");
    assert!(dumps(&Value::Set(vec![Value::Set(vec![])]), Protocol::V3).is_err());
}

#[test]
fn depth_has_a_limit_when_written() {
    let nest = |depth| (0..depth).fold(Value::None, |inner, _| Value::Tuple(vec![inner]));
    assert!(dumps(&nest(MAX_DEPTH), Protocol::V2).is_ok());
    let error = dumps(&nest(MAX_DEPTH + 1), Protocol::V2).unwrap_err();
    assert!(error.to_string().contains("nested deeper"));
}
