//! Values within a Rust type, and the objects they share.

use std::collections::HashMap;

use super::repeated::{Repeated, SMALL};
use crate::growth::ByAddress;
use crate::{Result, Value};

/// The values that were written to one pickle as parts of a Rust type.
///
/// A separate writer writes each, and knows only what is shared within it. What two of them share is
/// written twice, and charged here.
///
/// Most pickles are too short for that to matter, so values are only searched after they have taken half
/// of what may be repeated.
#[derive(Default)]
pub(super) struct Embedded {
    /// Kept alive, as their objects are identified by address.
    values: Vec<Value>,
    /// The last one. It is often the only one, and then needs no vector.
    last: Option<Value>,
    /// Number of bytes they took.
    bytes: u64,
    /// Number of values searched.
    measured: usize,
    /// Whether each is searched before it is written.
    measures: bool,
    /// For each shared object, the number of the value that held it last.
    met: HashMap<usize, usize, ByAddress>,
}

impl Embedded {
    /// Charges what the next value shares with those before it.
    ///
    /// # Errors
    /// Fails if that is more than what is left.
    #[inline]
    pub(super) fn begin(&mut self, value: &Value, repeated: &mut Repeated) -> Result<()> {
        self.values.extend(self.last.take());
        // Those before repeated no more than `bytes`, and neither does this one.
        if self.bytes <= repeated.left() / 2 {
            return Ok(());
        }
        self.measure_all(value, repeated)
    }

    /// Takes the value, which took that many bytes.
    #[inline]
    pub(super) fn end(&mut self, value: Value, bytes: usize) {
        if bytes > SMALL || self.measures {
            self.bytes = self.bytes.saturating_add(bytes as u64);
            self.measured += usize::from(self.measures);
            self.last = Some(value);
        }
    }

    #[cold]
    fn measure_all(&mut self, next: &Value, repeated: &mut Repeated) -> Result<()> {
        self.measures = true;
        let mut measuring = Measuring {
            number: self.measured,
            met: &mut self.met,
            repeated,
        };
        for value in &self.values[self.measured..] {
            measuring.number += 1;
            measuring.value(value)?;
        }
        self.measured = self.values.len();
        // It counts once it is written and kept.
        measuring.number += 1;
        measuring.value(next)
    }
}

/// Searches one value.
struct Measuring<'a> {
    number: usize,
    met: &'a mut HashMap<usize, usize, ByAddress>,
    repeated: &'a mut Repeated,
}

impl Measuring<'_> {
    fn value(&mut self, value: &Value) -> Result<()> {
        // Remaining containers, and whether each is in one of an earlier value.
        let mut stack = Vec::new();
        self.meet(value, false, &mut stack)?;
        while let Some((container, again)) = stack.pop() {
            let mut met = Ok(());
            container.for_each_child(|child| {
                if met.is_ok() {
                    met = self.meet(child, again, &mut stack);
                }
            });
            met?;
        }
        Ok(())
    }

    fn meet<'v>(
        &mut self,
        value: &'v Value,
        inside_again: bool,
        stack: &mut Vec<(&'v Value, bool)>,
    ) -> Result<()> {
        let before = match shared(value) {
            Some(address) => self.met.insert(address, self.number),
            None => None,
        };
        if before == Some(self.number) {
            // The pickle refers to it instead.
            return Ok(());
        }
        let again = inside_again || before.is_some();
        if again {
            self.repeated.charge(size(value))?;
        }
        if value.handle().is_some() {
            stack.push((value, again));
        }
        Ok(())
    }
}

/// Types of objects that may share their bytes, added to an address to distinguish them.
const BYTE_ARRAY: usize = 1;
const BUFFER: usize = 2;

/// Returns the identity of an object that may be shared and is larger than a reference.
fn shared(value: &Value) -> Option<usize> {
    let (unique, address) = match value {
        Value::Str(it) if it.len() > SMALL => (it.is_unique(), it.address()),
        Value::SurrogateStr(it) if it.as_bytes().len() > SMALL => (it.is_unique(), it.address()),
        Value::Bytes(it) if it.len() > SMALL => (it.is_unique(), it.address()),
        Value::ByteArray(it) if it.len() > SMALL => (it.is_unique(), it.address() + BYTE_ARRAY),
        Value::Buffer(it) if it.len() > SMALL => {
            let bytes = it.bytes();
            (bytes.is_unique(), bytes.address() + BUFFER)
        }
        Value::BigInt(it) if it.length() > SMALL => (it.is_unique(), it.address()),
        other => {
            let handle = other.handle()?;
            (handle.unique, handle.address)
        }
    };
    (!unique).then_some(address)
}

/// Returns the estimated size in a pickle, without what is inside.
fn size(value: &Value) -> usize {
    const HEADER: usize = 3;
    match value {
        Value::None | Value::Bool(_) => 1,
        Value::Int(number) => match *number {
            0..=0xff => 2,
            0x100..=0xffff => 3,
            _ => 5,
        },
        Value::Float(_) => 9,
        Value::Complex(..) => 2 * 9 + HEADER,
        Value::Str(it) => it.len() + HEADER,
        Value::SurrogateStr(it) => it.as_bytes().len() + HEADER,
        Value::Bytes(it) => it.len() + HEADER,
        Value::ByteArray(it) => it.len() + HEADER,
        Value::Buffer(it) => it.len() + HEADER,
        Value::BigInt(it) => it.length() + HEADER,
        _ => HEADER,
    }
}
