//! Containers of values that are all there.

use super::{Converter, Done};
use crate::pickle_next::graph::{Content, ObjectChange};
use crate::pickle_next::read::keys;
use crate::pickle_next::{
    Anchor, Change, Dict, FrozenSet, Instance, InstanceParts, List, PersistentId, Set, Tuple,
    Value, key,
};

impl<'a> Converter<'_, 'a> {
    #[inline]
    pub(super) fn finish(
        &self,
        content: &Content<'a>,
        done: Done,
        anchor: Option<Anchor>,
    ) -> Value {
        match (done, content) {
            (Done::Pairs(pairs), _) => self.dict_value(content, pairs, anchor),
            (Done::Items(parts), Content::Instance(number)) => {
                let parts = self.instance_parts(*number, parts);
                Value::Instance(match anchor {
                    None => Instance::from(parts),
                    Some(anchor) => Instance::with_anchor(parts, &anchor),
                })
            }
            (Done::Items(items), _) => match anchor {
                None => self.row_value(content, items),
                Some(anchor) => self.anchored_row_value(content, items, &anchor),
            },
        }
    }

    #[inline]
    fn dict_value(
        &self,
        content: &Content<'a>,
        mut pairs: Vec<(Value, Value)>,
        anchor: Option<Anchor>,
    ) -> Value {
        if let Content::Dict(row) = content
            && !keys::differ(self.graph.row(*row), 2)
        {
            key::merge(&mut pairs);
        }
        Value::Dict(match anchor {
            None => Dict::from_unique_pairs(pairs),
            Some(anchor) => Dict::with_anchor(pairs, &anchor),
        })
    }

    fn row_value(&self, content: &Content<'a>, items: Vec<Value>) -> Value {
        match content {
            Content::Tuple(_) => Value::Tuple(Tuple::from(items)),
            Content::List(_) => Value::List(List::from(items)),
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
            _ => Value::Persistent(PersistentId::from(items)),
        }
    }

    fn anchored_row_value(
        &self,
        content: &Content<'a>,
        mut items: Vec<Value>,
        anchor: &Anchor,
    ) -> Value {
        match content {
            Content::Tuple(_) => Value::Tuple(Tuple::with_anchor(items, anchor)),
            Content::List(_) => Value::List(List::with_anchor(items, anchor)),
            Content::Persistent(_) => Value::Persistent(PersistentId::with_anchor(items, anchor)),
            Content::Set(_) => {
                key::dedupe(&mut items);
                Value::Set(Set::with_anchor(items, anchor))
            }
            _ => {
                key::dedupe(&mut items);
                Value::FrozenSet(FrozenSet::with_anchor(items, anchor))
            }
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
