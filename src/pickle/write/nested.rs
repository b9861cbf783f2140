//! Lists, dicts and tuples: what most values are made of, and so what has to be fast.
//!
//! These loops call one another as far as [`LEVELS`] deep, which takes the stack of a few calls.
//! What is deeper, or of another kind, waits: each loop on the way out leaves what remains of it
//! on the writer's own stack, the innermost first, and [`Writer::write`] turns that around.

use std::slice::Iter;

use super::batch::Batch;
use super::value::{Frame, Writer, handle};
use crate::pickle::opcode as op;
use crate::pickle::value::Handle;
use crate::pickle::{Result, Value};

/// How deep the loops call one another.
pub(super) const LEVELS: usize = 16;

/// Whether it is written. If not, what remains is on the stack, the innermost first.
type Written = Result<bool>;

impl<'v> Writer<'v, '_> {
    #[inline(always)]
    fn value(&mut self, value: &'v Value, levels: usize) -> Written {
        Ok(self.leaf_inline(value)? || self.nested(value, levels)?)
    }

    /// Writes what is no leaf.
    pub(super) fn nested(&mut self, value: &'v Value, levels: usize) -> Written {
        if levels == 0 || !matches!(value, Value::List(_) | Value::Dict(_) | Value::Tuple(_)) {
            self.stack.push(Frame::Value(value));
            return Ok(false);
        }
        let handle = handle(value);
        if let Some(number) = self.memo.written(handle) {
            self.encoder.again(number);
            return Ok(true);
        }
        match value {
            Value::List(items) => {
                self.opened(value, handle, op::EMPTY_LIST);
                let batch = Batch::list(Some(items.len()));
                self.items(items.iter(), batch, levels - 1)
            }
            Value::Dict(dict) => {
                self.opened(value, handle, op::EMPTY_DICT);
                let batch = Batch::dict(Some(dict.len()));
                self.pairs(dict.pairs().iter(), batch, levels - 1)
            }
            _ => {
                let items = value.items().unwrap_or_default();
                self.memo.begun(value, handle);
                self.encoder.begin_tuple(items.len());
                self.tuple(value, items.iter(), levels - 1)
            }
        }
    }

    /// A container that is empty first.
    #[inline]
    pub(super) fn opened(&mut self, value: &'v Value, handle: Handle<'v>, code: u8) {
        let number = self.encoder.empty(code);
        self.memo.opened(value, handle, number);
    }

    pub(super) fn items(
        &mut self,
        mut rest: Iter<'v, Value>,
        mut batch: Batch,
        levels: usize,
    ) -> Written {
        while let Some(item) = rest.next() {
            batch.item(&mut self.encoder);
            if !self.value(item, levels)? {
                self.stack.push(Frame::Items(rest, batch));
                return Ok(false);
            }
        }
        batch.end(&mut self.encoder);
        Ok(true)
    }

    pub(super) fn pairs(
        &mut self,
        mut rest: Iter<'v, (Value, Value)>,
        mut batch: Batch,
        levels: usize,
    ) -> Written {
        while let Some((key, value)) = rest.next() {
            batch.item(&mut self.encoder);
            if let Value::Str(text) = key {
                self.text(text)?;
            } else if !self.value(key, levels)? {
                self.stack.push(Frame::Value(value));
                self.stack.push(Frame::Pairs(rest, batch));
                return Ok(false);
            }
            if !self.value(value, levels)? {
                self.stack.push(Frame::Pairs(rest, batch));
                return Ok(false);
            }
        }
        batch.end(&mut self.encoder);
        Ok(true)
    }

    pub(super) fn tuple(
        &mut self,
        value: &'v Value,
        mut rest: Iter<'v, Value>,
        levels: usize,
    ) -> Written {
        while let Some(item) = rest.next() {
            if !self.value(item, levels)? {
                self.stack.push(Frame::Tuple(value, rest));
                return Ok(false);
            }
        }
        let length = value.items().map_or(0, <[Value]>::len);
        let handle = handle(value);
        if let Some(number) = self.memo.ended(handle) {
            // It was written within itself: what lies here is not needed.
            match length {
                1..=3 => (0..length).for_each(|_| self.encoder.op(op::POP)),
                _ => self.encoder.op(op::POP_MARK),
            }
            self.encoder.get(number);
        } else {
            self.encoder.end_tuple(length);
            self.complete(handle);
        }
        Ok(true)
    }
}
