//! A memory budget that several connections share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A limit on the bytes of messages, and on the values decoded from them, that several connections
/// hold at once while they receive: all connections of a listener, for example. Clones share it.
///
/// A limit for each message bounds the memory that one peer can claim. A budget bounds what all peers
/// claim together. It is charged before memory is allocated, and released when the message, or
/// the value decoded from it, is handed to the program. What the program keeps is not counted.
///
/// # Examples
/// ```
/// use mpconn_proto::connection::Budget;
///
/// let budget = Budget::new(1000, 10);
/// let mut one = budget.charge();
/// let mut other = budget.charge();
/// assert!(one.add_bytes(900));
/// assert!(!other.add_bytes(101));
/// drop(one);
/// assert!(other.add_bytes(101));
/// assert_eq!(budget.bytes_held(), 101);
/// ```
#[derive(Debug, Clone)]
pub struct Budget(Arc<Quotas>);

#[derive(Debug)]
struct Quotas {
    bytes: Quota,
    values: Quota,
}

/// A maximum, and how much of it is held.
#[derive(Debug)]
struct Quota {
    max: u64,
    held: AtomicU64,
}

impl Quota {
    fn new(max: u64) -> Self {
        Quota {
            max,
            held: AtomicU64::new(0),
        }
    }

    /// Takes all of `more` or nothing. The count orders no other memory, so that `Relaxed` will do.
    fn take(&self, more: u64) -> bool {
        let fits = |held: u64| held.checked_add(more).filter(|sum| *sum <= self.max);
        self.held.fetch_update(Relaxed, Relaxed, fits).is_ok()
    }

    fn give_back(&self, less: u64) {
        self.held.fetch_sub(less, Relaxed);
    }
}

impl Budget {
    /// Makes a budget of that many bytes of messages and that many values.
    pub fn new(bytes: u64, values: u64) -> Self {
        Budget(Arc::new(Quotas {
            bytes: Quota::new(bytes),
            values: Quota::new(values),
        }))
    }

    /// Returns the number of bytes held at present.
    pub fn bytes_held(&self) -> u64 {
        self.0.bytes.held.load(Relaxed)
    }

    /// Returns the number of values held at present.
    pub fn values_held(&self) -> u64 {
        self.0.values.held.load(Relaxed)
    }

    /// Returns the number of bytes that may be held at once.
    pub fn most_bytes(&self) -> u64 {
        self.0.bytes.max
    }

    /// Returns the number of values that may be held at once.
    pub fn most_values(&self) -> u64 {
        self.0.values.max
    }

    /// Returns a share of the budget that holds nothing yet.
    pub fn charge(&self) -> Charge {
        Charge {
            budget: self.clone(),
            bytes: 0,
            values: 0,
        }
    }
}

/// The part of a [`Budget`] that one connection, or one message, holds. Dropping it releases all of it.
#[derive(Debug)]
pub struct Charge {
    budget: Budget,
    bytes: u64,
    values: u64,
}

impl Charge {
    /// Takes `more` bytes. Returns false and takes nothing if the budget has fewer left.
    #[must_use]
    pub fn add_bytes(&mut self, more: u64) -> bool {
        let taken = self.budget.0.bytes.take(more);
        self.bytes += if taken { more } else { 0 };
        taken
    }

    /// Takes `more` values. Returns false and takes nothing if the budget has fewer left.
    #[must_use]
    pub fn add_values(&mut self, more: u64) -> bool {
        let taken = self.budget.0.values.take(more);
        self.values += if taken { more } else { 0 };
        taken
    }

    /// Returns its budget.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Releases all that it holds.
    pub fn clear(&mut self) {
        self.budget.0.bytes.give_back(self.bytes);
        self.budget.0.values.give_back(self.values);
        (self.bytes, self.values) = (0, 0);
    }

    /// Moves all that it holds into a new charge.
    pub fn take(&mut self) -> Charge {
        let empty = self.budget.charge();
        std::mem::replace(self, empty)
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_released_in_whatever_order() {
        let budget = Budget::new(100, 10);
        let mut charges: Vec<_> = (0..4).map(|_| budget.charge()).collect();
        assert!(charges[0].add_bytes(60) && charges[0].add_values(10));
        assert!(charges[1].add_bytes(40));
        assert!(!charges[2].add_bytes(1) && !charges[2].add_values(1));
        let moved = charges[0].take();
        charges[0].clear();
        assert_eq!((budget.bytes_held(), budget.values_held()), (100, 10));
        drop(moved);
        assert_eq!((budget.bytes_held(), budget.values_held()), (40, 0));
        drop(charges);
        assert_eq!((budget.bytes_held(), budget.values_held()), (0, 0));
    }

    #[test]
    fn no_sum_overflows() {
        let budget = Budget::new(u64::MAX, 0);
        let mut charge = budget.charge();
        assert!(charge.add_bytes(u64::MAX));
        assert!(!charge.add_bytes(1) && !charge.add_bytes(u64::MAX));
        assert!(charge.add_values(0) && !charge.add_values(1));
    }

    #[test]
    fn threads_together_never_exceed_the_maximum() {
        let budget = Budget::new(50, 0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for step in 0..1000 {
                        let mut charge = budget.charge();
                        let _ = charge.add_bytes(step % 40);
                        assert!(budget.bytes_held() <= 50);
                    }
                });
            }
        });
        assert_eq!(budget.bytes_held(), 0);
    }
}
