//! Values of every kind for property tests, here and against real Pythons.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{BigInt, Dict, Value};

/// Anything but NaN, which differs from itself.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::List),
            vec(inner.clone(), 0..6).prop_map(Value::Tuple),
            vec((hashable(), inner), 0..6)
                .prop_map(|pairs| Value::Dict(pairs.into_iter().collect())),
            distinct().prop_map(Value::Set),
            distinct().prop_map(Value::FrozenSet),
        ]
    })
}

fn hashable() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 8, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Tuple),
            vec(inner, 0..4).prop_map(|items| Value::FrozenSet(without_duplicates(items))),
        ]
    })
}

fn distinct() -> impl Strategy<Value = Vec<Value>> {
    vec(hashable(), 0..4).prop_map(without_duplicates)
}

fn without_duplicates(items: Vec<Value>) -> Vec<Value> {
    let dict: Dict = items.into_iter().map(|item| (item, ())).collect();
    dict.into_iter().map(|(item, _)| item).collect()
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        (-300_i64..300).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        vec(any::<u8>(), 0..300)
            .prop_map(|bytes| Value::from(BigInt::from_signed_bytes_le(&bytes))),
        any::<f64>()
            .prop_filter("NaN", |float| !float.is_nan())
            .prop_map(Value::from),
        (-1000_i32..1000, -20_i32..20)
            .prop_map(|(digits, exponent)| Value::from(f64::from(digits) * 10_f64.powi(exponent))),
        text().prop_map(Value::from),
        vec(any::<u8>(), 0..20).prop_map(Value::from),
        "[ -~]{0,12}".prop_map(|ascii| Value::from(ascii.into_bytes())),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,8}",
        "['\"\\\\\n\r\t\0 a-c\u{7f}-\u{ff}]{0,12}",
        any::<String>(),
    ]
}
