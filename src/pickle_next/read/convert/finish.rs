//! Containers of values that are all there.

use super::Converter;
use crate::pickle_next::graph::{Content, ObjectChange};
use crate::pickle_next::read::keys;
use crate::pickle_next::{
    Anchor, Change, Dict, FrozenSet, Instance, InstanceParts, List, PersistentId, Set, Tuple, Value,
};

impl<'a> Converter<'_, 'a> {
    /// Items are keys and values in turns for a dict, and all parts of an instance.
    pub(super) fn finish(&self, content: &Content<'a>, items: Vec<Value>) -> Value {
        match content {
            Content::Tuple(_) => Value::Tuple(Tuple::from(items)),
            Content::List(_) => Value::List(List::from(items)),
            Content::Dict(row) => {
                let differ = keys::differ(self.graph.row(*row), 2);
                let mut items = items.into_iter();
                let mut next = || items.next().unwrap_or_default();
                let pairs = (0..self.graph.row(*row).len() / 2).map(|_| (next(), next()));
                Value::Dict(match differ {
                    true => Dict::from_unique_pairs(pairs.collect()),
                    false => Dict::from_pairs(pairs.collect()),
                })
            }
            Content::Set(row) => Value::Set(match keys::differ(self.graph.row(*row), 1) {
                true => Set::from_unique_items(items),
                false => Set::from(items),
            }),
            Content::FrozenSet(row) => {
                Value::FrozenSet(match keys::differ(self.graph.row(*row), 1) {
                    true => FrozenSet::from_unique_items(items),
                    false => FrozenSet::from(items),
                })
            }
            Content::Instance(number) => {
                Value::Instance(self.instance_parts(*number, items).into())
            }
            _ => Value::Persistent(PersistentId::from(items)),
        }
    }

    fn instance_parts(&self, number: u32, values: Vec<Value>) -> InstanceParts {
        let object = self.graph.object(number);
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_default();
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

impl Value {
    /// The same container, which the anchor inside of it stands for.
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
