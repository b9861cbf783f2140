//! The memo: objects that later opcodes refer to by number.

use std::collections::HashMap;

use super::graph::NodeId;

/// Picklers count up from 0 or 1, which takes a `Vec`; any other number costs a table entry, so
/// that an index of 2^31 costs no more than its opcode.
#[derive(Default)]
pub(super) struct Memo {
    dense: Vec<Option<NodeId>>,
    sparse: HashMap<u32, NodeId>,
    stored: u32,
}

/// How far ahead of the objects stored the `Vec` may reach.
const GAP: usize = 16;

impl Memo {
    pub(super) fn get(&self, index: u32) -> Option<NodeId> {
        match self.dense.get(index as usize) {
            Some(Some(node)) => Some(*node),
            _ => self.sparse.get(&index).copied(),
        }
    }

    pub(super) fn put(&mut self, index: u32, node: NodeId) {
        let at = index as usize;
        let known = self.get(index).is_some();
        if self.sparse.contains_key(&index) || at > self.dense.len() + GAP {
            self.sparse.insert(index, node);
        } else {
            if at >= self.dense.len() {
                self.dense.resize(at + 1, None);
            }
            self.dense[at] = Some(node);
        }
        self.stored += u32::from(!known);
    }

    /// Stores under the number of objects stored so far, as MEMOIZE does.
    pub(super) fn push(&mut self, node: NodeId) {
        self.put(self.stored, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_far_apart_cost_no_more_than_an_entry() {
        let mut memo = Memo::default();
        for (at, index) in [1, 0, u32::MAX, 1 << 31, 40, 2].into_iter().enumerate() {
            memo.put(index, NodeId::from_index(at).unwrap());
        }
        memo.push(NodeId::from_index(6).unwrap());
        let found = |index| memo.get(index).map(NodeId::index);
        assert_eq!(
            [0, 1, 2, 6, 40, 1 << 31, u32::MAX].map(found),
            [
                Some(1),
                Some(0),
                Some(5),
                Some(6),
                Some(4),
                Some(3),
                Some(2)
            ]
        );
        assert_eq!(found(3), None);
        assert!(memo.dense.len() < 64);
    }
}
