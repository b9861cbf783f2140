//! Looks up `&'static str`s by address, without comparing their text.

use crate::class_name;
use crate::encode::value::address_map::mixed;

/// A map whose keys are addresses and lengths of one or more static strings.
///
/// Static strings of one address and length are the same text. The same text at another address counts
/// as another, which only costs a few bytes.
pub(super) struct Names<const N: usize, T, const FEW: usize = 0> {
    /// The first entries, which need no allocation.
    few: [Slot<N, T>; FEW],
    /// All entries once they are more: a power of two of slots, or none yet.
    slots: Vec<Slot<N, T>>,
    used: usize,
}

type Slot<const N: usize, T> = Option<([usize; N], T)>;

/// Returns the key of one name.
#[inline]
pub(super) fn one(name: &'static str) -> [usize; 2] {
    [name.as_ptr().addr(), name.len()]
}

/// Returns the key of two names.
pub(super) fn two(left: &'static str, right: &'static str) -> [usize; 4] {
    let ([a, b], [c, d]) = (one(left), one(right));
    [a, b, c, d]
}

/// The last few names of types, and the classes they mean.
pub(super) struct Seen([Slot<2, bool>; Seen::SIZE]);

impl Seen {
    const SIZE: usize = 8;

    #[inline(always)]
    pub(super) const fn new() -> Self {
        Seen([None; Seen::SIZE])
    }

    #[inline]
    pub(super) fn is_class(&mut self, name: &'static str) -> bool {
        let key = one(name);
        let slot = &mut self.0[place(&key) % Seen::SIZE];
        match slot {
            Some((seen, is_class)) if *seen == key => *is_class,
            _ => {
                let is_class = class_name::split(name).is_some();
                *slot = Some((key, is_class));
                is_class
            }
        }
    }
}

/// The name that was last seen at each position in structs.
///
/// Names are compared by address, as in [`Names`]. An entry is a guess, never an error.
pub(super) struct Recent(Vec<([usize; 2], u32)>);

impl Recent {
    const SIZE: usize = 32;

    pub(super) const fn new() -> Self {
        Recent(Vec::new())
    }

    /// Returns the number of the name, if it was last seen there.
    #[inline(always)]
    pub(super) fn get(&self, place: usize, key: [usize; 2]) -> Option<u32> {
        let (found, number) = *self.0.get(place % Recent::SIZE)?;
        (found == key).then_some(number)
    }

    pub(super) fn put(&mut self, place: usize, key: [usize; 2], number: u32) {
        // No name has address 0.
        self.0.resize(Recent::SIZE, ([0; 2], 0));
        self.0[place % Recent::SIZE] = (key, number);
    }
}

impl<const N: usize, T, const FEW: usize> Names<N, T, FEW> {
    const FIRST_SIZE: usize = 8;

    #[inline(always)]
    pub(super) const fn new() -> Self {
        Names {
            few: [const { None }; FEW],
            slots: Vec::new(),
            used: 0,
        }
    }

    #[inline]
    pub(super) fn get(&self, key: &[usize; N]) -> Option<&T> {
        let at = place(key) & self.slots.len().wrapping_sub(1);
        // Nearly all are in their first slot.
        match self.slots.get(at) {
            Some(Some((found, value))) if found == key => Some(value),
            Some(_) => search(&self.slots, *key, at),
            None => self.among_few(*key),
        }
    }

    #[inline(never)]
    fn among_few(&self, key: [usize; N]) -> Option<&T> {
        let mut few = self.few.iter().flatten();
        few.find_map(|(found, value)| (*found == key).then_some(value))
    }

    /// Adds an entry that is not there yet.
    pub(super) fn insert(&mut self, key: [usize; N], value: T) {
        self.used += 1;
        if let Some(slot) = self.few.get_mut(self.used - 1) {
            *slot = Some((key, value));
            return;
        }
        // At most a quarter is used, so that a struct's few names rarely collide.
        if self.slots.len() < self.used * 4 {
            self.grow();
        }
        put(&mut self.slots, key, value);
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.used * 4).next_power_of_two().max(Self::FIRST_SIZE);
        let mut larger: Vec<_> = std::iter::repeat_with(|| None).take(size).collect();
        let few = self.few.iter_mut().filter_map(Option::take);
        for (key, value) in few.chain(self.slots.drain(..).flatten()) {
            put(&mut larger, key, value);
        }
        self.slots = larger;
    }
}

#[inline(never)]
fn search<const N: usize, T>(slots: &[Slot<N, T>], key: [usize; N], mut at: usize) -> Option<&T> {
    // Ends, as some slots are free.
    while let Some((other, value)) = &slots[at] {
        if *other == key {
            return Some(value);
        }
        at = (at + 1) & (slots.len() - 1);
    }
    None
}

/// Returns a free slot.
#[inline]
fn put<const N: usize, T>(slots: &mut [Slot<N, T>], key: [usize; N], value: T) {
    let mask = slots.len() - 1;
    let mut at = place(&key) & mask;
    while slots[at].is_some() {
        at = (at + 1) & mask;
    }
    slots[at] = Some((key, value));
}

/// Returns where the search begins. The names are the program's own, so collisions are no attack.
#[inline]
fn place<const N: usize>(key: &[usize; N]) -> usize {
    let join = |joined: usize, part: &usize| joined.rotate_left(5) ^ part;
    mixed(key.iter().fold(0, join))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_again_by_where_it_is() {
        found_again(Names::<2, usize>::new());
        found_again(Names::<2, usize, 4>::new());
    }

    fn found_again<const FEW: usize>(mut names: Names<2, usize, FEW>) {
        let text: &'static str = "a text whose parts are names, each of them at a place of its own";
        let parts: Vec<&'static str> = (0..text.len())
            .flat_map(|start| (start..text.len()).map(move |end| &text[start..end]))
            .collect();
        assert_eq!(names.get(&one("none")), None);
        for (number, part) in parts.iter().enumerate() {
            assert_eq!(names.get(&one(part)), None, "{part}");
            names.insert(one(part), number);
        }
        for (number, part) in parts.iter().enumerate() {
            assert_eq!(names.get(&one(part)), Some(&number));
        }
    }
}
