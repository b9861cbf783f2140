//! Whether keys differ, told before they are values: in nearly all dicts they do.

use super::hashing::Hasher;
use crate::pickle::graph::Slot;

/// Up to this many keys, comparing each with each is faster than a table.
const FEW: usize = 8;

/// Whether the first of every so many slots are certainly different keys. `false` where it takes
/// a closer look, at numbers of several types or at tuples.
pub(in crate::pickle) fn differ(slots: &[Slot<'_>], step: usize) -> bool {
    let count = slots.len() / step;
    if count < 2 {
        return true;
    }
    let keys = || slots.iter().step_by(step);
    let Some(kind) = keys().next().and_then(Kind::of) else {
        return false;
    };
    if !keys().all(|key| Kind::of(key) == Some(kind)) {
        return false;
    }
    if count <= FEW {
        few_differ(slots, step)
    } else {
        many_differ(slots, step, count)
    }
}

/// Keys of one kind are one key only if they look the same.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Str,
    Bytes,
    Int,
}

impl Kind {
    #[inline]
    fn of(slot: &Slot<'_>) -> Option<Self> {
        match slot {
            Slot::Str { .. } => Some(Kind::Str),
            Slot::Bytes { .. } => Some(Kind::Bytes),
            Slot::Int { .. } => Some(Kind::Int),
            _ => None,
        }
    }
}

#[inline]
fn same(left: &Slot<'_>, right: &Slot<'_>) -> bool {
    match (left, right) {
        (Slot::Str { text: left, .. }, Slot::Str { text: right, .. }) => left == right,
        (Slot::Bytes { bytes: left, .. }, Slot::Bytes { bytes: right, .. }) => left == right,
        (Slot::Int { value: left, .. }, Slot::Int { value: right, .. }) => left == right,
        _ => false,
    }
}

fn few_differ(slots: &[Slot<'_>], step: usize) -> bool {
    let mut at = step;
    while at < slots.len() {
        let key = &slots[at];
        if slots[..at]
            .iter()
            .step_by(step)
            .any(|other| same(other, key))
        {
            return false;
        }
        at += step;
    }
    true
}

/// A table of positions, half full at most.
fn many_differ(slots: &[Slot<'_>], step: usize, count: usize) -> bool {
    const FREE: u32 = u32::MAX;
    let hasher = Hasher::new();
    let size = (count * 2).next_power_of_two();
    let mask = size - 1;
    let mut table = vec![FREE; size];
    for (position, key) in (0..).zip(slots.iter().step_by(step)) {
        let hash = match key {
            Slot::Str { text, .. } => hasher.bytes(text.as_bytes()),
            Slot::Bytes { bytes, .. } => hasher.bytes(bytes),
            Slot::Int { value, .. } => hasher.number(value.cast_unsigned()),
            _ => return false,
        };
        let mut place = usize::try_from(hash & mask as u64).unwrap_or(0);
        while table[place] != FREE {
            if same(&slots[table[place] as usize * step], key) {
                return false;
            }
            place = (place + 1) & mask;
        }
        table[place] = position;
    }
    true
}
