//! Python's `dict`.

use super::{Value, key};

/// Key and value pairs in the order of insertion: Python's `dict`.
///
/// Keys are told apart as Python does: `1`, `1.0` and `True` are one key. Keys that Python
/// could not hash (lists, dicts, sets) are for the caller to avoid: the peer refuses them.
///
/// ```
/// use mpconn::pickle::{Dict, Value};
///
/// let mut dict: Dict = [("a", 1), ("b", 2)].into_iter().collect();
/// assert_eq!(dict.insert("a".into(), 3.into()), Some(1.into()));
/// assert_eq!(Value::from(dict).to_string(), "{'a': 3, 'b': 2}");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dict {
    pairs: Vec<(Value, Value)>,
}

impl Dict {
    /// An empty one.
    pub fn new() -> Self {
        Dict::default()
    }

    /// How many pairs it holds.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs, in order.
    pub fn pairs(&self) -> &[(Value, Value)] {
        &self.pairs
    }

    /// What is stored under a key. Looks at the pairs one by one.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.pairs
            .iter()
            .find(|(other, _)| key::same(other, key))
            .map(|(_, value)| value)
    }

    /// Stores a value and hands back what stood in its place; the first form of a key stays, as
    /// in Python. Looks at the pairs one by one: [`collect`](Iterator::collect) for many.
    pub fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        match self
            .pairs
            .iter_mut()
            .find(|(other, _)| key::same(other, &key))
        {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                self.pairs.push((key, value));
                None
            }
        }
    }

    /// Takes pairs as they were read: of equal keys the first form and the last value stay.
    pub(crate) fn from_pairs(mut pairs: Vec<(Value, Value)>) -> Self {
        let firsts = key::first_positions(pairs.iter().map(|(key, _)| key));
        if let Some(firsts) = firsts {
            for (position, first) in firsts.iter().copied().enumerate() {
                if first != position {
                    pairs[first].1 = std::mem::take(&mut pairs[position].1);
                }
            }
            key::keep_firsts(&mut pairs, &firsts);
        }
        Dict { pairs }
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()));
        Dict::from_pairs(pairs.collect())
    }
}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.into_iter()
    }
}

impl<'a> IntoIterator for &'a Dict {
    type Item = &'a (Value, Value);
    type IntoIter = std::slice::Iter<'a, (Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.iter()
    }
}
