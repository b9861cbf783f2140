//! Writes a [`Value`] with an explicit stack in place of recursion.

use std::slice::Iter;

use super::batch::Batch;
use super::containers::LEVELS;
use super::memo::Found;
use super::writer::{Frame, Next, Writer};
use crate::opcode as op;
use crate::value::Handle;
use crate::{Bytes, PersistentId, PickleError, Protocol, Result, Value};

impl<'v> Writer<'v, '_> {
    /// Writes a whole pickle, and returns the buffers.
    pub(super) fn write(&mut self, value: &'v Value) -> Result<Option<Vec<Bytes>>> {
        self.encoder.start();
        self.run(value)?;
        self.encoder.finish()?;
        Ok(self.buffers.take())
    }

    /// Writes a value as part of a pickle.
    pub(super) fn run(&mut self, value: &'v Value) -> Result<()> {
        self.stack.push(Frame::Value(value));
        while let Some(frame) = self.stack.last() {
            // Read in the parts in which it was written, which is faster than as a whole.
            match frame {
                Frame::Value(value) => {
                    let value = *value;
                    self.stack.pop();
                    self.value(value)?;
                }
                Frame::Items(rest, batch) => {
                    let (rest, batch) = (rest.clone(), *batch);
                    self.stack.pop();
                    self.items(rest, batch, LEVELS, 0)?;
                }
                Frame::Pairs(rest, batch) => {
                    let (rest, batch) = (rest.clone(), *batch);
                    self.stack.pop();
                    self.pairs(rest, batch, LEVELS)?;
                }
                Frame::Tuple(value, rest) => {
                    let (value, rest) = (*value, rest.clone());
                    self.stack.pop();
                    self.tuple(value, rest, LEVELS)?;
                }
                _ => self.step()?,
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &'v Value) -> Result<()> {
        if !self.leaf(value)? {
            self.enter(value, LEVELS)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn step(&mut self) -> Result<()> {
        self.encoder.going()?;
        if let Some(frame) = self.stack.pop() {
            let next = self.next(frame)?;
            self.stack.extend(next);
        }
        Ok(())
    }

    fn next(&mut self, frame: Frame<'v>) -> Next<'v> {
        match frame {
            Frame::Values(rest) => return self.values(rest),
            Frame::FrozenSet(value, rest) => return self.frozen_set(value, rest),
            Frame::SetOfList(value) => {
                self.encoder.op(op::TUPLE1);
                self.encoder.memoize();
                self.reduced(handle(value), op::REDUCE);
            }
            Frame::Persistent(value, id) => self.persistent(value, id),
            Frame::Make(value, instance, code) => return Ok(self.make(value, instance, code)),
            Frame::PartialArgs(length) => {
                self.encoder.end_tuple(length);
                self.encoder.memoize();
            }
            Frame::PartialMake(value, instance) => return self.partial_make(value, instance),
            Frame::Changes(instance, at) => return self.changes(instance, at),
            Frame::Changed(rest) => return self.changed(rest),
            Frame::Op(code) => self.encoder.op(code),
            // The others were handled before.
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    fn values(&mut self, mut rest: Iter<'v, Value>) -> Next<'v> {
        while let Some(item) = rest.next() {
            if !self.leaf(item)? {
                self.stack.push(Frame::Values(rest));
                return Ok(Some(Frame::Value(item)));
            }
        }
        Ok(None)
    }

    fn frozen_set(&mut self, value: &'v Value, mut rest: Iter<'v, Value>) -> Next<'v> {
        while let Some(item) = rest.next() {
            if !self.leaf(item)? {
                self.stack.push(Frame::FrozenSet(value, rest));
                return Ok(Some(Frame::Value(item)));
            }
        }
        let handle = handle(value);
        if let Some(number) = self.memo.ended(handle) {
            self.encoder.op(op::POP_MARK);
            self.encoder.get(number);
        } else {
            self.encoder.op(op::FROZENSET);
            self.complete(handle);
        }
        Ok(None)
    }

    /// Python memoizes no persistent ids, and writes them each time. One with several handles is memoized
    /// here, as it could grow without limit.
    fn persistent(&mut self, value: &'v Value, id: &'v PersistentId) {
        self.encoder.op(op::BINPERSID);
        let handle = handle(value);
        self.memo.ended(handle);
        if !id.is_unique() || self.memo.keeps_all() {
            self.complete(handle);
        }
    }

    /// Ends an object that a call makes. Returns whether it is new: it may have been written within its own
    /// arguments.
    pub(super) fn reduced(&mut self, handle: Handle<'v>, code: u8) -> bool {
        self.encoder.op(code);
        let written = self.memo.ended(handle);
        match written {
            Some(number) => {
                self.encoder.op(op::POP);
                self.encoder.get(number);
            }
            None => self.complete(handle),
        }
        written.is_none()
    }

    #[inline]
    pub(super) fn complete(&mut self, handle: Handle<'v>) {
        let number = self.encoder.memoize();
        self.memo.completed(handle, number);
    }

    /// Begins a value of a less common type.
    #[inline(never)]
    pub(super) fn enter_other(&mut self, value: &'v Value) -> Result<()> {
        if let Value::Recursive(anchor) = value {
            return match self.memo.recursive(anchor)? {
                Found::Written(number) => self.again(number),
                Found::Unfinished(container) => self.open(container, handle(container)),
            };
        }
        let handle = handle(value);
        match self.memo.written(handle) {
            Some(number) => self.again(number),
            None => self.open(value, handle),
        }
    }

    /// Writes a reference to a value that was written before.
    fn again(&mut self, number: u32) -> Result<()> {
        self.encoder.again(number);
        Ok(())
    }

    fn open(&mut self, value: &'v Value, handle: Handle<'v>) -> Result<()> {
        match value {
            Value::List(items) => self.open_list(value, items, handle),
            Value::Dict(dict) => self.open_dict(value, dict, handle),
            Value::Tuple(items) => self.open_tuple(value, items, handle),
            _ => return self.open_other(value, handle),
        }
        Ok(())
    }

    fn open_other(&mut self, value: &'v Value, handle: Handle<'v>) -> Result<()> {
        let frame = match value {
            Value::Set(items) if self.encoder.protocol() >= Protocol::V4 => {
                let batch = Batch::set(items.len());
                self.opened(value, handle, op::EMPTY_SET, batch);
                Frame::Items(items.iter(), batch)
            }
            Value::FrozenSet(items) if self.encoder.protocol() >= Protocol::V4 => {
                self.memo.begun(value, handle);
                self.encoder.begin();
                self.encoder.op(op::MARK);
                Frame::FrozenSet(value, items.iter())
            }
            Value::Set(items) => self.open_set_of_list("set", value, handle, items)?,
            Value::FrozenSet(items) => self.open_set_of_list("frozenset", value, handle, items)?,
            Value::Persistent(id) => {
                self.memo.begun(value, handle);
                self.stack.push(Frame::Persistent(value, id));
                Frame::Value(id.id())
            }
            Value::Instance(instance) => {
                self.memo.begun(value, handle);
                let next = self.instance(value, instance)?;
                self.stack.extend(next);
                return Ok(());
            }
            _ => return Err(PickleError::new("a value of a kind that no pickle holds")),
        };
        self.stack.push(frame);
        Ok(())
    }

    fn open_set_of_list(
        &mut self,
        class: &'static str,
        value: &'v Value,
        handle: Handle<'v>,
        items: &'v [Value],
    ) -> Result<Frame<'v>> {
        self.memo.begun(value, handle);
        self.named("builtins", class)?;
        let batch = Batch::list(items.len());
        self.encoder.empty(op::EMPTY_LIST, batch.begins_with_mark());
        self.stack.push(Frame::SetOfList(value));
        Ok(Frame::Items(items.iter(), batch))
    }
}

/// Returns the handle of a container; for anything else, one that nothing refers to.
#[inline]
pub(super) fn handle(value: &Value) -> Handle<'_> {
    value.handle().unwrap_or(Handle {
        address: 0,
        unique: true,
        anchor: None,
    })
}
