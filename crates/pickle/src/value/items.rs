//! `tuple`, `list`, `set` and `frozenset`: handles to their items.

use std::ops::Deref;
use std::sync::Arc;

use super::discard;
use super::object::{
    Anchor, FrozenSet, Items, ItemsBody, List, PersistentId, Row, Set, Target, Tuple, Value,
};
use super::row;
use crate::key::{self, Fingerprints};

/// The items of a container being filled.
pub(crate) type OpenRow = row::Open<Value>;

impl ItemsBody {
    fn new(items: Vec<Value>, anchor: Option<Anchor>) -> Self {
        ItemsBody {
            items,
            anchor,
            fingerprint: None,
        }
    }
}

impl Clone for ItemsBody {
    /// Makes another container; an anchor still stands for the original.
    fn clone(&self) -> Self {
        ItemsBody::new(self.items.clone(), None)
    }
}

impl Drop for ItemsBody {
    fn drop(&mut self) {
        discard::all_of(&mut self.items);
    }
}

impl Items {
    fn new(items: Vec<Value>, anchor: Option<Anchor>) -> Self {
        Items::Body(Arc::new(ItemsBody::new(items, anchor)))
    }

    #[inline]
    fn as_slice(&self) -> &[Value] {
        match self {
            Items::Row(row) => row.as_slice(),
            Items::Body(body) => &body.items,
        }
    }

    #[inline]
    fn body(&self) -> Option<&ItemsBody> {
        match self {
            Items::Row(_) => None,
            Items::Body(body) => Some(body),
        }
    }

    fn into_vec(self) -> Vec<Value> {
        match self {
            Items::Row(row) => row.into_vec(),
            Items::Body(body) => match Arc::try_unwrap(body) {
                Ok(mut body) => std::mem::take(&mut body.items),
                Err(shared) => shared.items.clone(),
            },
        }
    }

    /// Returns the items for changes; other handles keep the old ones.
    fn make_mut(&mut self) -> &mut Vec<Value> {
        if let Items::Row(row) = self {
            let items = row.take_vec();
            *self = Items::new(items, None);
        }
        match self {
            Items::Body(body) => &mut Arc::make_mut(body).items,
            Items::Row(_) => unreachable!("it has just been replaced"),
        }
    }

    #[inline]
    fn is_unique(&self) -> bool {
        match self {
            Items::Row(row) => row.is_unique(),
            Items::Body(body) => Arc::strong_count(body) == 1,
        }
    }

    #[inline]
    fn address(&self) -> usize {
        match self {
            Items::Row(row) => row.address(),
            Items::Body(body) => Arc::as_ptr(body).addr(),
        }
    }
}

macro_rules! handle {
    ($name:ident) => {
        impl $name {
            pub(crate) fn from_body(body: Arc<ItemsBody>) -> Self {
                $name(Items::Body(body))
            }

            /// Makes a container of these items that carries the anchor.
            pub fn with_anchor(items: Vec<Value>, anchor: &Anchor) -> Self {
                let body = Arc::new(ItemsBody::new(items, Some(anchor.clone())));
                anchor.bind(Target::$name(Arc::downgrade(&body)));
                $name(Items::Body(body))
            }

            /// Returns the anchor that stands for it, if it contains itself.
            #[inline]
            pub fn anchor(&self) -> Option<&Anchor> {
                self.0.body()?.anchor.as_ref()
            }

            /// Returns the items, without a copy if this is the only handle.
            pub fn into_vec(self) -> Vec<Value> {
                self.0.into_vec()
            }

            /// Returns whether both are one object: Python's `is`.
            pub fn ptr_eq(&self, other: &Self) -> bool {
                self.address() == other.address()
            }

            /// Returns whether no other handle refers to it.
            #[inline]
            pub(crate) fn is_unique(&self) -> bool {
                self.0.is_unique()
            }

            /// Returns its identity while a handle lives.
            #[inline]
            pub(crate) fn address(&self) -> usize {
                self.0.address()
            }
        }

        impl Deref for $name {
            type Target = [Value];

            #[inline]
            fn deref(&self) -> &[Value] {
                self.0.as_slice()
            }
        }

        impl<'a> IntoIterator for &'a $name {
            type Item = &'a Value;
            type IntoIter = std::slice::Iter<'a, Value>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.as_slice().iter()
            }
        }

        impl IntoIterator for $name {
            type Item = Value;
            type IntoIter = std::vec::IntoIter<Value>;

            fn into_iter(self) -> Self::IntoIter {
                self.into_vec().into_iter()
            }
        }

        impl<T: Into<Value>> FromIterator<T> for $name {
            fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
                let items: Vec<Value> = items.into_iter().map(Into::into).collect();
                items.into()
            }
        }
    };
}

