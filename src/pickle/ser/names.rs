//! Finds again what was said of a `&'static str`, without looking at its letters.

use crate::pickle::class_name;
use crate::pickle::write::places::mixed;

/// By the addresses and lengths of one or more static strings.
///
/// What has the same address and length for all time is the same text. The same text at another
/// address counts as another, which costs a few bytes and no more.
pub(super) struct Names<const N: usize, T> {
    /// A power of two, or none at all.
    slots: Vec<Option<([usize; N], T)>>,
    used: usize,
}

/// The key of one name.
#[inline]
pub(super) fn one(name: &'static str) -> [usize; 2] {
    [name.as_ptr().addr(), name.len()]
}

/// The key of two names.
pub(super) fn two(left: &'static str, right: &'static str) -> [usize; 4] {
    let ([a, b], [c, d]) = (one(left), one(right));
    [a, b, c, d]
}

/// Which names of types are those of classes, for the last few that were asked for.
pub(super) struct Seen([([usize; 2], bool); Seen::SIZE]);

impl Seen {
    const SIZE: usize = 8;

    pub(super) const fn new() -> Self {
        Seen([([0; 2], false); Seen::SIZE])
    }

    #[inline]
    pub(super) fn is_class(&mut self, name: &'static str) -> bool {
        let key = one(name);
        let slot = &mut self.0[place(&key) % Seen::SIZE];
        if slot.0 != key {
            *slot = (key, class_name::split(name).is_some());
        }
        slot.1
    }
}

impl<const N: usize, T> Names<N, T> {
    const FIRST_SIZE: usize = 8;

    pub(super) const fn new() -> Self {
        Names {
            slots: Vec::new(),
            used: 0,
        }
    }

    #[inline]
    pub(super) fn get(&self, key: &[usize; N]) -> Option<&T> {
        let at = place(key) & self.slots.len().wrapping_sub(1);
        // Nearly all stand where they belong.
        match self.slots.get(at)? {
            Some((found, value)) if found == key => Some(value),
            _ => self.search(*key, at),
        }
    }

    #[inline(never)]
    fn search(&self, key: [usize; N], mut at: usize) -> Option<&T> {
        // Some slots are free, so that this ends.
        while let Some((other, value)) = &self.slots[at] {
            if *other == key {
                return Some(value);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// Adds what is not there yet.
    pub(super) fn insert(&mut self, key: [usize; N], value: T) {
        // At most a quarter is used: a struct's few names then rarely stand in each other's way.
        if self.slots.len() <= self.used * 4 {
            self.grow();
        }
        self.used += 1;
        let mask = self.slots.len() - 1;
        let mut at = place(&key) & mask;
        while self.slots[at].is_some() {
            at = (at + 1) & mask;
        }
        self.slots[at] = Some((key, value));
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(Self::FIRST_SIZE);
        let larger = std::iter::repeat_with(|| None).take(size).collect();
        let old = std::mem::replace(&mut self.slots, larger);
        self.used = 0;
        for (key, value) in old.into_iter().flatten() {
            self.insert(key, value);
        }
    }
}

/// Where the search begins; the program's own names attack nobody.
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
        let text: &'static str = "a text whose parts are names, each of them at a place of its own";
        let parts: Vec<&'static str> = (0..text.len())
            .flat_map(|start| (start..text.len()).map(move |end| &text[start..end]))
            .collect();
        let mut names = Names::new();
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
