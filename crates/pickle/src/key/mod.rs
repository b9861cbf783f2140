//! Equality of dict keys and set items, as Python's `__hash__` and `__eq__` define it.
//!
//! Types that Python compares by value are one key if they are equal. Instances of other classes
//! are one key only if they are the same object, which is Python's default.

mod fingerprint;
mod form;
mod index;
mod table;

use std::collections::{HashMap, HashSet};

pub(crate) use fingerprint::Fingerprints;
pub(crate) use form::{Key, LONG};
pub(crate) use table::Index;

use super::Value;

/// Below this number of keys, comparing all pairs is faster than a table.
pub(crate) const FEW: usize = 8;

/// Returns the type that makes a value unhashable; `None` if the value can be a key.
pub(crate) fn unhashable(value: &Value) -> Option<&str> {
    unhashable_but(value, &mut HashSet::new())
}

/// Same as [`unhashable`] for several values that may share tuples: each is visited once. The
/// tuples must live as long as `seen`.
pub(crate) fn unhashable_but<'a>(value: &'a Value, seen: &mut HashSet<usize>) -> Option<&'a str> {
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::ByteArray(_) => {
                return Some(value.type_name());
            }
            Value::Tuple(items) if items.is_unique() || seen.insert(items.address()) => {
                let unclear = |item: &&Value| item.is_container() || item.as_bytes().is_some();
                pending.extend(items.iter().filter(unclear).rev());
            }
            _ => {}
        }
    }
    None
}

/// Returns the position of a key among others, by an index if there is one. A key with an instance
/// in it is also found by its content: the caller rarely has the same object.
pub(crate) fn position<'a>(
    mut keys: impl Iterator<Item = &'a Value> + Clone,
    wanted: &Value,
    look_up: impl FnOnce(&Key<'_>) -> Option<Option<usize>>,
) -> Option<usize> {
    let mut fingerprints = Fingerprints::default();
    let key = Key::of(wanted, &mut fingerprints);
    let found = look_up(&key).unwrap_or_else(|| {
        let mut fingerprints = Fingerprints::default();
        keys.clone().position(|other| match (other, wanted) {
            (Value::Str(other), Value::Str(wanted)) => other == wanted,
            (Value::Bytes(other), Value::Bytes(wanted)) => other == wanted,
            _ => Key::of(other, &mut fingerprints) == key,
        })
    });
    found.or_else(|| match holds_instance(wanted) {
        true => keys.position(|other| other == wanted),
        false => None,
    })
}

/// Returns whether the key has an object in it that equals only itself.
fn holds_instance(key: &Value) -> bool {
    let mut pending = vec![key];
    let mut seen = HashSet::new();
    while let Some(value) = pending.pop() {
        match value.handle() {
            Some(_) if matches!(value, Value::Instance(_)) => return true,
            Some(it) if it.unique || seen.insert(it.address) => value.for_each_child(|child| {
                if child.is_container() {
                    pending.push(child);
                }
            }),
            _ => {}
        }
    }
    false
}

/// Removes items that equal an earlier one.
pub(crate) fn dedupe(items: &mut Vec<Value>, fingerprints: &mut Fingerprints) {
    if let Some(firsts) = first_positions(items.iter(), fingerprints) {
        keep_firsts(items, &firsts);
    }
}

/// Merges pairs with equal keys: the first key and the last value stay.
pub(crate) fn merge(pairs: &mut Vec<(Value, Value)>, fingerprints: &mut Fingerprints) {
    if let Some(firsts) = first_positions(pairs.iter().map(|(key, _)| key), fingerprints) {
        for (position, first) in firsts.iter().copied().enumerate() {
            if first != position {
                pairs[first].1 = std::mem::take(&mut pairs[position].1);
            }
        }
        keep_firsts(pairs, &firsts);
    }
}

/// Returns for each key the position of the first equal key; `None` if all differ.
pub(crate) fn first_positions<'a>(
    keys: impl ExactSizeIterator<Item = &'a Value> + Clone,
    fingerprints: &mut Fingerprints,
) -> Option<Vec<usize>> {
    let count = keys.len();
    if count < 2 || (count <= FEW && few_texts_differ(keys.clone())) {
        return None;
    }
    let mut seen = HashSet::with_capacity(count);
    let mut all = keys.clone();
    if all.all(|key| seen.insert(Key::of(key, fingerprints))) {
        return None;
    }
    let mut seen = HashMap::with_capacity(count);
    let first = |(at, key)| *seen.entry(Key::of(key, fingerprints)).or_insert(at);
    Some(keys.enumerate().map(first).collect())
}

/// Returns whether all keys are short text and differ, as in nearly every small dict.
fn few_texts_differ<'a>(keys: impl Iterator<Item = &'a Value>) -> bool {
    let mut texts = [""; FEW];
    for (at, key) in keys.enumerate() {
        match key {
            Value::Str(text) if text.len() <= LONG && !texts[..at].contains(&text.as_str()) => {
                texts[at] = text;
            }
            _ => return false,
        }
    }
    true
}

/// Keeps the elements that are at their own first position.
pub(crate) fn keep_firsts<T>(items: &mut Vec<T>, firsts: &[usize]) {
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        firsts[at - 1] == at - 1
    });
}

/// Returns the fingerprint of a container, to be kept in it.
pub(crate) fn fingerprint(container: &Value, fingerprints: &mut Fingerprints) -> u128 {
    fingerprints.of_new(container)
}

/// Returns the fingerprint of bytes.
pub(crate) fn fingerprint_of_bytes(bytes: &[u8]) -> u128 {
    fingerprint::of_key(&Key::Bytes(bytes))
}

#[cfg(test)]
mod tests;
