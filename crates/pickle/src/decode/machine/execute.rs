//! Executes opcodes one after the other on a stack.

use std::collections::BTreeSet;

use super::errors::{never_stored, no_mark, too_many, underflow};
use super::memo::Memo;
use super::scratch::Scratch;
use super::text;
use crate::decode::graph::{Cell, Content, Graph, NO_TEXT, Slot};
use crate::decode::source::Source;
use crate::opcode::*;
use crate::{ReadOptions, Result};

pub(crate) struct Machine<'a, 'o> {
    pub(super) source: Source<'a>,
    pub(super) options: &'o ReadOptions,
    pub(super) graph: &'o mut Graph<'a>,
    pub(super) stack: Vec<Slot<'a>>,
    /// Height of the stack at each open MARK.
    pub(super) marks: Vec<usize>,
    /// Height at the innermost MARK. Nothing below may be popped.
    pub(super) fence: usize,
    pub(super) memo: Memo<'a>,
    /// Offset at which the number of values is checked next.
    pub(super) check_at: usize,
    /// Number of values that [`ReadOptions::charge`] has granted.
    pub(super) charged: usize,
    /// Offset after the last REDUCE.
    pub(super) reduced_at: usize,
    /// Number of out-of-band buffers taken.
    pub(super) buffers_taken: usize,
    /// Lists whose rows sets have taken over.
    pub(super) lent: BTreeSet<u32>,
    /// Bytes of copies made so far.
    pub(super) growth: u64,
    /// Number of bytes past the longest pickle that is allowed.
    pub(super) beyond: usize,
}

impl<'a, 'o> Machine<'a, 'o> {
    /// Returns a machine that fills an empty graph.
    pub(crate) fn new(graph: &'o mut Graph<'a>, options: &'o ReadOptions) -> Self {
        let message = graph.message;
        let limit = usize::try_from(options.limits.message).unwrap_or(usize::MAX);
        let length = message.len().min(limit);
        Machine {
            source: Source::new(&message[..length]),
            options,
            graph,
            stack: Vec::new(),
            marks: Vec::new(),
            fence: 0,
            memo: Memo::new(),
            check_at: match options.charge {
                Some(_) => 0,
                None => options.limits.values,
            },
            charged: 0,
            reduced_at: 0,
            buffers_taken: 0,
            lent: BTreeSet::new(),
            growth: 0,
            beyond: message.len() - length,
        }
    }

    /// Notes that this many values are charged already.
    pub(crate) fn charged(mut self, values: usize) -> Self {
        self.charged = values;
        self
    }

    /// Reads a whole pickle.
    pub(crate) fn run(mut self) -> Result<()> {
        self.take_scratch();
        loop {
            let offset = self.source.offset();
            if offset >= self.check_at {
                self.check_values(offset)?;
            }
            let Ok(code) = self.source.u8() else {
                return Err(self.no_end(offset));
            };
            if code == STOP {
                let root = self.below(1).map_err(|error| error.at(offset, "STOP"))?;
                self.graph.root = self.stack[root];
                self.graph.end = self.source.offset();
                self.keep_scratch();
                return Ok(());
            }
            if let Err(error) = self.step(code, offset) {
                return Err(self.in_place(error, offset, code));
            }
        }
    }

    /// Takes over the memory of an earlier machine.
    #[inline]
    fn take_scratch(&mut self) {
        let length = self.graph.message.len();
        let memo = self.memo.memory();
        Scratch::take_into(length, &mut self.stack, &mut self.marks, memo);
    }

    /// Leaves its memory to the next machine.
    #[inline]
    fn keep_scratch(&mut self) {
        let length = self.graph.message.len();
        let memo = self.memo.memory();
        Scratch::keep_of(length, &mut self.stack, &mut self.marks, memo);
    }

