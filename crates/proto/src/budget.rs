//! A budget that several connections share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many bytes of messages, and how many values made of them, several connections may hold at
/// once while they receive: those of a listener, for example. Clones share it.
///
/// A limit for each message bounds what one peer can make a process hold. This bounds what all of
/// them can together. It is charged before memory is asked for, and given back when the message
/// is handed out, or when what was made of it is. What the program keeps then is its own affair.
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
pub struct Budget(Arc<Pots>);

#[derive(Debug)]
struct Pots {
    bytes: Pot,
    values: Pot,
}

/// The amount of one resource, and how much of it is held.
#[derive(Debug)]
struct Pot {
    most: u64,
    held: AtomicU64,
}

impl Pot {
    fn new(most: u64) -> Self {
        Pot {
            most,
            held: AtomicU64::new(0),
        }
    }

    /// Takes that much, all or nothing. The count orders no other memory.
    fn take(&self, more: u64) -> bool {
        let fits = |held: u64| held.checked_add(more).filter(|sum| *sum <= self.most);
        self.held.fetch_update(Relaxed, Relaxed, fits).is_ok()
    }

    fn give_back(&self, less: u64) {
        self.held.fetch_sub(less, Relaxed);
    }
}

impl Budget {
    /// Makes a budget of that many bytes of messages and that many values.
    pub fn new(bytes: u64, values: u64) -> Self {
        Budget(Arc::new(Pots {
            bytes: Pot::new(bytes),
            values: Pot::new(values),
        }))
    }

    /// Returns how many bytes are held at present.
    pub fn bytes_held(&self) -> u64 {
        self.0.bytes.held.load(Relaxed)
    }

    /// Returns how many values are held at present.
    pub fn values_held(&self) -> u64 {
        self.0.values.held.load(Relaxed)
    }

    /// Returns how many bytes may be held at once.
    pub fn most_bytes(&self) -> u64 {
        self.0.bytes.most
    }

    /// Returns how many values may be held at once.
    pub fn most_values(&self) -> u64 {
        self.0.values.most
    }

    /// Returns a share of it that holds nothing yet.
    pub fn charge(&self) -> Charge {
        Charge {
            budget: self.clone(),
            bytes: 0,
            values: 0,
        }
    }
}

/// The share of a [`Budget`] that one connection, or one message, holds. It is given back on drop.
#[derive(Debug)]
pub struct Charge {
    budget: Budget,
    bytes: u64,
    values: u64,
}

impl Charge {
    /// Takes that many bytes more; false, and nothing taken, where the budget has not as many.
    #[must_use]
    pub fn add_bytes(&mut self, more: u64) -> bool {
        let taken = self.budget.0.bytes.take(more);
        self.bytes += if taken { more } else { 0 };
        taken
    }

    /// Takes that many values more; false, and nothing taken, where the budget has not as many.
    #[must_use]
    pub fn add_values(&mut self, more: u64) -> bool {
        let taken = self.budget.0.values.take(more);
        self.values += if taken { more } else { 0 };
        taken
    }

    /// Returns the budget that it is of.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Gives all of it back.
    pub fn clear(&mut self) {
        self.budget.0.bytes.give_back(self.bytes);
        self.budget.0.values.give_back(self.values);
        (self.bytes, self.values) = (0, 0);
    }

    /// Moves what it holds to another, and leaves it with nothing.
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
    fn it_is_whole_again_whoever_held_it_in_whatever_order() {
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
    fn threads_never_hold_more_than_there_is() {
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
