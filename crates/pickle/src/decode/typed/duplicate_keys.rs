//! Merges keys that come more than once, as Python does: the first key and the last value stay.

use super::super::view::Tree;
use super::context::Inside;
use crate::{Result, Value, key};

/// Returns the items of a set without duplicates.
pub(super) fn items<'de, T: Tree<'de>>(
    items: impl Iterator<Item = T>,
    around: Inside<'_, 'de, T>,
) -> Result<std::vec::IntoIter<T>> {
    let mut items: Vec<T> = items.collect();
    if let Some(firsts) = firsts(items.iter().copied(), around)? {
        key::keep_firsts(&mut items, &firsts);
    }
    Ok(items.into_iter())
}

/// Returns the pairs of a dict without duplicate keys.
pub(super) fn pairs<'de, T: Tree<'de>>(
    pairs: impl Iterator<Item = (T, T)>,
    around: Inside<'_, 'de, T>,
) -> Result<std::vec::IntoIter<(T, T)>> {
    let mut pairs: Vec<(T, T)> = pairs.collect();
    if let Some(firsts) = firsts(pairs.iter().map(|(key, _)| *key), around)? {
        for (position, first) in firsts.iter().copied().enumerate() {
            pairs[first].1 = pairs[position].1;
        }
        key::keep_firsts(&mut pairs, &firsts);
    }
    Ok(pairs.into_iter())
}

/// Returns for each key the index of the first equal one, or `None` if all differ.
fn firsts<'de, T: Tree<'de>>(
    keys: impl Iterator<Item = T>,
    around: Inside<'_, 'de, T>,
) -> Result<Option<Vec<usize>>> {
    let keys = keys.map(|key| around.to_value(key));
    let keys = keys.collect::<Result<Vec<Value>>>()?;
    Ok(around.first_positions(&keys))
}