handle!(Tuple);
handle!(List);
handle!(Set);
handle!(FrozenSet);
handle!(PersistentId);

macro_rules! in_one_piece {
    ($($name:ident)*) => {$(
        impl $name {
            /// Makes a container of that many items, which `fill` writes over `None`.
            #[inline]
            pub(crate) fn in_one_piece(count: usize, fill: impl FnOnce(&mut [Value])) -> Self {
                $name(Items::Row(Row::new(count, fill)))
            }
        }

        impl From<OpenRow> for $name {
            #[inline]
            fn from(items: OpenRow) -> Self {
                $name(Items::Row(items.into()))
            }
        }
    )*};
}
in_one_piece!(Tuple List);

macro_rules! from_vec {
    ($($name:ident)*) => {$(
        impl From<Vec<Value>> for $name {
            fn from(items: Vec<Value>) -> Self {
                $name(Items::new(items, None))
            }
        }
    )*};
}
from_vec!(Tuple List PersistentId);

impl From<Vec<Value>> for Set {
    /// Keeps the first of equal items, as Python does.
    fn from(items: Vec<Value>) -> Self {
        Set::from_items_with(items, &mut Fingerprints::default())
    }
}

impl From<Vec<Value>> for FrozenSet {
    /// Keeps the first of equal items, as Python does.
    fn from(items: Vec<Value>) -> Self {
        FrozenSet::from_items_with(items, &mut Fingerprints::default())
    }
}

impl Set {
    /// Makes one of several sets that may share items.
    pub(crate) fn from_items_with(mut items: Vec<Value>, fingerprints: &mut Fingerprints) -> Self {
        key::dedupe(&mut items, fingerprints);
        Set::from_unique_items(items)
    }

    /// Makes a set of items that all differ.
    pub(crate) fn from_unique_items(items: Vec<Value>) -> Self {
        Set(Items::new(items, None))
    }
}

impl FrozenSet {
    /// Makes one of several sets that may share items.
    pub(crate) fn from_items_with(mut items: Vec<Value>, fingerprints: &mut Fingerprints) -> Self {
        key::dedupe(&mut items, fingerprints);
        FrozenSet::from_unique_items(items, fingerprints)
    }

    /// Makes a set of items that all differ.
    pub(crate) fn from_unique_items(items: Vec<Value>, fingerprints: &mut Fingerprints) -> Self {
        let nested = items.iter().any(Value::is_container);
        let mut set = FrozenSet(Items::new(items, None));
        if nested {
            // Kept, or each level of nested sets would be walked once for each level above it.
            let fingerprint = key::fingerprint(&Value::FrozenSet(set.clone()), fingerprints);
            if let Items::Body(body) = &mut set.0
                && let Some(body) = Arc::get_mut(body)
            {
                body.fingerprint = Some(Box::new(fingerprint));
            }
        }
        set
    }
}

impl Set {
    /// Returns whether the item is in it: `item in x`. Compares with one item after the other.
    ///
    /// ```
    /// use mpconn_pickle::{Set, Value};
    ///
    /// let set: Set = [1, 2].into_iter().collect();
    /// assert!(set.contains(&Value::Float(1.0)) && !set.contains(&Value::from("1")));
    /// ```
    pub fn contains(&self, item: &Value) -> bool {
        key::position(self.iter(), item, |_| None).is_some()
    }
}

impl FrozenSet {
    /// Returns whether the item is in it: `item in x`. Compares with one item after the other.
    pub fn contains(&self, item: &Value) -> bool {
        key::position(self.iter(), item, |_| None).is_some()
    }

    /// Returns its fingerprint as a key, if known.
    pub(crate) fn fingerprint(&self) -> Option<u128> {
        self.0.body()?.fingerprint.as_deref().copied()
    }
}

impl List {
    /// Returns the items for changes; other handles keep the old list. For a list that contains
    /// itself, see [`Anchor`].
    pub fn make_mut(&mut self) -> &mut Vec<Value> {
        self.0.make_mut()
    }
}

impl PersistentId {
    /// Makes a reference to the object of this id.
    pub fn new(id: impl Into<Value>) -> Self {
        vec![id.into()].into()
    }

    /// Returns the id; with protocol 0 it is always text.
    pub fn id(&self) -> &Value {
        static NONE: Value = Value::None;
        self.first().unwrap_or(&NONE)
    }
}
