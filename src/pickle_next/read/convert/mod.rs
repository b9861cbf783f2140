//! From the graph to values.

mod finish;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::plain;
use crate::pickle_next::graph::{Content, Graph, Object, ObjectChange, Slot};
use crate::pickle_next::{Anchor, Bytes, Error, Result, Str, Value};

/// Makes values of slots. What is shared is made once.
pub(crate) struct Converter<'g, 'a> {
    graph: &'g Graph<'a>,
    /// What large bytes stay in.
    message: Option<&'g Arc<Vec<u8>>>,
    /// By the number among the texts that were fetched again; `None` is none yet.
    texts: Vec<Value>,
    /// By the number among the cells that were fetched again.
    shared: Vec<Shared>,
}

/// How far a shared object is.
#[derive(Clone)]
enum Shared {
    New,
    /// Some of its items are still to come.
    Open,
    /// The same, and it stands inside of itself.
    Anchored(Anchor),
    /// With how many levels of containers.
    Done(Value, usize),
}

/// A container that is being filled.
struct Frame<'g, 'a> {
    cell: u32,
    /// How many of its slots have been converted.
    at: usize,
    /// How many levels of containers it has so far.
    height: usize,
    slots: Cow<'g, [Slot<'a>]>,
    done: Done,
}

/// Values of a container, as far as they are there.
enum Done {
    Items(Vec<Value>),
    Pairs(Vec<(Value, Value)>),
}

/// What became of a slot.
enum Put {
    Done,
    /// It is this container, which is to be filled first.
    Open(u32),
}

/// Where a slot stands among the containers around it.
#[derive(Clone, Copy)]
struct Level {
    /// How many are around it.
    depth: usize,
    /// How many levels the highest value has that was put there.
    reached: usize,
}

impl<'g, 'a> Converter<'g, 'a> {
    pub(in crate::pickle_next) fn new(
        graph: &'g Graph<'a>,
        message: Option<&'g Arc<Vec<u8>>>,
    ) -> Self {
        Converter {
            graph,
            message,
            texts: vec![Value::None; graph.shared_texts as usize],
            shared: vec![Shared::New; graph.shared_cells as usize],
        }
    }

    /// The value of a slot, and of all that is below.
    pub(in crate::pickle_next) fn run(mut self, root: Slot<'a>) -> Result<Value> {
        self.convert(root)
    }

    /// The same of several slots in turn, among which what is shared stays shared.
    pub(in crate::pickle_next) fn convert(&mut self, root: Slot<'a>) -> Result<Value> {
        let mut value = Value::None;
        let mut level = Level {
            depth: 0,
            reached: 0,
        };
        let Slot::Cell { id, .. } = root else {
            self.put_small(&root, &mut value);
            return Ok(value);
        };
        let Put::Open(cell) = self.put_cell(id, &root, &mut value, &mut level)? else {
            return Ok(value);
        };
        let mut frames = vec![self.open(cell)];
        let mut depth = 1;
        while let Some(frame) = frames.last_mut() {
            if let Some(cell) = self.fill(frame, depth)? {
                let inner = self.open(cell);
                frames.push(inner);
                depth += 1;
                continue;
            }
            let Some(full) = frames.pop() else { break };
            depth -= 1;
            let height = full.height;
            value = self.close(full);
            if let Some(outer) = frames.last_mut() {
                outer.height = outer.height.max(height + 1);
                outer.take(std::mem::take(&mut value));
            }
        }
        Ok(value)
    }

    /// Converts what is left to convert of a container, up to the next one to be filled first.
    #[inline]
    fn fill(&mut self, frame: &mut Frame<'g, 'a>, depth: usize) -> Result<Option<u32>> {
        let mut level = Level { depth, reached: 0 };
        let slots = &frame.slots[frame.at..];
        let (put, count) = match &mut frame.done {
            Done::Items(done) => self.fill_items(slots, &mut done[frame.at..], &mut level)?,
            Done::Pairs(done) => self.fill_pairs(slots, frame.at, done, &mut level)?,
        };
        frame.at += count;
        frame.height = frame.height.max(level.reached + 1);
        Ok(match put {
            Put::Done => None,
            Put::Open(cell) => Some(cell),
        })
    }

