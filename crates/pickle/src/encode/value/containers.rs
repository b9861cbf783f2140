//! Writes lists, dicts and tuples. Most values consist of them, so this has to be fast.
//!
//! Each loop writes items up to a container, and enters that one. If it is complete then, the loop goes
//! on; otherwise the loop ends, and the rest is continued from the stack.

use std::slice::Iter;

use super::batch::Batch;
use super::writer::{Frame, Writer};
use crate::opcode as op;
use crate::value::Handle;
use crate::{Dict, List, Result, Tuple, Value};

/// This many levels are written by recursion, deeper ones with the stack. Most values are no deeper,
/// and then never use the stack.
pub(super) const LEVELS: usize = 4;

/// Lists of at least this many items are checked for numbers first.
const MANY: usize = 8;

impl<'v> Writer<'v, '_> {
    /// Writes a value with others inside. The rest of it is on the stack then.
    ///
    /// Most need no memo entry.
    pub(super) fn enter(&mut self, value: &'v Value, levels: usize) -> Result<()> {
        match (value, levels.checked_sub(1)) {
            (Value::List(items), Some(inside)) if self.memo.forgets(items.handle()) => {
                let batch = Batch::list(items.len());
                self.encoder.empty(op::EMPTY_LIST, batch.begins_with_mark());
                self.items(items.iter(), batch, inside, self.stack.len())
            }
            (Value::Dict(dict), Some(inside)) if self.memo.forgets(dict.handle()) => {
                let batch = Batch::dict(dict.len());
                self.encoder.empty(op::EMPTY_DICT, batch.begins_with_mark());
                self.pairs(dict.pairs().iter(), batch, inside)
            }
            (Value::Tuple(items), Some(inside)) if self.memo.forgets(items.handle()) => {
                self.encoder.begin_tuple(items.len());
                self.tuple(value, items.iter(), inside)
            }
            _ => self.enter_any(value, levels),
        }
    }

    /// All in one place: reading as a whole what was written to memory in parts stalls the processor.
    #[inline(never)]
    fn enter_any(&mut self, value: &'v Value, levels: usize) -> Result<()> {
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

    /// Writes an empty container, to be filled.
    #[inline(always)]
    pub(super) fn opened(&mut self, value: &'v Value, handle: Handle<'v>, code: u8, batch: Batch) {
        let number = self.encoder.empty(code, batch.begins_with_mark());
        self.memo.opened(value, handle, number);
    }

    /// Enters a value, and returns whether it is complete then. If not, the rest of the container around it
    /// goes below its rest on the stack.
    #[inline(always)]
    fn entered(
        &mut self,
        value: &'v Value,
        levels: usize,
        rest: impl FnOnce() -> Frame<'v>,
    ) -> Result<bool> {
        let frames = self.stack.len();
        self.enter(value, levels)?;
        let whole = self.stack.len() == frames;
        if !whole {
            self.put_below(frames, rest());
        }
        Ok(whole)
    }

    #[cold]
    #[inline(never)]
    fn put_below(&mut self, at: usize, frame: Frame<'v>) {
        self.stack.insert(at, frame);
    }

    /// Writes the items from here on, and those of the lists around it above `base` on the stack.
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
                // Lists in lists are continued here.
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
            if let Value::List(items) = item
                && let handle = items.handle()
                && self.memo.written(handle).is_none()
            {
                self.stack.push(Frame::Items(rest, batch));
                (rest, batch) = (items.iter(), Batch::list(items.len()));
                self.opened(item, handle, op::EMPTY_LIST, batch);
                continue;
            }
            if !self.entered(item, levels, || Frame::Items(rest.clone(), batch))? {
                return Ok(());
            }
        }
    }

    /// Writes the numbers that a list begins with. In a long list they are often all of it, and a loop for
    /// one type is faster.
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
                let below = self.stack.len();
                if !self.entered(key, levels, || Frame::Value(value))? {
                    self.put_below(below, Frame::Pairs(rest, batch));
                    return Ok(());
                }
            }
            if !self.leaf_inline(value)?
                && !self.entered(value, levels, || Frame::Pairs(rest.clone(), batch))?
            {
                return Ok(());
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
            if !self.leaf_inline(item)?
                && !self.entered(item, levels, || Frame::Tuple(value, rest.clone()))?
            {
                return Ok(());
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
            // It was written within itself, so these items are not needed.
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
