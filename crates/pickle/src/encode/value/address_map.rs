//! A map from addresses of objects to their numbers in the memo.

/// A hash table with open addressing. Its keys are addresses of our own allocations, which no peer
/// chooses, so a multiplication is hash enough.
#[derive(Default)]
pub(super) struct Places {
    /// A power of two of slots, or none yet; address 0 is a vacant one.
    slots: Vec<(usize, u32)>,
    used: usize,
    /// Number of bits of a product that do not select the slot.
    shift: u32,
}

const SMALLEST: usize = 32;

/// Spreads addresses over a table: the upper bits of the product are the mixed ones.
#[inline]
fn product(address: usize) -> u64 {
    (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Returns the upper half of these bits, for tables of any size.
#[inline]
pub(crate) fn mixed(address: usize) -> usize {
    (product(address) >> 32) as usize
}

impl Places {
    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// Returns where the search for an address begins. The uppermost bits: consecutive numbers, as names
    /// have them, do not collide there.
    #[inline]
    fn start(&self, address: usize) -> usize {
        usize::try_from(product(address) >> self.shift).unwrap_or(usize::MAX)
    }

    /// Returns the slot of an address, or the vacant one where it belongs.
    #[inline]
    fn find(&self, address: usize) -> usize {
        let mut at = self.start(address);
        while self.slots[at].0 != address && self.slots[at].0 != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// Returns the number of an object with identity. Nearly all are in their first slot.
    #[inline]
    pub(super) fn get(&self, address: usize) -> Option<u32> {
        let (found, number) = *self.slots.get(self.start(address))?;
        if found == address && address != 0 {
            return Some(number);
        }
        self.search(address)
    }

    #[inline(never)]
    fn search(&self, address: usize) -> Option<u32> {
        // An object without identity was never stored, and looks like a vacant slot.
        let (found, number) = self.slots[self.find(address)];
        (found == address && address != 0).then_some(number)
    }

    /// An object without identity, address 0, is not stored.
    pub(super) fn insert(&mut self, address: usize, number: u32) {
        if address == 0 {
            return;
        }
        // At most half full, so that searches are short.
        if self.used * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.find(address);
        if self.slots[at].0 == 0 {
            self.used += 1;
        }
        self.slots[at] = (address, number);
    }

    #[cold]
    fn grow(&mut self) {
        let larger = (self.slots.len() * 2).max(SMALLEST);
        self.shift = u64::BITS - larger.trailing_zeros();
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); larger]);
        for (address, number) in old {
            if address != 0 {
                let at = self.find(address);
                self.slots[at] = (address, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_again_and_others_are_not() {
        let mut places = Places::default();
        assert_eq!(places.get(16), None);
        assert_eq!(places.get(0), None);
        for number in 0..10_000_u32 {
            places.insert(0x5000_0000_0000 + number as usize * 48, number);
        }
        assert_eq!((places.len(), places.get(0)), (10_000, None));
        for number in 0..10_000_u32 {
            let address = 0x5000_0000_0000 + number as usize * 48;
            assert_eq!(places.get(address), Some(number));
            assert_eq!(places.get(address + 16), None);
        }
        places.insert(0x5000_0000_0000, 7);
        assert_eq!(
            (places.get(0x5000_0000_0000), places.len()),
            (Some(7), 10_000)
        );
    }

    #[test]
    fn what_has_no_identity_is_not_found_where_its_search_begins_at_another() {
        let mut places = Places::default();
        places.insert(16, 1);
        let begins_there = |address: &usize| places.start(*address) == places.start(0);
        let other = (2..).map(|number| number * 16).find(begins_there);
        places.insert(other.unwrap(), 7);
        assert_eq!((places.get(0), places.get(other.unwrap())), (None, Some(7)));
    }
}
