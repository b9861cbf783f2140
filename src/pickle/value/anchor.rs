//! Cycles.

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use super::Value;
use super::dict::DictBody;
use super::instance::InstanceBody;
use super::items::{FrozenSet, ItemsBody, List, PersistentId, Set, Tuple};
use super::{Dict, Instance};

/// Ties a container to the places inside of it where it appears again.
///
/// `[…, itself]` is a list that carries an anchor, with [`Value::Recursive`] of the same anchor as
/// an item. Nothing leaks: the way back does not keep the container alive.
#[derive(Clone)]
pub struct Anchor(Arc<OnceLock<Target>>);

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

impl Anchor {
    /// One that no container carries yet.
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        Anchor(Arc::new(OnceLock::new()))
    }

    /// The container that carries it, while that lives.
    pub fn resolve(&self) -> Option<Value> {
        Some(match self.0.get()? {
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

    /// Says which container carries it; the first to say so stays.
    pub(crate) fn bind(&self, target: Target) {
        let _ = self.0.set(target);
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