    #[inline]
    fn fill_items(
        &mut self,
        slots: &[Slot<'a>],
        places: &mut [Value],
        level: &mut Level,
    ) -> Result<(Put, usize)> {
        for (at, (slot, place)) in slots.iter().zip(places).enumerate() {
            if let Slot::Cell { id, .. } = slot {
                if let Put::Open(cell) = self.put_cell(*id, slot, place, level)? {
                    return Ok((Put::Open(cell), at + 1));
                }
            } else {
                self.put_small(slot, place);
            }
        }
        Ok((Put::Done, slots.len()))
    }

    #[inline]
    fn fill_pairs(
        &mut self,
        slots: &[Slot<'a>],
        first: usize,
        done: &mut [(Value, Value)],
        level: &mut Level,
    ) -> Result<(Put, usize)> {
        for (at, slot) in slots.iter().enumerate() {
            let pair = &mut done[(first + at) / 2];
            let place = match (first + at).is_multiple_of(2) {
                true => &mut pair.0,
                false => &mut pair.1,
            };
            if let Slot::Cell { id, .. } = slot {
                if let Put::Open(cell) = self.put_cell(*id, slot, place, level)? {
                    return Ok((Put::Open(cell), at + 1));
                }
            } else {
                self.put_small(slot, place);
            }
        }
        Ok((Put::Done, slots.len()))
    }

    /// Hands out the value of a slot without a cell.
    #[inline(always)]
    fn put_small(&mut self, slot: &Slot<'a>, place: &mut Value) {
        match *slot {
            Slot::None { .. } | Slot::Cell { .. } => {}
            Slot::Bool { value, .. } => set(place, Value::Bool(value)),
            Slot::Int { value, .. } => set_int(place, value),
            Slot::Float { value, .. } => set_float(place, value),
            Slot::Str { id, text } => match self.text_number(id) {
                None => set_text(place, text.into()),
                Some(number) => match &self.texts[number] {
                    Value::Str(known) => set_text(place, known.clone()),
                    _ => set(place, self.first_text(number, slot)),
                },
            },
            Slot::Bytes { id, bytes } => match self.text_number(id) {
                None => set(place, Value::Bytes(self.bytes(bytes))),
                Some(number) => match &self.texts[number] {
                    Value::Bytes(known) => set(place, Value::Bytes(known.clone())),
                    _ => set(place, self.first_text(number, slot)),
                },
            },
        }
    }

    /// Where among the shared texts it is, if it is one.
    #[inline]
    fn text_number(&self, id: u32) -> Option<usize> {
        match self.graph.fetched.get(id as usize) {
            None | Some(0) => None,
            Some(number) => Some(*number as usize - 1),
        }
    }

    #[cold]
    fn first_text(&mut self, number: usize, slot: &Slot<'a>) -> Value {
        let value = match slot {
            Slot::Str { text, .. } => Value::Str((*text).into()),
            Slot::Bytes { bytes, .. } => Value::Bytes(self.bytes(bytes)),
            _ => Value::None,
        };
        self.texts[number] = value.clone();
        value
    }

    fn bytes(&self, bytes: &[u8]) -> Bytes {
        if bytes.len() >= plain::STAYS
            && let Some(message) = self.message
            && let Some(range) = range_in(message, bytes)
        {
            return Bytes::part_of(message, range);
        }
        Bytes::from(bytes)
    }

    fn put_cell(
        &mut self,
        id: u32,
        slot: &Slot<'a>,
        place: &mut Value,
        level: &mut Level,
    ) -> Result<Put> {
        let cell = self.graph.cell(id);
        let row = match &cell.content {
            Content::Tuple(row)
            | Content::List(row)
            | Content::Set(row)
            | Content::FrozenSet(row)
            | Content::Persistent(row)
            | Content::Dict(row) => Some(self.graph.row(*row)),
            Content::Instance(_) => None,
            leaf => {
                *place = self.leaf(leaf, cell.shared);
                return Ok(Put::Done);
            }
        };
        if cell.shared != 0 && self.put_known(cell.shared, slot, place, level)? {
            return Ok(Put::Done);
        }
        self.check_depth(level.depth + 1, slot)?;
        match row {
            Some(slots) if cell.shared == 0 && slots.iter().all(is_small) => {
                level.reached = level.reached.max(1);
                *place = self.flat(&cell.content, slots)?;
                Ok(Put::Done)
            }
            _ => Ok(Put::Open(id)),
        }
    }

    /// A container without others inside.
    #[inline]
    fn flat(&mut self, content: &Content<'a>, slots: &[Slot<'a>]) -> Result<Value> {
        let mut level = Level {
            depth: 0,
            reached: 0,
        };
        let done = match content {
            Content::Dict(_) => {
                let mut done = empty_pairs(slots.len() / 2);
                self.fill_pairs(slots, 0, &mut done, &mut level)?;
                Done::Pairs(done)
            }
            _ => {
                let mut done = empty_items(slots.len());
                self.fill_items(slots, &mut done, &mut level)?;
                Done::Items(done)
            }
        };
        Ok(self.finish(content, done, None))
    }

    /// The value of a shared container that has been met before.
    fn put_known(
        &mut self,
        number: u32,
        slot: &Slot<'a>,
        place: &mut Value,
        level: &mut Level,
    ) -> Result<bool> {
        let state = &mut self.shared[number as usize - 1];
        match state {
            Shared::New => return Ok(false),
            Shared::Open => {
                let anchor = Anchor::new();
                *state = Shared::Anchored(anchor.clone());
                *place = Value::Recursive(anchor);
            }
            Shared::Anchored(anchor) => *place = Value::Recursive(anchor.clone()),
            Shared::Done(value, height) => {
                let height = *height;
                *place = value.clone();
                level.reached = level.reached.max(height);
                self.check_depth(level.depth + height, slot)?;
            }
        }
        Ok(true)
    }

    /// A container that is to be filled.
    fn open(&mut self, id: u32) -> Frame<'g, 'a> {
        let cell = self.graph.cell(id);
        if cell.shared != 0 {
            self.shared[cell.shared as usize - 1] = Shared::Open;
        }
        let graph = self.graph;
        let slots = match &cell.content {
            Content::Tuple(row)
            | Content::List(row)
            | Content::Set(row)
            | Content::FrozenSet(row)
            | Content::Persistent(row)
            | Content::Dict(row) => Cow::Borrowed(graph.row(*row)),
            Content::Instance(number) => Cow::Owned(self.parts(*number)),
            // Not reached: these are no containers.
            _ => Cow::Borrowed(&[][..]),
        };
        let done = match &cell.content {
            Content::Dict(_) => Done::Pairs(empty_pairs(slots.len() / 2)),
            _ => Done::Items(empty_items(slots.len())),
        };
        Frame {
            cell: id,
            at: 0,
            height: 1,
            slots,
            done,
        }
    }

    /// All that an instance consists of, in a row.
    fn parts(&self, number: u32) -> Vec<Slot<'a>> {
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

    /// What holds no other value.
    fn leaf(&mut self, content: &Content<'a>, shared: u32) -> Value {
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

    #[inline]
    fn check_depth(&self, depth: usize, slot: &Slot<'a>) -> Result<()> {
        match depth <= self.graph.depth {
            true => Ok(()),
            false => Err(self.too_deep(slot)),
        }
    }

    #[cold]
    fn too_deep(&self, slot: &Slot<'a>) -> Error {
        let offset = self.graph.node(*slot).offset().unwrap_or(self.graph.end);
        let depth = self.graph.depth;
        Error::limit(format!(
            "nested deeper than {depth} levels: have the peer flatten it, or raise Limits::depth"
        ))
        .at(offset, "depth")
    }

    /// The value of a container that is full.
    fn close(&mut self, frame: Frame<'g, 'a>) -> Value {
        let cell = self.graph.cell(frame.cell);
        let (shared, height) = (cell.shared, frame.height);
        let anchor = match shared {
            0 => None,
            number => match &self.shared[number as usize - 1] {
                Shared::Anchored(anchor) => Some(anchor.clone()),
                _ => None,
            },
        };
        let value = self.finish(&cell.content, frame.done, anchor);
        if shared != 0 {
            self.shared[shared as usize - 1] = Shared::Done(value.clone(), height);
        }
        value
    }
}

impl Frame<'_, '_> {
    /// Takes the value of the slot that was reached last.
    fn take(&mut self, value: Value) {
        let last = self.at.saturating_sub(1);
        let place = match &mut self.done {
            Done::Items(done) => done.get_mut(last),
            Done::Pairs(done) => done
                .get_mut(last / 2)
                .map(|pair| match last.is_multiple_of(2) {
                    true => &mut pair.0,
                    false => &mut pair.1,
                }),
        };
        if let Some(place) = place {
            *place = value;
        }
    }
}

fn empty_items(count: usize) -> Vec<Value> {
    (0..count).map(|_| Value::None).collect()
}

fn empty_pairs(count: usize) -> Vec<(Value, Value)> {
    (0..count).map(|_| (Value::None, Value::None)).collect()
}

/// Whether no cell is behind it.
#[inline]
fn is_small(slot: &Slot<'_>) -> bool {
    !matches!(slot, Slot::Cell { .. })
}

/// Writes over a `None`, which needs no dropping. These are not inlined: otherwise the compiler
/// makes all values in one place and copies them from there, and each copy waits for what was
/// written just before.
#[inline(never)]
fn set_int(place: &mut Value, value: i64) {
    std::mem::forget(std::mem::replace(place, Value::Int(value)));
}

/// As [`set_int`].
#[inline(never)]
fn set_float(place: &mut Value, value: f64) {
    std::mem::forget(std::mem::replace(place, Value::Float(value)));
}

/// As [`set_int`].
#[inline(never)]
fn set_text(place: &mut Value, text: Str) {
    std::mem::forget(std::mem::replace(place, Value::Str(text)));
}

/// As [`set_int`].
#[inline(never)]
fn set(place: &mut Value, value: Value) {
    *place = value;
}

/// Where a slice lies in the message.
fn range_in(message: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(message.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= message.len()).then_some(start..end)
}
