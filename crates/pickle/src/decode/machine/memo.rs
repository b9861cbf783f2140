//! The memo: objects that later opcodes refer to by number.

use std::collections::HashMap;

use crate::decode::graph::Slot;

/// Picklers count up from 0 or 1, which takes a `Vec`; any other number costs a table entry, so
/// that an index of 2^31 costs no more than its opcode.
pub(super) struct Memo<'a> {
    dense: Vec<Option<Slot<'a>>>,
    /// Entries with other numbers; rarely used.
    sparse: Option<HashMap<u64, Slot<'a>>>,
    stored: usize,
}

/// How far the `Vec` may reach past the number of entries.
const GAP: usize = 16;

impl<'a> Memo<'a> {
    #[inline]
    pub(super) fn new() -> Self {
        Memo {
            dense: Vec::new(),
            sparse: None,
            stored: 0,
        }
    }

    /// Returns the memory that is kept for the next machine.
    #[inline]
    pub(super) fn memory(&mut self) -> &mut Vec<Option<Slot<'a>>> {
        &mut self.dense
    }

    /// Returns the number of entries.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.stored
    }

    #[inline]
    pub(super) fn get(&self, index: u64) -> Option<&Slot<'a>> {
        match self.dense.get(as_position(index)) {
            Some(Some(slot)) => Some(slot),
            _ => self.get_sparse(index),
        }
    }

    #[cold]
    fn get_sparse(&self, index: u64) -> Option<&Slot<'a>> {
        self.sparse.as_ref()?.get(&index)
    }

    /// Takes a closure to make the slot in place: a copy of one that was just written in parts stalls the
    /// processor.
    #[inline(always)]
    pub(super) fn put(&mut self, index: u64, slot: impl Fn() -> Slot<'a>) {
        if as_position(index) == self.dense.len() && self.sparse.is_none() {
            self.dense.push(Some(slot()));
            self.stored += 1;
        } else {
            self.put_out_of_order(index, slot());
        }
    }

    #[cold]
    fn put_out_of_order(&mut self, index: u64, slot: Slot<'a>) {
        let at = as_position(index);
        let known = self.get(index).is_some();
        if self.get_sparse(index).is_some() || at > self.dense.len().saturating_add(GAP) {
            self.sparse.get_or_insert_default().insert(index, slot);
        } else {
            if at >= self.dense.len() {
                self.dense.resize(at + 1, None);
            }
            self.dense[at] = Some(slot);
        }
        self.stored += usize::from(!known);
    }
}

/// Past all positions if it does not fit.
#[inline]
fn as_position(index: u64) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_far_apart_cost_no_more_than_an_entry() {
        let mut memo = Memo::new();
        for (at, index) in [1, 0, u64::MAX, 1 << 31, 40, 2].into_iter().zip(0..) {
            memo.put(at, || Slot::None { at: index });
        }
        memo.put(memo.len() as u64, || Slot::None { at: 6 });
        let found = |index| match memo.get(index) {
            Some(Slot::None { at }) => Some(*at),
            _ => None,
        };
        let expected = [1, 0, 5, 6, 4, 3, 2].map(Some);
        assert_eq!([0, 1, 2, 6, 40, 1 << 31, u64::MAX].map(found), expected);
        assert_eq!(found(3), None);
        assert_eq!(memo.len(), 7);
        assert!(memo.dense.len() < 64);
    }
}
