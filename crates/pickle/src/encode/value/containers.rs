//! Lists, dicts and tuples: what most values are made of, and so what has to be fast.
//!
//! Each loop writes items up to one with others inside, and enters that one. If that one is written
//! whole then, the loop goes on by itself; else it ends, and what remains is continued from the
//! stack.

use std::slice::Iter;

use super::batch::Batch;
use super::writer::{Frame, Writer};
use crate::opcode as op;
use crate::value::Handle;
use crate::{Dict, List, Result, Tuple, Value};

/// So many containers, one in another, are written by recursion; from there on the stack is used.
/// What most values are made of is no deeper, and then nothing is put aside only to be fetched
/// back.
pub(super) const LEVELS: usize = 4;

/// So many items are looked through for numbers first.
const MANY: usize = 8;

impl<'v> Writer<'v, '_> {
    /// Writes what is no leaf. What remains of it is on the stack then.
    ///
    /// Most are those of which nothing is to be remembered.
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

    /// All of it is in one place: what goes through memory in parts and comes back as a whole has
    /// to be waited for.
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

    /// A container that is empty first.
    #[inline(always)]
    pub(super) fn opened(&mut self, value: &'v Value, handle: Handle<'v>, code: u8, batch: Batch) {
        let number = self.encoder.empty(code, batch.begins_with_mark());
        self.memo.opened(value, handle, number);
    }

    /// Enters what is inside, and tells whether it is written whole then. If not, what remains of
    /// that around it goes below what remains of it.
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
