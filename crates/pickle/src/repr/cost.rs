//! Limits the work of `repr` on the parts of instances before anything is printed.
//!
//! The `repr` of a well-known type reads its arguments and state, sorts them and formats them. If
//! these are shared, the work is repeated for each instance without showing in the length of the
//! output.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::limited_output::LimitedOutput;
use crate::growth::{ByAddress, SMALL, shared_leaf};
use crate::{Instance, Value};

/// Levels that the `repr` of a well-known type reads at most: a `Token` in the arguments of a
/// proxy, with the items of its state.
const LEVELS: u8 = 4;

/// Cost of a value without its text or bytes: the length of a printed `int`.
const NODE: usize = 24;

/// Length of the escape sequence of a byte.
const ESCAPED: usize = 4;

/// Repeated reading up to this cost is free: the time zone of many dates.
const LIGHT: usize = 384;

#[derive(Default)]
pub(super) struct Costs {
    /// Costs by address and number of levels read.
    known: HashMap<(usize, u8), usize, ByAddress>,
    leaves: HashSet<usize, ByAddress>,
    /// Cost of parts met before, in the current instance.
    again: usize,
}

impl Costs {
    /// Returns whether `repr` may read the parts of the instance. The first reading is free,
    /// repeated ones are charged, and the cost must not exceed the space left for output.
    pub(super) fn admit<W: Write + ?Sized>(
        &mut self,
        instance: &Instance,
        out: &mut LimitedOutput<'_, W>,
    ) -> bool {
        self.again = 0;
        let cost = match self.known.get(&(instance.address(), LEVELS)) {
            Some(cost) => {
                self.again = *cost;
                *cost
            }
            None => {
                let room = out.room().saturating_mul(ESCAPED);
                let cost = self.of_children(instance, LEVELS, room);
                self.known.insert((instance.address(), LEVELS), cost);
                cost
            }
        };
        cost <= out.room().saturating_mul(ESCAPED)
            && (self.again <= LIGHT || out.growth.charge(self.again))
    }

    fn of_children(&mut self, instance: &Instance, levels: u8, room: usize) -> usize {
        let mut cost = 0_usize;
        instance.parts().for_each_child(|child| {
            if cost <= room {
                cost = cost.saturating_add(self.of(child, levels, room));
            }
        });
        cost
    }

    fn of(&mut self, value: &Value, levels: u8, room: usize) -> usize {
        let Some(handle) = value.handle() else {
            return self.of_leaf(value);
        };
        let place = (handle.address, levels);
        if levels == 0 {
            return NODE;
        }
        if !handle.unique
            && let Some(cost) = self.known.get(&place)
        {
            self.again = self.again.saturating_add(*cost);
            return *cost;
        }
        let mut cost = NODE;
        match value {
            Value::Instance(instance) => {
                cost = cost.saturating_add(self.of_children(instance, levels - 1, room));
            }
            _ => value.for_each_child(|child| {
                if cost <= room {
                    cost = cost.saturating_add(self.of(child, levels - 1, room));
                }
            }),
        }
        if !handle.unique {
            self.known.insert(place, cost);
        }
        cost
    }

    fn of_leaf(&mut self, value: &Value) -> usize {
        let bytes = match value {
            Value::Str(text) => text.len(),
            Value::SurrogateStr(text) => text.as_bytes().len(),
            Value::Bytes(_) | Value::ByteArray(_) | Value::Buffer(_) => {
                value.as_bytes().map_or(0, <[u8]>::len)
            }
            Value::BigInt(number) => usize::try_from(number.inner().bits() / 8).unwrap_or(0),
            Value::Class(class) => class.module().len() + class.qualname().len(),
            // A float has about three times the digits of an int.
            Value::Float(_) => 2 * NODE,
            Value::Complex(..) => SMALL,
            _ => 0,
        };
        let cost = match bytes {
            ..=SMALL => bytes,
            _ => bytes.saturating_mul(ESCAPED),
        };
        let cost = NODE.saturating_add(cost);
        if let Some(address) = shared_leaf(value)
            && !self.leaves.insert(address)
        {
            self.again = self.again.saturating_add(cost);
        }
        cost
    }
}
