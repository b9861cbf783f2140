//! Cycles: containers that contain themselves.

use std::fmt;
use std::sync::{Arc, PoisonError};

use super::object::{
    Anchor, Dict, FrozenSet, Instance, List, PersistentId, Set, Target, Tuple, Value,
};

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
    /// Makes an anchor that no container carries yet.
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        Anchor(Arc::default())
    }

    /// Returns the container that carries it, while that lives.
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

    /// Sets the container that carries it. The first one stays while it lives.
    pub(crate) fn bind(&self, target: Target) {
        let mut bound = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if bound.as_ref().is_none_or(|bound| !bound.lives()) {
            *bound = Some(target);
        }
    }

    /// Returns its identity while it lives.
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
mod tests;
