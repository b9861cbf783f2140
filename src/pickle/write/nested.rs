//! Lists, dicts and tuples: what most values are made of, and so what has to be fast.
//!
//! Each loop writes items up to one with others inside, leaves what remains on the stack, and
//! enters that one. If that one is written whole then, the loop goes on by itself; else it ends,
//! and what remains is continued from the stack.

use std::slice::Iter;

use super::batch::Batch;
use super::value::{Frame, Writer};
use crate::pickle::opcode as op;
use crate::pickle::value::Handle;
use crate::pickle::{Dict, List, Result, Tuple, Value};

/// So many containers, one in another, are written by recursion; from there on the stack is used.
/// What most values are made of is no deeper, and then nothing is put aside only to be fetched
/// back.
pub(super) const LEVELS: usize = 4;

/// So many items are looked through for numbers first.
const MANY: usize = 8;

impl<'v> Writer<'v, '_> {
    /// Writes what is no leaf. What remains of it is on the stack then.
    ///
    /// All of it is in one place: what goes through memory in parts and comes back as a whole has
    /// to be waited for.
    pub(super) fn enter(&mut self, value: &'v Value, levels: usize) -> Result<()> {
        macro_rules! enter {
            ($container:ident, $write:ident) => {{
                let handle = $container.handle();
                match self.memo.written(handle) {
                    Some(number) => self.encoder.again(number),
                    None => return self.$write(value, $container, handle, levels),
                }
            }};
        }
        match value {
            Value::List(items) => enter!(items, list),
            Value::Dict(dict) => enter!(dict, dict),
            Value::Tuple(items) => enter!(items, whole_tuple),
            _ => return self.enter_other(value),
        }
        Ok(())
    }

    #[inline(always)]
    fn list(
        &mut self,
        value: &'v Value,
        items: &'v List,
        handle: Handle<'v>,
        levels: usize,
    ) -> Result<()> {
        let Some(levels) = levels.checked_sub(1) else {
            self.open_list(value, items, handle);
            return Ok(());
        };
        let batch = Batch::list(items.len());
        self.opened(value, handle, op::EMPTY_LIST, batch);
        self.items(items.iter(), batch, levels, self.stack.len())
    }

    #[inline(always)]
    fn dict(
        &mut self,
        value: &'v Value,
        dict: &'v Dict,
        handle: Handle<'v>,
        levels: usize,
    ) -> Result<()> {
        let Some(levels) = levels.checked_sub(1) else {
            self.open_dict(value, dict, handle);
            return Ok(());
        };
        let batch = Batch::dict(dict.len());
        self.opened(value, handle, op::EMPTY_DICT, batch);
        self.pairs(dict.pairs().iter(), batch, levels)
    }

    #[inline(always)]
    fn whole_tuple(
        &mut self,
        value: &'v Value,
        items: &'v Tuple,
        handle: Handle<'v>,
        levels: usize,
    ) -> Result<()> {
        let Some(levels) = levels.checked_sub(1) else {
            self.open_tuple(value, items, handle);
            return Ok(());
        };
        self.memo.begun(value, handle);
        self.encoder.begin_tuple(items.len());
        self.tuple(value, items.iter(), levels)
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

    /// Puts aside what remains while something inside is entered. Gives how many frames there are
    /// now: if there are as many afterwards, nothing of it remains.
    #[inline(always)]
    fn paused(&mut self, frame: Frame<'v>) -> usize {
        self.stack.push(frame);
        self.stack.len()
    }

    /// The items from here on, and those of the lists around that lie above `base` on the stack.
    pub(super) fn items(
        &mut self,
        mut rest: Iter<'v, Value>,
        mut batch: Batch,
        levels: usize,
        base: usize,
    ) -> Result<()> {
        self.numbers(&mut rest, &mut batch);
        loop {
            let Some(item) = rest.next() else {
                batch.end(&mut self.encoder);
                if self.stack.len() <= base {
                    return Ok(());
                }
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
            let frames = self.paused(Frame::Items(rest.clone(), batch));
            if let Value::List(items) = item
                && let handle = items.handle()
                && self.memo.written(handle).is_none()
            {
                (rest, batch) = (items.iter(), Batch::list(items.len()));
                self.opened(item, handle, op::EMPTY_LIST, batch);
                continue;
            }
            self.enter(item, levels)?;
            if self.stack.len() != frames {
                return Ok(());
            }
            self.stack.pop();
        }
    }

    /// The numbers that a list begins with: where they are many, they are often all of it, and
    /// then to look for one kind only is faster.
    #[inline(always)]
    fn numbers(&mut self, rest: &mut Iter<'v, Value>, batch: &mut Batch) {
        if rest.len() < MANY {
            return;
        }
        while let Some(Value::Int(value)) = rest.as_slice().first() {
            batch.item(&mut self.encoder);
            self.encoder.int(*value);
            rest.next();
        }
        while let Some(Value::Float(value)) = rest.as_slice().first() {
            batch.item(&mut self.encoder);
            self.encoder.float(*value);
            rest.next();
        }
    }

    pub(super) fn pairs(
        &mut self,
        mut rest: Iter<'v, (Value, Value)>,
        mut batch: Batch,
        levels: usize,
    ) -> Result<()> {
        while let Some((key, value)) = rest.next() {
            batch.item(&mut self.encoder);
            if let Value::Str(text) = key {
                self.text(text)?;
            } else if !self.leaf(key)? {
                self.stack.push(Frame::Pairs(rest.clone(), batch));
                let frames = self.paused(Frame::Value(value));
                self.enter(key, levels)?;
                if self.stack.len() != frames {
                    return Ok(());
                }
                self.stack.truncate(frames - 2);
            }
            if !self.leaf_inline(value)? {
                let frames = self.paused(Frame::Pairs(rest.clone(), batch));
                self.enter(value, levels)?;
                if self.stack.len() != frames {
                    return Ok(());
                }
                self.stack.pop();
            }
        }
        batch.end(&mut self.encoder);
        Ok(())
    }

    pub(super) fn tuple(
        &mut self,
        value: &'v Value,
        mut rest: Iter<'v, Value>,
        levels: usize,
    ) -> Result<()> {
        while let Some(item) = rest.next() {
            if !self.leaf_inline(item)? {
                let frames = self.paused(Frame::Tuple(value, rest.clone()));
                self.enter(item, levels)?;
                if self.stack.len() != frames {
                    return Ok(());
                }
                self.stack.pop();
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
