//! Dropping without overflowing the stack: a list nested a million deep must not.
//!
//! A few levels recurse, as that is what is fast. What is deeper goes onto a heap.

use std::cell::Cell;

use super::row::Part;
use super::{Change, InstanceParts, Value};

/// So many levels recurse.
const LEVELS: u32 = 64;

thread_local! {
    /// How many levels of containers are being dropped.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Drops what is inside of a container: `all` at once where that may recurse, or `each` by way of
/// a heap.
#[inline]
fn go_down<C: ?Sized>(
    container: &mut C,
    all: impl FnOnce(&mut C),
    each: impl FnOnce(&mut C, &mut Vec<Value>),
) {
    let depth = DEPTH.get();
    if depth < LEVELS {
        DEPTH.set(depth + 1);
        all(container);
        DEPTH.set(depth);
    } else {
        let mut heap = Vec::new();
        each(container, &mut heap);
        run(heap);
    }
}

/// Empties the items of a container that is being dropped.
#[inline]
pub(super) fn all_of<T: Part>(items: &mut Vec<T>) {
    if !items.is_empty() {
        go_down(
            items,
            |items| drop(std::mem::take(items)),
            |items, heap| {
                take_parts_of(items, heap);
            },
        );
    }
}

/// The last field of a container whose items go as its fields do, after it has called [`enter`]:
/// one level less is being dropped then.
#[derive(Clone)]
pub(super) struct Leave;

impl Drop for Leave {
    #[inline]
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Goes down into a container whose fields are dropped next, [`Leave`] the last of them. Where
/// that may not recurse, `take` has the containers in it go by way of a heap.
#[inline]
pub(super) fn enter(take: impl FnOnce(&mut Vec<Value>)) {
    let depth = DEPTH.get();
    DEPTH.set(depth + 1);
    if depth >= LEVELS {
        let mut heap = Vec::new();
        take(&mut heap);
        run(heap);
    }
}

/// As [`all_of`], for what an instance consists of.
pub(super) fn parts(parts: &mut InstanceParts) {
    go_down(parts, |parts| drop(std::mem::take(parts)), take_parts);
}

/// Drops values; what is inside of them joins the heap before they go.
fn run(mut heap: Vec<Value>) {
    while let Some(value) = heap.pop() {
        match value {
            Value::Tuple(inner) => inner.empty_into(&mut heap),
            Value::List(inner) => inner.empty_into(&mut heap),
            Value::Set(inner) => inner.empty_into(&mut heap),
            Value::FrozenSet(inner) => inner.empty_into(&mut heap),
            Value::Persistent(inner) => inner.empty_into(&mut heap),
            Value::Dict(inner) => inner.empty_into(&mut heap),
            Value::Instance(inner) => {
                if let Some(mut body) = inner.into_body() {
                    take_parts(&mut body.parts, &mut heap);
                }
            }
            _ => {}
        }
    }
}

/// Moves the containers among the items onto the heap.
pub(super) fn take_parts_of<T: Part>(items: &mut [T], heap: &mut Vec<Value>) {
    for item in items {
        item.take_deep(&mut |value| heap.push(value));
    }
}

fn take_parts(parts: &mut InstanceParts, heap: &mut Vec<Value>) {
    let mut take = |value: &mut Value| value.take_deep(&mut |value| heap.push(value));
    take(&mut parts.callable);
    take(&mut parts.args);
    take(&mut parts.kwargs);
    for change in &mut parts.changes {
        match change {
            Change::SetItem(key, value) => {
                take(key);
                take(value);
            }
            Change::State(value)
            | Change::Append(value)
            | Change::Add(value)
            | Change::Call(value) => take(value),
        }
    }
}

#[cfg(test)]
#[path = "discard_tests.rs"]
mod tests;
