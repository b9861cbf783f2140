//! Values of cells that hold no other values.

use std::ops::Range;

use super::{Converter, Shared};
use crate::decode::graph::{Content, Object, ObjectChange, Slot};
use crate::decode::single_value;
use crate::{Bytes, Value};

impl<'g, 'a> Converter<'g, 'a> {
    pub(super) fn bytes(&self, bytes: &[u8]) -> Bytes {
        if bytes.len() >= single_value::STAYS
            && let Some(message) = self.message
            && let Some(range) = range_in(message, bytes)
        {
            return Bytes::part_of(message, range);
        }
        Bytes::from(bytes)
    }

    /// Returns all slots of a container; for an instance see [`parts`](Self::parts).
    #[inline]
    pub(super) fn row_of(&self, content: &Content<'a>) -> &'g [Slot<'a>] {
        match content {
            Content::Tuple(row)
            | Content::List(row)
            | Content::Set(row)
            | Content::FrozenSet(row)
            | Content::Persistent(row)
            | Content::Dict(row) => self.graph.row(*row),
            // Not reached: these have no rows.
            _ => &[],
        }
    }

    /// Returns all parts of an instance in a row.
    #[inline(never)]
    pub(super) fn parts(&self, number: u32) -> Vec<Slot<'a>> {
        let object: &Object<'a> = self.graph.object(number);
        let mut slots = Vec::with_capacity(3 + object.changes.len());
        slots.extend([object.callable, object.args]);
        slots.extend(object.kwargs);
        for change in object.changes.iter() {
            match *change {
                ObjectChange::SetItem(key, value) => slots.extend([key, value]),
                ObjectChange::State(slot)
                | ObjectChange::Append(slot)
                | ObjectChange::Add(slot)
                | ObjectChange::Call(slot) => slots.push(slot),
            }
        }
        slots
    }

    /// Returns the value of a cell that holds no other.
    pub(super) fn leaf(&mut self, content: &Content<'a>, shared: u32) -> Value {
        if shared != 0
            && let Shared::Done(value, _) = &self.shared[shared as usize - 1]
        {
            return value.clone();
        }
        let value = match content {
            Content::Class(class) => Value::Class(class.clone()),
            Content::BigInt(value) => Value::BigInt(value.clone()),
            Content::Complex(parts) => Value::Complex(parts.0, parts.1),
            Content::Str(text) => Value::Str(Clone::clone(text)),
            Content::SurrogateStr(text) => Value::SurrogateStr(Clone::clone(text)),
            Content::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Content::ByteArray(bytes) => Value::ByteArray(self.bytes(bytes).into()),
            Content::OwnByteArray(bytes) => Value::ByteArray(bytes.clone().into()),
            Content::Buffer(buffer) => Value::Buffer(Clone::clone(buffer)),
            // Not reached: these are containers.
            _ => Value::None,
        };
        if shared != 0 {
            self.shared[shared as usize - 1] = Shared::Done(value.clone(), 0);
        }
        value
    }
}

/// Returns the range of a slice in the message.
fn range_in(message: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(message.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= message.len()).then_some(start..end)
}
