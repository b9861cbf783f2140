//! Memory that one message leaves to the next one that its thread reads.
//!
//! Small messages would spend more time on buffers than on what is in them, and large ones would
//! get fresh pages from the system for each.

use std::cell::Cell as Place;

use crate::pickle_next::graph::{Cell, Graph, Slot};

/// So many bytes of each buffer are kept at most.
const KEPT: usize = 4 << 20;

thread_local! {
    static OF_MACHINES: Place<Option<OfMachine<'static>>> = const { Place::new(None) };
    static OF_GRAPHS: Place<Option<OfGraph<'static>>> = const { Place::new(None) };
}

/// What only the machine needs.
#[derive(Default)]
pub(super) struct OfMachine<'a> {
    pub(super) stack: Vec<Slot<'a>>,
    pub(super) marks: Vec<usize>,
    pub(super) memo: Vec<Option<Slot<'a>>>,
}

/// What stays until there are values.
#[derive(Default)]
struct OfGraph<'a> {
    cells: Vec<Cell<'a>>,
    pool: Vec<Slot<'a>>,
    fetched: Vec<u32>,
}

impl<'a> OfMachine<'a> {
    /// What was kept last.
    pub(super) fn take() -> Self {
        let kept = OF_MACHINES.try_with(Place::take).ok().flatten();
        let kept = kept.unwrap_or_default();
        OfMachine {
            stack: emptied(kept.stack),
            marks: kept.marks,
            memo: emptied(kept.memo),
        }
    }

    pub(super) fn keep(self) {
        let kept = OfMachine {
            stack: emptied(self.stack),
            marks: emptied(self.marks),
            memo: emptied(self.memo),
        };
        // Else the thread is ending.
        let _ = OF_MACHINES.try_with(|place| place.set(Some(kept)));
    }
}

impl Graph<'_> {
    /// Uses what was kept last.
    pub(super) fn reuse(&mut self) {
        if let Ok(Some(kept)) = OF_GRAPHS.try_with(Place::take) {
            self.cells = emptied(kept.cells);
            self.pool = emptied(kept.pool);
            self.fetched = kept.fetched;
        }
    }

    /// Leaves its memory to the next one.
    pub(super) fn keep(self) {
        let kept = OfGraph {
            cells: emptied(self.cells),
            pool: emptied(self.pool),
            fetched: emptied(self.fetched),
        };
        let _ = OF_GRAPHS.try_with(|place| place.set(Some(kept)));
    }
}

/// The memory of a vector, unless there is too much of it. It stays where it is, as both kinds
/// of items have one layout.
fn emptied<A, B>(mut items: Vec<A>) -> Vec<B> {
    items.clear();
    if items.capacity().saturating_mul(size_of::<A>()) > KEPT {
        return Vec::new();
    }
    let nothing = |_| unreachable!("there are no items");
    items.into_iter().map(nothing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_kept_up_to_a_limit() {
        let slots: Vec<Slot<'_>> = vec![Slot::None { at: 0 }; 1000];
        let place = slots.as_ptr().addr();
        let kept: Vec<Slot<'static>> = emptied(slots);
        assert!(kept.is_empty() && kept.capacity() >= 1000);
        assert_eq!(kept.as_ptr().addr(), place);
        let large: Vec<Slot<'static>> = emptied(Vec::<Slot<'_>>::with_capacity(KEPT));
        assert_eq!(large.capacity(), 0);
    }

    #[test]
    fn nothing_of_one_message_is_in_the_next() {
        use crate::pickle_next::{Value, loads};

        for _ in 0..3 {
            let value = loads(b"\x80\x04]\x94(K\x01\x8c\x01a\x94h\x01e.".to_vec()).unwrap();
            assert_eq!(value, Value::from(vec![1.into(), "a".into(), "a".into()]));
            // Entries of the memo, a mark and values that the first one had.
            assert!(loads(b"h\x00.".to_vec()).is_err());
            assert!(loads(b"h\x01.".to_vec()).is_err());
            assert!(loads(b"t.".to_vec()).is_err());
            assert!(loads(b".".to_vec()).is_err());
            assert!(loads(b"((K\x01K\x02".to_vec()).is_err());
        }
    }
}
