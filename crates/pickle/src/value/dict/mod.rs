//! `dict`.

use std::sync::{Arc, OnceLock};

use super::discard;
use super::object::{Anchor, Dict, DictBody, Pairs, Row, Target, Value};
use crate::key::{self, Index, Key, Prints};

type Pair = (Value, Value);

impl DictBody {
    fn new(pairs: Vec<(Value, Value)>, anchor: Option<Anchor>) -> Self {
        DictBody {
            pairs,
            anchor,
            index: OnceLock::new(),
        }
    }

    fn index(&self) -> Option<&Index> {
        let make = || Box::new(Index::new(&self.pairs));
        (self.pairs.len() > key::FEW).then(|| &**self.index.get_or_init(make))
    }

    /// Adds a pair with a new key.
    fn push(&mut self, key: Value, value: Value) {
        self.pairs.push((key, value));
        if let Some(index) = self.index.get_mut()
            && !index.push(&self.pairs)
        {
            // Full: the next one that is made has room for as many again.
            self.index = OnceLock::new();
        }
    }
}

impl Clone for DictBody {
    fn clone(&self) -> Self {
        DictBody::new(self.pairs.clone(), None)
    }
}

impl Drop for DictBody {
    fn drop(&mut self) {
        discard::all_of(&mut self.pairs);
    }
}

impl Pairs {
    fn new(pairs: Vec<Pair>) -> Self {
        Pairs::Body(Arc::new(DictBody::new(pairs, None)))
    }

    #[inline]
    fn as_slice(&self) -> &[Pair] {
        match self {
            Pairs::Row(row) => row.as_slice(),
            Pairs::Body(body) => &body.pairs,
        }
    }

    fn index(&self) -> Option<&Index> {
        match self {
            Pairs::Row(_) => None,
            Pairs::Body(body) => body.index(),
        }
    }

    fn position(&self, wanted: &Value) -> Option<usize> {
        let pairs = self.as_slice();
        let keys = pairs.iter().map(|(key, _)| key);
        key::position(keys, wanted, |key| {
            self.index().map(|index| index.position(pairs, key))
        })
    }

    fn position_of_text(&self, wanted: &str) -> Option<usize> {
        let mut pairs = self.as_slice().iter();
        match self.index() {
            Some(index) => index.position(self.as_slice(), &Key::of_text(wanted)),
            None => pairs.position(|(key, _)| key.as_str() == Some(wanted)),
        }
    }

    /// What can be changed; other handles keep theirs.
    fn make_mut(&mut self) -> &mut DictBody {
        if let Pairs::Row(row) = self {
            let pairs = row.take_vec();
            *self = Pairs::new(pairs);
        }
        match self {
            Pairs::Body(body) => Arc::make_mut(body),
            Pairs::Row(_) => unreachable!("it has just been replaced"),
        }
    }
}

impl Dict {
    /// An empty one.
    pub fn new() -> Self {
        Dict::from_unique_pairs(Vec::new())
    }

    pub(crate) fn from_body(body: Arc<DictBody>) -> Self {
        Dict(Pairs::Body(body))
    }

    /// Pairs of which no two keys are equal.
    pub(crate) fn from_unique_pairs(pairs: Vec<(Value, Value)>) -> Self {
        Dict(Pairs::new(pairs))
    }

    /// Whether so many pairs go without an index.
    #[inline]
    pub(crate) fn fits_one_piece(count: usize) -> bool {
        count <= key::FEW
    }

    /// Of so many pairs, which `fill` writes over `None`, with keys that all differ.
    #[inline]
    pub(crate) fn in_one_piece(count: usize, fill: impl FnOnce(&mut [Pair])) -> Self {
        Dict(Pairs::Row(Row::new(count, fill)))
    }

    /// The dict of these pairs, which an anchor inside of them stands for.
    pub fn with_anchor(pairs: Vec<(Value, Value)>, anchor: &Anchor) -> Self {
        let body = Arc::new(DictBody::new(pairs, Some(anchor.clone())));
        anchor.bind(Target::Dict(Arc::downgrade(&body)));
        Dict(Pairs::Body(body))
    }

    /// What stands for it inside of itself, if it contains itself.
    #[inline]
    pub fn anchor(&self) -> Option<&Anchor> {
        match &self.0 {
            Pairs::Row(_) => None,
            Pairs::Body(body) => body.anchor.as_ref(),
        }
    }

    /// How many pairs it holds.
    #[inline]
    pub fn len(&self) -> usize {
        self.pairs().len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.pairs().is_empty()
    }

    /// The pairs, in order.
    #[inline]
    pub fn pairs(&self) -> &[(Value, Value)] {
        self.0.as_slice()
    }

    /// What is stored under a key. In a large dict the first call makes an index.
    ///
    /// Instances of classes that are not known here are other keys than their equals, as in
    /// Python; but where none is the same object, the first that is equal is found.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        let position = self.0.position(key)?;
        self.pairs().get(position).map(|(_, value)| value)
    }

    /// What is stored under a key of text.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        let position = self.0.position_of_text(key)?;
        self.pairs().get(position).map(|(_, value)| value)
    }

    /// Whether something is stored under a key: `key in x`.
    pub fn contains_key(&self, key: &Value) -> bool {
        self.0.position(key).is_some()
    }

    /// Stores a value and hands back what stood in its place; the first form of a key stays, as
    /// in Python. Other handles keep the dict as it was. For one that contains itself, see
    /// [`Anchor`].
    pub fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        let position = self.0.position(&key);
        let body = self.0.make_mut();
        match position.and_then(|position| body.pairs.get_mut(position)) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                body.push(key, value);
                None
            }
        }
    }

    /// The pairs, without copying where this is the only handle.
    pub fn into_pairs(self) -> Vec<(Value, Value)> {
        match self.0 {
            Pairs::Row(row) => row.into_vec(),
            Pairs::Body(body) => match Arc::try_unwrap(body) {
                Ok(mut body) => std::mem::take(&mut body.pairs),
                Err(shared) => shared.pairs.clone(),
            },
        }
    }

    /// Takes pairs as they were read: of equal keys the first form and the last value stay.
    pub(crate) fn from_pairs(pairs: Vec<(Value, Value)>) -> Self {
        Dict::from_pairs_with(pairs, &mut Prints::default())
    }

    /// As [`from_pairs`](Self::from_pairs), one of several dicts whose keys may be shared.
    pub(crate) fn from_pairs_with(mut pairs: Vec<(Value, Value)>, prints: &mut Prints) -> Self {
        key::merge(&mut pairs, prints);
        Dict::from_unique_pairs(pairs)
    }

    /// Whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }

    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        match &self.0 {
            Pairs::Row(row) => row.is_unique(),
            Pairs::Body(body) => Arc::strong_count(body) == 1,
        }
    }

    #[inline]
    pub(crate) fn address(&self) -> usize {
        match &self.0 {
            Pairs::Row(row) => row.address(),
            Pairs::Body(body) => Arc::as_ptr(body).addr(),
        }
    }
}

impl Default for Dict {
    fn default() -> Self {
        Dict::new()
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Dict::from_pairs(
            pairs
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_pairs().into_iter()
    }
}

impl<'a> IntoIterator for &'a Dict {
    type Item = &'a (Value, Value);
    type IntoIter = std::slice::Iter<'a, (Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs().iter()
    }
}

#[cfg(test)]
mod tests;
