//! Cycles.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::Value;
use super::dict::DictBody;
use super::instance::InstanceBody;
use super::items::{FrozenSet, ItemsBody, List, PersistentId, Set, Tuple};
use super::{Dict, Instance};

/// Ties a container to the places inside of it where it appears again.
///
/// `[…, itself]` is a list that carries an anchor, with [`Value::Recursive`] of the same anchor as
/// an item. Nothing leaks: the way back does not keep the container alive.
///
/// To change such a container, take it apart and tie it again:
///
/// ```
/// use mpconn_pickle::{Anchor, List, Protocol, Value, dumps};
///
/// let anchor = Anchor::new();
/// let list = List::with_anchor(vec![Value::Recursive(anchor.clone())], &anchor);
/// let mut items = list.into_vec();
/// items.push(1.into());
/// let list = Value::from(List::with_anchor(items, &anchor));
/// assert_eq!(list.to_string(), "[[...], 1]");
/// assert!(anchor.resolve().is_some_and(|found| found.id() == list.id()));
/// # assert!(dumps(&list, Protocol::V5).is_ok());
/// ```
///
/// What changes it in place ([`List::make_mut`], [`Dict::insert`], [`Instance::make_mut`]) moves
/// it: printing, comparing and [`dumps`](super::super::dumps) know it as before, but
/// [`resolve`](Self::resolve) and [`Value::id`] of the way back find nothing. Where there are
/// other handles, they change a copy, in which [`Value::Recursive`] still stands for the original,
/// as in Python's `x.copy()`. `dumps` refuses such a copy: put what `resolve` gives in its place.
#[derive(Clone)]
pub struct Anchor(Arc<RwLock<Option<Target>>>);

/// The container, while it lives.
pub(crate) enum Target {
    Tuple(Weak<ItemsBody>),
    List(Weak<ItemsBody>),
    Set(Weak<ItemsBody>),
    FrozenSet(Weak<ItemsBody>),
    PersistentId(Weak<ItemsBody>),
    Dict(Weak<DictBody>),
    Instance(Weak<InstanceBody>),
}

impl Target {
    fn lives(&self) -> bool {
        let handles = match self {
            Target::Tuple(body)
            | Target::List(body)
            | Target::Set(body)
            | Target::FrozenSet(body)
            | Target::PersistentId(body) => body.strong_count(),
            Target::Dict(body) => body.strong_count(),
            Target::Instance(body) => body.strong_count(),
        };
        handles > 0
    }
}

impl Anchor {
    /// One that no container carries yet.
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        Anchor(Arc::default())
    }

    /// The container that carries it, while that lives.
    pub fn resolve(&self) -> Option<Value> {
        let target = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(match target.as_ref()? {
            Target::Tuple(body) => Value::Tuple(Tuple::from_body(body.upgrade()?)),
            Target::List(body) => Value::List(List::from_body(body.upgrade()?)),
            Target::Set(body) => Value::Set(Set::from_body(body.upgrade()?)),
            Target::FrozenSet(body) => Value::FrozenSet(FrozenSet::from_body(body.upgrade()?)),
            Target::PersistentId(body) => {
                Value::Persistent(PersistentId::from_body(body.upgrade()?))
            }
            Target::Dict(body) => Value::Dict(Dict::from_body(body.upgrade()?)),
            Target::Instance(body) => Value::Instance(Instance::from_body(body.upgrade()?)),
        })
    }

    /// Says which container carries it; the first to say so stays while it lives.
    pub(crate) fn bind(&self, target: Target) {
        let mut bound = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if bound.as_ref().is_none_or(|bound| !bound.lives()) {
            *bound = Some(target);
        }
    }

    /// Its identity while it lives.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl PartialEq for Anchor {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Anchor {}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Anchor(..)")
    }
}

#[cfg(test)]
#[path = "anchor_tests.rs"]
mod tests;