    #[inline(always)]
    fn step(&mut self, code: u8, offset: usize) -> Result<()> {
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        match code {
            BININT1 => {
                let value = self.source.u8()?.into();
                self.push_int(value, at);
            }
            BININT => {
                let value = self.source.i32()?.into();
                self.push_int(value, at);
            }
            BININT2 => {
                let value = self.source.u16()?.into();
                self.push_int(value, at);
            }
            BINFLOAT => {
                let value = self.source.f64()?;
                self.stack.push(Slot::Float { at, value });
            }
            NONE => self.stack.push(Slot::None { at }),
            NEWTRUE => self.stack.push(Slot::Bool { at, value: true }),
            NEWFALSE => self.stack.push(Slot::Bool { at, value: false }),
            SHORT_BINUNICODE => {
                let bytes = self.source.bytes_u8()?;
                return self.push_text(bytes, at);
            }
            BINUNICODE => {
                let bytes = self.source.bytes_u32()?;
                return self.push_text(bytes, at);
            }
            SHORT_BINBYTES => {
                let bytes = self.source.bytes_u8()?;
                self.push_bytes(bytes);
            }
            BINBYTES => {
                let bytes = self.source.bytes_u32()?;
                self.push_bytes(bytes);
            }
            LONG1 => {
                let bytes = self.source.bytes_u8()?;
                return self.push_long(bytes, at);
            }
            MEMOIZE => return self.put(None),
            BINPUT => {
                let index = self.source.u8()?.into();
                return self.put(Some(index));
            }
            LONG_BINPUT => {
                let index = self.source.u32()?.into();
                return self.put(Some(index));
            }
            BINGET => {
                let index = self.source.u8()?.into();
                return self.get(index);
            }
            LONG_BINGET => {
                let index = self.source.u32()?.into();
                return self.get(index);
            }
            MARK => {
                self.fence = self.stack.len();
                self.marks.push(self.fence);
            }
            EMPTY_DICT | EMPTY_LIST | EMPTY_TUPLE | EMPTY_SET => return self.push_empty(code, at),
            TUPLE1 => return self.push_tuple(1, at),
            TUPLE2 => return self.push_tuple(2, at),
            TUPLE3 => return self.push_tuple(3, at),
            TUPLE => {
                let mark = self.pop_mark()?;
                return self.push_tuple_from(mark, at);
            }
            SETITEMS => {
                let mark = self.pop_mark()?;
                return self.set_items(mark);
            }
            SETITEM => {
                let first = self.below(2)?;
                return self.set_items(first);
            }
            APPENDS => {
                let mark = self.pop_mark()?;
                return self.append(mark);
            }
            APPEND => {
                let first = self.below(1)?;
                return self.append(first);
            }
            ADDITEMS => {
                let mark = self.pop_mark()?;
                return self.add_items(mark);
            }
            NEWOBJ | NEWOBJ_EX | REDUCE | BUILD | INST | OBJ | GLOBAL | STACK_GLOBAL => {
                return self.object(code, at);
            }
            _ => return self.rare(code, at),
        }
        Ok(())
    }

    #[inline(never)]
    fn rare(&mut self, code: u8, at: u32) -> Result<()> {
        match code {
            PROTO => return self.check_protocol(),
            FRAME => return self.check_frame(),
            BINUNICODE8 => {
                let bytes = self.source.bytes_u64()?;
                return self.push_text(bytes, at);
            }
            BINBYTES8 => {
                let bytes = self.source.bytes_u64()?;
                self.push_bytes(bytes);
            }
            BYTEARRAY8 => {
                let bytes = self.source.bytes_u64()?;
                return self.push_cell_as(Content::ByteArray(Box::new(bytes)), at, true);
            }
            POP => return self.discard(),
            POP_MARK => {
                let mark = self.pop_mark()?;
                self.stack.truncate(mark);
            }
            DUP => {
                self.identify()?;
                let top = self.top()?;
                self.graph.share(&top);
                self.stack.push(top);
            }
            PUT => {
                let index = text::index(self.source.line()?)?;
                return self.put(Some(index));
            }
            GET => {
                let index = text::index(self.source.line()?)?;
                return self.get(index);
            }
            LIST | DICT | FROZENSET => {
                let mark = self.pop_mark()?;
                return self.push_marked(code, mark, at);
            }
            PERSID | BINPERSID => return self.push_persistent(code, at),
            EXT1 | EXT2 | EXT4 => return self.push_extension(code, at),
            NEXT_BUFFER => return self.push_buffer(at),
            READONLY_BUFFER => return self.make_readonly(at),
            _ => return self.push_rare(code, at),
        }
        Ok(())
    }

    /// Returns where to cut the stack to take that many values and keep one below them.
    #[inline]
    fn below(&self, count: usize) -> Result<usize> {
        match self.stack.len().checked_sub(count) {
            Some(first) if first >= self.fence => Ok(first),
            _ => Err(underflow()),
        }
    }

