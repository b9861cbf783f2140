//! `dict`.

use std::sync::{Arc, OnceLock};

use super::discard;
use super::object::{Anchor, Dict, DictBody, Pairs, Row, Target, Value};
use crate::key::{self, Fingerprints, Index, Key};

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

    /// Appends a pair with a new key.
    fn push(&mut self, key: Value, value: Value) {
        self.pairs.push((key, value));
        if let Some(index) = self.index.get_mut()
            && !index.push(&self.pairs)
        {
            // The index is full: the next one is made with twice the room.
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

    /// Returns the pairs for changes; other handles keep the old ones.
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
    /// Makes an empty dict.
    pub fn new() -> Self {
        Dict::from_unique_pairs(Vec::new())
    }

    pub(crate) fn from_body(body: Arc<DictBody>) -> Self {
        Dict(Pairs::Body(body))
    }

    /// Makes a dict of pairs whose keys all differ.
    pub(crate) fn from_unique_pairs(pairs: Vec<(Value, Value)>) -> Self {
        Dict(Pairs::new(pairs))
    }

    /// Returns whether a dict of that many pairs needs no index.
    #[inline]
    pub(crate) fn fits_one_piece(count: usize) -> bool {
        count <= key::FEW
    }

    /// Makes a dict of that many pairs, which `fill` writes over `None`, with keys that all differ.
    #[inline]
    pub(crate) fn in_one_piece(count: usize, fill: impl FnOnce(&mut [Pair])) -> Self {
        Dict(Pairs::Row(Row::new(count, fill)))
    }

    /// Makes a dict of these pairs that carries the anchor.
    pub fn with_anchor(pairs: Vec<(Value, Value)>, anchor: &Anchor) -> Self {
        let body = Arc::new(DictBody::new(pairs, Some(anchor.clone())));
        anchor.bind(Target::Dict(Arc::downgrade(&body)));
        Dict(Pairs::Body(body))
    }

    /// Returns the anchor that stands for it, if it contains itself.
    #[inline]
    pub fn anchor(&self) -> Option<&Anchor> {
        match &self.0 {
            Pairs::Row(_) => None,
            Pairs::Body(body) => body.anchor.as_ref(),
        }
    }

    /// Returns the number of pairs.
    #[inline]
    pub fn len(&self) -> usize {
        self.pairs().len()
    }

    /// Returns whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.pairs().is_empty()
    }

    /// Returns the pairs, in order.
    #[inline]
    pub fn pairs(&self) -> &[(Value, Value)] {
        self.0.as_slice()
    }

    /// Returns the value of a key. In a large dict the first call builds an index.
    ///
    /// Instances of unknown classes are compared by identity first, as in Python. If none is the
    /// same object, the first equal one is found.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        let position = self.0.position(key)?;
        self.pairs().get(position).map(|(_, value)| value)
    }

    /// Returns the value of a key of text.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        let position = self.0.position_of_text(key)?;
        self.pairs().get(position).map(|(_, value)| value)
    }

    /// Returns whether there is such a key: `key in x`.
    pub fn contains_key(&self, key: &Value) -> bool {
        self.0.position(key).is_some()
    }

    /// Sets the value of a key and returns the old one. An equal key that is there already stays,
    /// as in Python. Other handles keep the old dict. For a dict that contains itself, see
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

    /// Returns the pairs, without a copy if this is the only handle.
    pub fn into_pairs(self) -> Vec<(Value, Value)> {
        match self.0 {
            Pairs::Row(row) => row.into_vec(),
            Pairs::Body(body) => match Arc::try_unwrap(body) {
                Ok(mut body) => std::mem::take(&mut body.pairs),
                Err(shared) => shared.pairs.clone(),
            },
        }
    }

    /// Makes a dict of pairs; of equal keys the first key and the last value stay.
    pub(crate) fn from_pairs(pairs: Vec<(Value, Value)>) -> Self {
        Dict::from_pairs_with(pairs, &mut Fingerprints::default())
    }

    /// Same as [`from_pairs`](Self::from_pairs), for one of several dicts that may share keys.
    pub(crate) fn from_pairs_with(
        mut pairs: Vec<(Value, Value)>,
        fingerprints: &mut Fingerprints,
    ) -> Self {
        key::merge(&mut pairs, fingerprints);
        Dict::from_unique_pairs(pairs)
    }

    /// Returns whether both are one object: Python's `is`.
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
