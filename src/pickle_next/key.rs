//! Equality of dictionary keys and set items, as Python's `__hash__` and `__eq__` have it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use num_traits::FromPrimitive;

use super::{BigInt, Value};

/// Below this many keys, comparing each with each is faster than a table.
const FEW: usize = 8;

/// The type that makes a value no key, `None` when it can be one.
pub(crate) fn unhashable(value: &Value) -> Option<&str> {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Set(_) => Some(value.type_name()),
        Value::Tuple(items) => items.iter().find_map(unhashable),
        _ => None,
    }
}

/// Whether two keys are one in Python: `1`, `1.0` and `True` are.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    Key(left) == Key(right)
}

/// Drops items that equal an earlier one.
pub(crate) fn dedupe(items: &mut Vec<Value>) {
    if let Some(firsts) = first_positions(items.iter()) {
        keep_firsts(items, &firsts);
    }
}

/// Of pairs with equal keys the first key and the last value stay.
pub(crate) fn merge(pairs: &mut Vec<(Value, Value)>) {
    if let Some(firsts) = first_positions(pairs.iter().map(|(key, _)| key)) {
        for (position, first) in firsts.iter().copied().enumerate() {
            if first != position {
                pairs[first].1 = std::mem::take(&mut pairs[position].1);
            }
        }
        keep_firsts(pairs, &firsts);
    }
}

/// For each key where its first equal stands, `None` if all differ.
pub(crate) fn first_positions<'a>(
    keys: impl ExactSizeIterator<Item = &'a Value>,
) -> Option<Vec<usize>> {
    let count = keys.len();
    let firsts: Vec<usize> = if count <= FEW {
        let keys: Vec<&Value> = keys.collect();
        let first = |(at, key)| keys[..at].iter().position(|k| same(k, key)).unwrap_or(at);
        keys.iter().copied().enumerate().map(first).collect()
    } else {
        let mut seen = HashMap::with_capacity(count);
        keys.enumerate()
            .map(|(at, key)| match equals_itself(key) {
                true => *seen.entry(Key(key)).or_insert(at),
                // All with one hash and none equal: in the table each would be compared
                // with all the others.
                false => at,
            })
            .collect()
    };
    firsts
        .iter()
        .enumerate()
        .any(|(at, first)| at != *first)
        .then_some(firsts)
}

/// Keeps what stands at its own first position.
pub(crate) fn keep_firsts<T>(items: &mut Vec<T>, firsts: &[usize]) {
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        firsts[at - 1] == at - 1
    });
}

/// Whether a key is free of NaN, and so will be found again.
fn equals_itself(key: &Value) -> bool {
    match key {
        Value::Float(value) => !value.is_nan(),
        Value::Tuple(items) => items.iter().all(equals_itself),
        Value::FrozenSet(items) => items.iter().all(equals_itself),
        _ => true,
    }
}

/// A value seen as a key. NaN differs from itself, as in Python, and is only ever a second entry.
struct Key<'a>(&'a Value);

/// Numbers in the one form in which equal ones are equal.
#[derive(PartialEq)]
enum Number<'a> {
    Int(i64),
    Big(&'a BigInt),
    BigFloat(BigInt),
    Float(f64),
}

impl<'a> Number<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Number::Int(i64::from(*value)),
            Value::Int(value) => Number::Int(*value),
            Value::BigInt(value) => i64::try_from(value).map_or(Number::Big(value), Number::Int),
            Value::Float(value) => Number::of_float(*value),
            _ => return None,
        })
    }

    fn of_float(value: f64) -> Self {
        const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;
        if value.fract() != 0.0 || !value.is_finite() {
            Number::Float(value)
        } else if (-BEYOND_I64..BEYOND_I64).contains(&value) {
            #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
            Number::Int(value as i64)
        } else {
            let big = num_bigint::BigInt::from_f64(value);
            big.map_or(Number::Float(value), |big| {
                Number::BigFloat(BigInt::wrap(big))
            })
        }
    }

    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Number::Big(left), Number::BigFloat(right))
            | (Number::BigFloat(right), Number::Big(left)) => *left == right,
            _ => self == other,
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Value::None, Value::None) => true,
            (Value::Str(left), Value::Str(right)) => left == right,
            (Value::Bytes(left), Value::Bytes(right)) => left == right,
            (Value::Tuple(left), Value::Tuple(right)) => {
                left.len() == right.len() && left.iter().zip(right.iter()).all(|(l, r)| same(l, r))
            }
            (Value::FrozenSet(left), Value::FrozenSet(right)) => {
                let found_again = || left.iter().chain(right.iter()).all(equals_itself);
                left.len() == right.len() && found_again() && {
                    let left: HashSet<Key<'_>> = left.iter().map(Key).collect();
                    right.iter().all(|item| left.contains(&Key(item)))
                }
            }
            (left, right) => match (Number::of(left), Number::of(right)) {
                (Some(left), Some(right)) => left.equals(&right),
                // What Python cannot hash never was a key of Python's.
                _ => left == right,
            },
        }
    }
}

impl Eq for Key<'_> {}

/// Different keys feed the hasher differently, tuples with their shape: a peer that found keys
/// of one hash, whatever the hasher's own secret, could have each compared with all the others.
impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Value::Str(text) => (1_u8, text).hash(state),
            Value::Bytes(bytes) => (2_u8, &**bytes).hash(state),
            Value::Tuple(items) => {
                (3_u8, items.len()).hash(state);
                items.iter().for_each(|item| Key(item).hash(state));
            }
            Value::FrozenSet(items) => {
                // A sum does not mind the order; its own random keys keep peers from aiming.
                static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
                let hashes = items.iter().map(|item| STATE.hash_one(Key(item)));
                (4_u8, hashes.fold(0, u64::wrapping_add)).hash(state);
            }
            value => match Number::of(value) {
                Some(Number::Int(value)) => (5_u8, value).hash(state),
                Some(Number::Big(value)) => (6_u8, value).hash(state),
                Some(Number::BigFloat(value)) => (6_u8, value).hash(state),
                Some(Number::Float(value)) => (7_u8, value.to_bits()).hash(state),
                None => state.write_u8(0),
            },
        }
    }
}