    #[inline]
    pub(super) fn top(&self) -> Result<Slot<'a>> {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.fence => Ok(*top),
            _ => Err(underflow()),
        }
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Result<Slot<'a>> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// Closes the innermost MARK, and returns where the values above it begin.
    #[inline]
    pub(super) fn pop_mark(&mut self) -> Result<usize> {
        match self.marks.pop() {
            Some(mark) => {
                self.fence = self.marks.last().copied().unwrap_or(0);
                Ok(mark)
            }
            None => Err(no_mark()),
        }
    }

    /// Adds an object.
    #[inline]
    pub(super) fn cell(&mut self, content: Content<'a>, at: u32) -> Result<Slot<'a>> {
        let Ok(id) = u32::try_from(self.graph.cells.len()) else {
            return Err(too_many());
        };
        self.graph.cells.push(Cell {
            content,
            shared: 0,
            unhashable: false,
        });
        Ok(Slot::Cell { at, id })
    }

    #[inline]
    pub(super) fn push_cell(&mut self, content: Content<'a>, at: u32) -> Result<()> {
        self.push_cell_as(content, at, false)
    }

    #[inline(never)]
    pub(super) fn push_cell_as(
        &mut self,
        content: Content<'a>,
        at: u32,
        unhashable: bool,
    ) -> Result<()> {
        let cell = Cell {
            content,
            shared: 0,
            unhashable,
        };
        self.push_constant(cell, at, |_| {})
    }

    /// Pushes a new object, and memoizes it if that is the next opcode. `change` writes what differs from
    /// a constant in place: a copy of an object that was just written in parts stalls the processor.
    #[inline(always)]
    pub(super) fn push_constant(
        &mut self,
        constant: Cell<'a>,
        at: u32,
        change: impl FnOnce(&mut Cell<'a>),
    ) -> Result<()> {
        let Ok(id) = u32::try_from(self.graph.cells.len()) else {
            return Err(too_many());
        };
        self.graph.cells.push(constant);
        if let Some(cell) = self.graph.cells.last_mut() {
            change(cell);
        }
        match self.stored_next() {
            Some(index) => self.push_and_put(|| Slot::Cell { at, id }, index),
            None => self.stack.push(Slot::Cell { at, id }),
        }
        Ok(())
    }

    /// Memoizes the top under a number, or the next one. Text gets an identity by that.
    #[inline]
    fn put(&mut self, index: Option<u64>) -> Result<()> {
        self.identify()?;
        let top = &self.stack[self.stack.len() - 1];
        let index = index.unwrap_or(self.memo.len() as u64);
        self.memo.put(index, || *top);
        match self.memo.len() <= self.options.limits.memo {
            true => Ok(()),
            false => Err(self.memo_too_large()),
        }
    }

    /// Gives the text on top of the stack an identity.
    #[inline]
    fn identify(&mut self) -> Result<()> {
        if self.stack.len() <= self.fence {
            return Err(underflow());
        }
        if let Some(Slot::Str { id, .. } | Slot::Bytes { id, .. }) = self.stack.last_mut()
            && *id == NO_TEXT
        {
            *id = self.graph.new_text()?;
        }
        Ok(())
    }

    /// Executes the next opcode, too, if it memoizes the top: that saves reading back what was just
    /// written.
    #[inline]
    pub(super) fn stored_next(&mut self) -> Option<u64> {
        if self.memo.len() >= self.options.limits.memo {
            return None;
        }
        match *self.source.rest() {
            [MEMOIZE, ..] => {
                self.source.skip(1);
                Some(self.memo.len() as u64)
            }
            [BINPUT, index, ..] => {
                self.source.skip(2);
                Some(index.into())
            }
            _ => None,
        }
    }

    #[inline(always)]
    pub(super) fn push_and_put(&mut self, slot: impl Fn() -> Slot<'a>, index: u64) {
        self.memo.put(index, &slot);
        self.stack.push(slot());
    }

    #[inline]
    fn get(&mut self, index: u64) -> Result<()> {
        let Some(found) = self.memo.get(index) else {
            return Err(never_stored(index));
        };
        self.graph.share(found);
        self.stack.push(*found);
        Ok(())
    }
}
