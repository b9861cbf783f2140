//! Values that XML-RPC can express, and what is received of them.

use mpconn::Value;
use mpconn::pickle::types::{Date, DateTime, Time};
use mpconn::pickle::{ByteArray, Class, Dict, Instance};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const VALUES: usize = 500;

/// Returns values that are the same in each run.
pub(crate) fn values() -> Vec<Value> {
    samples(&value(), VALUES)
}

pub(crate) fn samples<T: std::fmt::Debug>(
    strategy: &impl Strategy<Value = T>,
    count: usize,
) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec![i32::MIN, -1, 0, 1, i32::MAX]).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![0.0, -0.0, 1e16, 1e-5, f64::INFINITY, f64::NAN])
            .prop_map(Value::from),
        text().prop_map(Value::from),
        vec(any::<u8>(), 0..150).prop_map(Value::from),
        time().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let pairs = vec((text(), inner.clone()), 0..5);
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::list),
            vec(inner, 0..6).prop_map(Value::tuple),
            pairs.clone().prop_map(Value::dict),
            pairs.prop_map(|pairs| {
                let state: Dict = pairs.into_iter().collect();
                Instance::new(Class::new("shop", "Empty"))
                    .with_state(Value::Dict(state))
                    .into()
            }),
        ]
    })
}

/// Generates text without characters that XML forbids.
fn text() -> BoxedStrategy<String> {
    let any_text = any::<String>().prop_map(|text| {
        let has = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
        text.chars().filter(has).collect()
    });
    prop_oneof![
        "[a-z]{0,8}",
        "[&<>;'\"\r\n\t \\]a\u{7f}-\u{ff}]{0,10}",
        any_text
    ]
    .boxed()
}

fn time() -> impl Strategy<Value = DateTime> {
    let date = (1_u16..=9999, 1_u8..=12, 1_u8..=28);
    let clock = (0_u8..24, 0_u8..60, 0_u8..60, 0_u32..1_000_000);
    (date, clock).prop_map(|((year, month, day), (h, m, s, us))| {
        let date = Date::new(year, month, day).unwrap();
        DateTime::new(date, Time::new(h, m, s, us).unwrap())
    })
}

pub(crate) fn has_bytes(value: &Value) -> bool {
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Bytes(_) => return true,
            Value::Instance(instance) => pending.extend(instance.state()),
            Value::Dict(dict) => pending.extend(dict.pairs().iter().map(|(_, value)| value)),
            other => pending.extend(other.items().unwrap_or_default()),
        }
    }
    false
}

/// Returns what is received of a value.
pub(crate) fn received(value: &Value) -> Value {
    let pair = |(key, value): &(Value, Value)| (received(key), received(value));
    match value {
        // XML normalizes line ends.
        Value::Str(text) => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        Value::List(_) | Value::Tuple(_) => {
            Value::list(value.items().unwrap().iter().map(received))
        }
        Value::Dict(dict) => Value::dict(dict.pairs().iter().map(pair)),
        Value::Instance(instance) if instance.is("datetime", "datetime") => {
            let time = DateTime::try_from(value).unwrap();
            let clock = time.time();
            let clock = Time::new(clock.hour(), clock.minute(), clock.second(), 0);
            DateTime::new(time.date(), clock.unwrap()).into()
        }
        Value::Instance(instance) => instance
            .state()
            .map_or(Value::dict::<Value, Value>([]), received),
        other => other.clone(),
    }
}

pub(crate) fn as_bytearrays(value: &Value) -> Value {
    match value {
        Value::Bytes(bytes) => ByteArray::from(bytes.clone()).into(),
        Value::List(items) => Value::list(items.iter().map(as_bytearrays)),
        Value::Dict(dict) => {
            let pairs = dict.pairs().iter();
            Value::dict(pairs.map(|(key, value)| (key.clone(), as_bytearrays(value))))
        }
        other => other.clone(),
    }
}

/// Returns the repr, with sorted keys if the dicts of that Python are unordered.
pub(crate) fn repr(value: &Value, sort: bool) -> String {
    match sort {
        true => sorted(value).to_string(),
        false => value.to_string(),
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::list(items.iter().map(sorted)),
        Value::Dict(dict) => {
            let pairs = dict.pairs().iter();
            let mut pairs: Vec<_> = pairs
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect();
            pairs.sort_by_key(|(key, _)| key.to_string());
            Value::dict(pairs)
        }
        other => other.clone(),
    }
}
