//! Drops values of any depth, such as a million nested lists, without overflowing the stack.
//!
//! A few levels recurse, which is fast. Deeper values are queued until these are gone, and then
//! dropped the same way.

use std::cell::Cell;
use std::mem::ManuallyDrop;

use super::object::{Change, InstanceParts, Level, Part, Value};

/// Number of levels that recurse.
const LEVELS: u32 = 64;

/// Flag in `DEPTH`: some values are queued.
const WAITS: u32 = 1 << 31;

thread_local! {
    /// Number of levels of containers being dropped.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The queue. It is emptied each time and so needs no destructor, which could run before the
    /// last values are dropped.
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

/// Begins a [`Level`]. If that is one too many, `take` moves the contained containers to the queue.
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

/// Drops the queue, and what is queued meanwhile.
#[cold]
fn drop_waiting() {
    // Count as a level, or the values would be queued again.
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

/// Empties the items of a container being dropped.
#[inline]
pub(super) fn all_of<T: Part>(items: &mut Vec<T>) {
    if !items.is_empty() {
        enter(|heap| take_parts_of(items, heap));
        drop(std::mem::take(items));
        drop(Level);
    }
}

/// Same as [`all_of`], for the parts of an instance.
pub(super) fn parts(parts: &mut InstanceParts) {
    enter(|heap| take_parts(parts, heap));
    drop(std::mem::take(parts));
    drop(Level);
}

/// Moves the containers among the items to the queue.
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
