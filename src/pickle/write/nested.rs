//! Lists, dicts and tuples: what most values are made of, and so what has to be fast.
//!
//! Each loop writes items up to one with others inside, leaves what remains on the stack, and
//! begins that one.

use std::slice::Iter;

use super::batch::Batch;
use super::value::{Frame, Writer};
use crate::pickle::opcode as op;
use crate::pickle::value::Handle;
use crate::pickle::{Dict, List, Result, Tuple, Value};

impl<'v> Writer<'v, '_> {
    /// Begins what is no leaf: what is to be done for it goes onto the stack.
    ///
    /// All of it is in one place: what goes through memory in parts and comes back as a whole has
    /// to be waited for.
    #[inline(always)]
    pub(super) fn enter(&mut self, value: &'v Value) -> Result<()> {
        macro_rules! enter {
            ($container:ident, $open:ident) => {{
                let handle = $container.handle();
                match self.memo.written(handle) {
                    Some(number) => self.encoder.again(number),
                    None => self.$open(value, $container, handle),
                }
            }};
        }
        match value {
            Value::List(items) => enter!(items, open_list),
            Value::Dict(dict) => enter!(dict, open_dict),
            Value::Tuple(items) => enter!(items, open_tuple),
            _ => return self.enter_other(value),
        }
        Ok(())
    }

    #[inline]
    pub(super) fn open_list(&mut self, value: &'v Value, items: &'v List, handle: Handle<'v>) {
        let batch = Batch::list(items.len());
        self.opened(value, handle, op::EMPTY_LIST, batch);
        self.stack.push(Frame::Items(items.iter(), batch));
    }

    #[inline]
    pub(super) fn open_dict(&mut self, value: &'v Value, dict: &'v Dict, handle: Handle<'v>) {
        let batch = Batch::dict(dict.len());
        self.opened(value, handle, op::EMPTY_DICT, batch);
        self.stack.push(Frame::Pairs(dict.pairs().iter(), batch));
    }

    #[inline]
    pub(super) fn open_tuple(&mut self, value: &'v Value, items: &'v Tuple, handle: Handle<'v>) {
        self.memo.begun(value, handle);
        self.encoder.begin_tuple(items.len());
        self.stack.push(Frame::Tuple(value, items.iter()));
    }

    /// A container that is empty first.
    #[inline(always)]
    pub(super) fn opened(&mut self, value: &'v Value, handle: Handle<'v>, code: u8, batch: Batch) {
        let number = self.encoder.empty(code, batch.begins_with_mark());
        self.memo.opened(value, handle, number);
    }

    #[inline]
    pub(super) fn items(&mut self, mut rest: Iter<'v, Value>, mut batch: Batch) -> Result<()> {
        loop {
            let Some(item) = rest.next() else {
                batch.end(&mut self.encoder);
                // Lists in lists go on at once.
                let Some(Frame::Items(outer, of_outer)) = self.stack.last() else {
                    return Ok(());
                };
                (rest, batch) = (outer.clone(), *of_outer);
                self.stack.pop();
                continue;
            };
            batch.item(&mut self.encoder);
            if self.leaf_inline(item)? {
                continue;
            }
            self.stack.push(Frame::Items(rest, batch));
            let Value::List(items) = item else {
                return self.enter(item);
            };
            let handle = items.handle();
            if let Some(number) = self.memo.written(handle) {
                self.encoder.again(number);
                return Ok(());
            }
            (rest, batch) = (items.iter(), Batch::list(items.len()));
            self.opened(item, handle, op::EMPTY_LIST, batch);
        }
    }

    #[inline]
    pub(super) fn pairs(
        &mut self,
        mut rest: Iter<'v, (Value, Value)>,
        mut batch: Batch,
    ) -> Result<()> {
        while let Some((key, value)) = rest.next() {
            batch.item(&mut self.encoder);
            if let Value::Str(text) = key {
                self.text(text)?;
            } else if !self.leaf(key)? {
                self.stack.push(Frame::Pairs(rest, batch));
                self.stack.push(Frame::Value(value));
                return self.enter(key);
            }
            if !self.leaf_inline(value)? {
                self.stack.push(Frame::Pairs(rest, batch));
                return self.enter(value);
            }
        }
        batch.end(&mut self.encoder);
        Ok(())
    }

    #[inline]
    pub(super) fn tuple(&mut self, value: &'v Value, mut rest: Iter<'v, Value>) -> Result<()> {
        while let Some(item) = rest.next() {
            if !self.leaf_inline(item)? {
                self.stack.push(Frame::Tuple(value, rest));
                return self.enter(item);
            }
        }
        if let Value::Tuple(items) = value {
            self.close_tuple(items.handle(), items.len());
        }
        Ok(())
    }

    #[inline]
    fn close_tuple(&mut self, handle: Handle<'v>, length: usize) {
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
    }
}
