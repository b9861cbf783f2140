//! Dropping without overflowing the stack: a list nested a million deep must not.
//!
//! A few levels recurse, as that is what is fast. What is deeper waits until these are gone, and
//! goes the same way then.

use std::cell::Cell;
use std::mem::ManuallyDrop;

use super::object::{Change, InstanceParts, Level, Part, Value};

/// So many levels recurse.
const LEVELS: u32 = 64;

/// Beside the number of levels: whether something waits.
const WAITS: u32 = 1 << 31;

thread_local! {
    /// How many levels of containers are being dropped.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// What waits. Nothing stays in it, so that it needs no destructor, after which it would be
    /// gone for those that come later.
    static HEAP: Cell<ManuallyDrop<Vec<Value>>> =
        const { Cell::new(ManuallyDrop::new(Vec::new())) };
}

impl Drop for Level {
    #[inline]
    fn drop(&mut self) {
        let depth = DEPTH.get() - 1;
        DEPTH.set(depth);
        if depth == WAITS {
            drop_waiting();
        }
    }
}

/// Begins a [`Level`]. Where that is one too many, `take` has what is deep in the container wait.
#[inline]
pub(super) fn enter(take: impl FnOnce(&mut Vec<Value>)) {
    let depth = DEPTH.get();
    DEPTH.set(depth + 1);
    if depth & !WAITS >= LEVELS {
        let mut heap = take_heap();
        take(&mut heap);
        if !heap.is_empty() {
            DEPTH.set((depth + 1) | WAITS);
        }
        HEAP.set(ManuallyDrop::new(heap));
    }
}

fn take_heap() -> Vec<Value> {
    ManuallyDrop::into_inner(HEAP.replace(ManuallyDrop::new(Vec::new())))
}

/// Drops what waits, and what comes to wait meanwhile.
#[cold]
fn drop_waiting() {
    // As in a container: else the values would come back here.
    DEPTH.set(WAITS | 1);
    loop {
        let mut heap = take_heap();
        let Some(value) = heap.pop() else {
            break;
        };
        HEAP.set(ManuallyDrop::new(heap));
        drop(value);
    }
    DEPTH.set(0);
}

/// Empties the items of a container that is being dropped.
#[inline]
pub(super) fn all_of<T: Part>(items: &mut Vec<T>) {
    if !items.is_empty() {
        enter(|heap| take_parts_of(items, heap));
        drop(std::mem::take(items));
        drop(Level);
    }
}

/// As [`all_of`], for what an instance consists of.
pub(super) fn parts(parts: &mut InstanceParts) {
    enter(|heap| take_parts(parts, heap));
    drop(std::mem::take(parts));
    drop(Level);
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
mod tests;
