//! Dropping without recursion: a list nested a million deep must not overflow the stack.

use super::items::ItemsBody;
use super::{Change, InstanceParts, Value};

/// Empties the items of a container that is being dropped.
pub(super) fn items(items: &mut Vec<Value>) {
    if items.iter().any(Value::is_container) {
        run(std::mem::take(items));
    }
}

/// As [`items`], for the pairs of a dict.
pub(super) fn pairs(pairs: &mut Vec<(Value, Value)>) {
    let deep = |(key, value): &(Value, Value)| key.is_container() || value.is_container();
    if pairs.iter().any(deep) {
        let mut heap = Vec::with_capacity(pairs.len());
        take_pairs(pairs, &mut heap);
        run(heap);
    }
}

/// As [`items`], for what an instance consists of.
pub(super) fn parts(parts: &mut InstanceParts) {
    let mut heap = Vec::new();
    take_parts(parts, &mut heap);
    if !heap.is_empty() {
        run(heap);
    }
}

/// Drops values; what is inside of them joins the heap before they go.
fn run(mut heap: Vec<Value>) {
    while let Some(value) = heap.pop() {
        match value {
            Value::Tuple(inner) => take_items(inner.into_body(), &mut heap),
            Value::List(inner) => take_items(inner.into_body(), &mut heap),
            Value::Set(inner) => take_items(inner.into_body(), &mut heap),
            Value::FrozenSet(inner) => take_items(inner.into_body(), &mut heap),
            Value::Persistent(inner) => take_items(inner.into_body(), &mut heap),
            Value::Dict(inner) => {
                if let Some(mut body) = inner.into_body() {
                    take_pairs(&mut body.pairs, &mut heap);
                }
            }
            Value::Instance(inner) => {
                if let Some(mut body) = inner.into_body() {
                    take_parts(&mut body.parts, &mut heap);
                }
            }
            _ => {}
        }
    }
}

fn take_items(body: Option<ItemsBody>, heap: &mut Vec<Value>) {
    if let Some(mut body) = body {
        heap.extend(body.items.drain(..).filter(Value::is_container));
    }
}

fn take_pairs(pairs: &mut Vec<(Value, Value)>, heap: &mut Vec<Value>) {
    let both = pairs.drain(..).flat_map(|(key, value)| [key, value]);
    heap.extend(both.filter(Value::is_container));
}

fn take_parts(parts: &mut InstanceParts, heap: &mut Vec<Value>) {
    let fields = [&mut parts.callable, &mut parts.args, &mut parts.kwargs];
    heap.extend(
        fields
            .into_iter()
            .map(std::mem::take)
            .filter(Value::is_container),
    );
    for change in parts.changes.drain(..) {
        match change {
            Change::SetItem(key, value) => {
                heap.extend([key, value].into_iter().filter(Value::is_container));
            }
            Change::State(value)
            | Change::Append(value)
            | Change::Add(value)
            | Change::Call(value) => heap.extend(Some(value).filter(Value::is_container)),
        }
    }
}

#[cfg(test)]
#[path = "discard_tests.rs"]
mod tests;
