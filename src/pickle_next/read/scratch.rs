//! Memory that one machine leaves to the next of its thread: small messages are read faster than
//! memory is allocated.

use std::cell::Cell;

use crate::pickle_next::graph::Slot;

/// What a machine works with, and does not hand out.
#[derive(Default)]
pub(super) struct Scratch<'a> {
    pub(super) stack: Vec<Slot<'a>>,
    pub(super) marks: Vec<usize>,
    pub(super) memo: Vec<Option<Slot<'a>>>,
}

/// How many entries each of them may keep room for: a thread that has read a large message once
/// should not hold on to all that it took.
const MOST_KEPT: usize = 1 << 15;

thread_local! {
    static KEPT: Cell<Scratch<'static>> = const { Cell::new(Scratch::NONE) };
}

impl<'a> Scratch<'a> {
    const NONE: Self = Scratch {
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Vec::new(),
    };

    /// Empty, with the memory that was kept.
    #[inline]
    pub(super) fn take() -> Self {
        let kept = KEPT.try_with(Cell::take).unwrap_or_default();
        Scratch {
            stack: emptied(kept.stack),
            marks: kept.marks,
            memo: emptied(kept.memo),
        }
    }

    /// Keeps the memory for the next machine of this thread.
    #[inline]
    pub(super) fn keep(mut self) {
        self.marks.clear();
        let kept = Scratch {
            stack: emptied(bounded(self.stack)),
            marks: bounded(self.marks),
            memo: emptied(bounded(self.memo)),
        };
        // A thread that ends keeps nothing.
        let _ = KEPT.try_with(|place| place.set(kept));
    }
}

#[inline]
fn bounded<T>(memory: Vec<T>) -> Vec<T> {
    match memory.capacity() {
        0..=MOST_KEPT => memory,
        _ => Vec::new(),
    }
}

/// The same memory for slots that live as long as another message. Items of the same size are
/// collected in place: nothing is allocated.
#[inline]
fn emptied<T, U>(mut memory: Vec<T>) -> Vec<U> {
    memory.clear();
    memory.into_iter().filter_map(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_unless_it_is_large() {
        let mut first = Scratch::take();
        first.stack.reserve_exact(100);
        first.memo.reserve_exact(MOST_KEPT + 1);
        first.stack.push(Slot::None { at: 1 });
        first.marks.push(3);
        let place = first.stack.as_ptr().addr();
        first.keep();
        let second = Scratch::take();
        assert_eq!(second.stack.as_ptr().addr(), place);
        assert!(second.stack.is_empty() && second.marks.is_empty() && second.memo.is_empty());
        assert!(second.stack.capacity() >= 100 && second.memo.capacity() <= MOST_KEPT);
        assert_eq!(Scratch::take().stack.capacity(), 0);
    }
}
