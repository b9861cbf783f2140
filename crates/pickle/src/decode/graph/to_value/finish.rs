//! Makes containers whose values are complete.

use std::mem::take;

use super::overwrite::{set_list, set_tuple};
use super::{Converter, ROW};
use crate::decode::graph::keys;
use crate::decode::graph::{Content, ObjectChange};
pub(super) use crate::value::OpenRow as Items;
use crate::{
    Anchor, Change, Dict, FrozenSet, Instance, InstanceParts, List, PersistentId, Set, Tuple, Value,
};

impl<'a> Converter<'_, 'a> {
    /// As [`finish_moved`](Self::finish_moved), written over a `None`. The items stay in place if they
    /// can.
    #[inline]
    pub(super) fn finish(&mut self, content: &Content<'a>, mut items: Items, place: &mut Value) {
        match content {
            Content::Tuple(_) => set_tuple(place, items.into()),
            Content::List(_) if items.places().len() <= ROW => set_list(place, items.into()),
            _ => *place = self.finish_moved(content, items.places()),
        }
    }

    /// Makes a container of its items; of a dict keys and values, alternating; of an instance all parts.
    #[inline(never)]
    pub(super) fn finish_moved(&mut self, content: &Content<'a>, items: &mut [Value]) -> Value {
        match content {
            Content::List(_) => Value::List(List::from(all(items))),
            Content::Dict(row) => {
                let differ = keys::differ(self.graph, self.graph.row(*row), 2);
                let both = |pair: &mut [Value]| (take(&mut pair[0]), take(&mut pair[1]));
                let pairs = items.chunks_exact_mut(2).map(both).collect();
                Value::Dict(match differ {
                    true => Dict::from_unique_pairs(pairs),
                    false => Dict::from_pairs_with(pairs, &mut self.prints),
                })
            }
            Content::Set(row) => {
                Value::Set(match keys::differ(self.graph, self.graph.row(*row), 1) {
                    true => Set::from_unique_items(all(items)),
                    false => Set::from_items_with(all(items), &mut self.prints),
                })
            }
            Content::FrozenSet(row) => {
                Value::FrozenSet(match keys::differ(self.graph, self.graph.row(*row), 1) {
                    true => FrozenSet::from_unique_items(all(items), &mut self.prints),
                    false => FrozenSet::from_items_with(all(items), &mut self.prints),
                })
            }
            Content::Instance(number) => {
                Value::Instance(self.instance_parts(*number, items).into())
            }
            _ => Value::Persistent(PersistentId::from(all(items))),
        }
    }

    fn instance_parts(&self, number: u32, values: &mut [Value]) -> InstanceParts {
        let object = self.graph.object(number);
        let mut values = values.iter_mut();
        let mut next = || values.next().map(take).unwrap_or_default();
        InstanceParts {
            construction: object.construction,
            callable: next(),
            args: next(),
            kwargs: match object.kwargs {
                Some(_) => next(),
                None => Value::None,
            },
            changes: object
                .changes
                .iter()
                .map(|change| match change {
                    ObjectChange::State(_) => Change::State(next()),
                    ObjectChange::Append(_) => Change::Append(next()),
                    ObjectChange::SetItem(..) => Change::SetItem(next(), next()),
                    ObjectChange::Add(_) => Change::Add(next()),
                    ObjectChange::Call(_) => Change::Call(next()),
                })
                .collect(),
        }
    }
}

/// Returns the items, moved out.
fn all(items: &mut [Value]) -> Vec<Value> {
    items.iter_mut().map(take).collect()
}

impl Value {
    /// Returns the same container, bound to the anchor that stands for it inside.
    pub(super) fn with_anchor(self, anchor: &Anchor) -> Self {
        match self {
            Value::Tuple(it) => Tuple::with_anchor(it.into_vec(), anchor).into(),
            Value::List(it) => List::with_anchor(it.into_vec(), anchor).into(),
            Value::Set(it) => Set::with_anchor(it.into_vec(), anchor).into(),
            Value::FrozenSet(it) => FrozenSet::with_anchor(it.into_vec(), anchor).into(),
            Value::Persistent(it) => PersistentId::with_anchor(it.into_vec(), anchor).into(),
            Value::Dict(it) => Dict::with_anchor(it.into_pairs(), anchor).into(),
            Value::Instance(it) => Instance::with_anchor(it.parts().clone(), anchor).into(),
            other => other,
        }
    }
}
