//! Equality of dictionary keys and set items, as Python's `__hash__` and `__eq__` have it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use num_traits::FromPrimitive;

use super::{BigInt, Value};

/// Below this many keys, comparing each with each is faster than a table.
const FEW: usize = 8;

/// The type that makes a value no key, `None` when it can be one.
pub(crate) fn unhashable(value: &Value) -> Option<&'static str> {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Set(_) => Some(value.type_name()),
        Value::Tuple(items) => items.iter().find_map(unhashable),
        _ => None,
    }
}

/// The form of a value that Python can hash, lists as tuples; `None` for a dict.
pub(crate) fn into_hashable(value: Value) -> Option<Value> {
    match value {
        Value::List(items) | Value::Tuple(items) => items
            .into_iter()
            .map(into_hashable)
            .collect::<Option<_>>()
            .map(Value::Tuple),
        Value::Set(items) => Some(Value::FrozenSet(items)),
        Value::Dict(_) => None,
        other => Some(other),
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
        Value::Tuple(items) | Value::FrozenSet(items) => items.iter().all(equals_itself),
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
            big.map_or(Number::Float(value), |big| Number::BigFloat(BigInt(big)))
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
                left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
            }
            (Value::FrozenSet(left), Value::FrozenSet(right)) => {
                let found_again = || left.iter().chain(right).all(equals_itself);
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
            Value::Bytes(bytes) => (2_u8, bytes).hash(state),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// All trees of empty tuples with that many of them.
    fn trees(size: usize) -> Vec<Value> {
        // A tree is its first branch and the tree of all others.
        let mut by_size = vec![vec![], vec![Value::Tuple(vec![])]];
        for size in 2..=size {
            let mut trees = Vec::new();
            for first in 1..size {
                for branch in &by_size[first] {
                    for rest in &by_size[size - first] {
                        let items = rest.items().unwrap_or_default().iter();
                        trees.push(Value::Tuple(
                            [branch].into_iter().chain(items).cloned().collect(),
                        ));
                    }
                }
            }
            by_size.push(trees);
        }
        by_size.pop().unwrap_or_default()
    }

    #[test]
    fn keys_that_differ_have_hashes_that_differ() {
        let mut keys = trees(9);
        let zero_one = (0..1024_u32).map(|bits| {
            let item = |bit: u32| match bits >> bit & 1 {
                0 => Value::Float(0.5),
                _ => Value::from(0.5_f64.to_bits()),
            };
            Value::Tuple((0..10).map(item).collect())
        });
        keys.extend(zero_one);
        keys.extend([
            Value::None,
            "a".into(),
            b"a".into(),
            (("a", "b"), "c").into(),
        ]);
        keys.push(("a", ("b", "c")).into());
        let state = RandomState::new();
        let hashes: HashSet<u64> = keys.iter().map(|key| state.hash_one(Key(key))).collect();
        assert_eq!(hashes.len(), keys.len());
    }

    #[test]
    fn nan_is_a_new_key_each_time_and_costs_no_more_than_another() {
        let nan = || Value::Float(f64::NAN);
        let set = Value::FrozenSet((0..20).map(|_| nan()).collect());
        assert!(!same(&set, &set.clone()));
        // Compared each with each these would take minutes.
        let keys: Vec<Value> = (0..300_000).map(|_| (1, nan()).into()).collect();
        assert_eq!(first_positions(keys.iter()), None);
    }

    #[test]
    fn equal_numbers_are_one_key_in_a_large_set_too() {
        let numbers = (0..20).flat_map(|n| [Value::from(n), Value::Float(f64::from(n))]);
        let mut keys: Vec<Value> = numbers.chain([Value::Bool(true)]).collect();
        keys.extend([Value::from(1_u128 << 100), Value::Float(2.0_f64.powi(100))]);
        dedupe(&mut keys);
        assert_eq!(keys.len(), 21);
    }
}
