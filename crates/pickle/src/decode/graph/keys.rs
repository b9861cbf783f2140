//! Compares the keys of a dict or set before they become values: in nearly all they differ.

use crate::decode::graph::{Graph, Slot};
use crate::decode::hashing::Hasher;
use crate::key;

/// Up to this many keys, comparing each with each is faster than a table.
const FEW: usize = 8;

/// Returns whether every `step`-th slot, from the first, is a different key. `false` if that takes a
/// closer look: numbers of several types, tuples.
pub(crate) fn differ(graph: &Graph<'_>, slots: &[Slot<'_>], step: usize) -> bool {
    let count = slots.len() / step;
    if count < 2 {
        return true;
    }
    let keys = || slots.iter().step_by(step);
    let Some(kind) = keys().next().and_then(KeyKind::of) else {
        return false;
    };
    if !keys().all(|key| KeyKind::of(key) == Some(kind)) {
        return false;
    }
    if count <= FEW {
        few_differ(graph, slots, step)
    } else {
        many_differ(graph, slots, step, count)
    }
}

/// Types of keys that are equal only if their content is.
#[derive(Clone, Copy, PartialEq)]
enum KeyKind {
    Str,
    Bytes,
    Int,
}

impl KeyKind {
    #[inline]
    fn of(slot: &Slot<'_>) -> Option<Self> {
        match slot {
            Slot::Str { .. } => Some(KeyKind::Str),
            Slot::Bytes { .. } => Some(KeyKind::Bytes),
            Slot::Int { .. } => Some(KeyKind::Int),
            _ => None,
        }
    }
}

/// Returns whether two keys of one kind are equal.
#[inline]
fn same(graph: &Graph<'_>, left: &Slot<'_>, right: &Slot<'_>) -> bool {
    match (left, right) {
        (Slot::Int { value: left, .. }, Slot::Int { value: right, .. }) => left == right,
        _ => match (Text::of(left), Text::of(right)) {
            (Some(left), Some(right)) => left.same(right, graph),
            _ => false,
        },
    }
}

/// The content of text or bytes.
#[derive(Clone, Copy)]
struct Text<'a> {
    id: u32,
    bytes: &'a [u8],
}

impl<'a> Text<'a> {
    #[inline]
    fn of(slot: &Slot<'a>) -> Option<Self> {
        match *slot {
            Slot::Str { id, text } => Some(Text {
                id,
                bytes: text.as_bytes(),
            }),
            Slot::Bytes { id, bytes } => Some(Text { id, bytes }),
            _ => None,
        }
    }

    #[inline]
    fn same(self, other: Self, graph: &Graph<'_>) -> bool {
        if self.bytes.len() != other.bytes.len() {
            return false;
        }
        match self.is_long_and_shared(graph) && other.is_long_and_shared(graph) {
            true => self.same_print(other, graph),
            // Text that is short, or a key of this container alone.
            false => self.bytes == other.bytes,
        }
    }

    #[cold]
    fn same_print(self, other: Self, graph: &Graph<'_>) -> bool {
        let print = |text: Self| graph.long_keys.of(text.bytes).print;
        std::ptr::eq(self.bytes, other.bytes) || print(self) == print(other)
    }

    /// Returns whether it is long, and may be a key of many containers.
    #[inline]
    fn is_long_and_shared(self, graph: &Graph<'_>) -> bool {
        let number = || graph.fetched.get(self.id as usize);
        self.bytes.len() > key::LONG && number().is_some_and(|number| *number != 0)
    }
}

fn few_differ(graph: &Graph<'_>, slots: &[Slot<'_>], step: usize) -> bool {
    let mut at = step;
    while at < slots.len() {
        let key = &slots[at];
        if slots[..at]
            .iter()
            .step_by(step)
            .any(|other| same(graph, other, key))
        {
            return false;
        }
        at += step;
    }
    true
}

/// A hash table of positions, at most half full.
fn many_differ(graph: &Graph<'_>, slots: &[Slot<'_>], step: usize, count: usize) -> bool {
    const FREE: u32 = u32::MAX;
    let hasher = Hasher::new();
    let size = (count * 2).next_power_of_two();
    let mask = size - 1;
    let mut table = vec![FREE; size];
    for (position, key) in (0..).zip(slots.iter().step_by(step)) {
        let hash = match key {
            Slot::Int { value, .. } => hasher.number(value.cast_unsigned()),
            _ => match Text::of(key) {
                Some(text) if text.is_long_and_shared(graph) => graph.long_keys.of(text.bytes).hash,
                Some(text) => hasher.bytes(text.bytes),
                None => return false,
            },
        };
        let mut place = usize::try_from(hash & mask as u64).unwrap_or(0);
        while table[place] != FREE {
            if same(graph, &slots[table[place] as usize * step], key) {
                return false;
            }
            place = (place + 1) & mask;
        }
        table[place] = position;
    }
    true
}
