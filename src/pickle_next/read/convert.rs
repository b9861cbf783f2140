//! From the graph to values.

use std::ops::Range;
use std::slice;
use std::sync::Arc;

use super::{keys, plain};
use crate::pickle_next::graph::{Content, Graph, Object, ObjectChange, Row, Slot};
use crate::pickle_next::{
    Anchor, Bytes, Change, Dict, Error, FrozenSet, Instance, InstanceParts, List, PersistentId,
    Result, Set, Tuple, Value, key,
};

/// Makes values of slots. What is shared is made once.
pub(crate) struct Converter<'g, 'a> {
    graph: &'g Graph<'a>,
    /// What large bytes stay in.
    message: Option<&'g Arc<Vec<u8>>>,
    /// By the number among the texts that were fetched again; `None` is none yet.
    texts: Vec<Value>,
    /// By the number among the cells that were fetched again.
    shared: Vec<Shared>,
    open: Vec<Frame<'g, 'a>>,
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
    /// How many levels of containers it has so far.
    height: usize,
    work: Work<'g, 'a>,
}

enum Work<'g, 'a> {
    Items {
        slots: slice::Iter<'g, Slot<'a>>,
        done: Vec<Value>,
    },
    Pairs {
        slots: slice::Iter<'g, Slot<'a>>,
        done: Vec<(Value, Value)>,
        key: Option<Value>,
    },
    Parts {
        slots: std::vec::IntoIter<Slot<'a>>,
        done: Vec<Value>,
    },
}

/// A slot as a value, or the container that is to be filled first.
enum Visited<'g, 'a> {
    Value(Value),
    Open(Frame<'g, 'a>),
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
            open: Vec::new(),
        }
    }

    /// The value of a slot, and of all that is below.
    pub(in crate::pickle_next) fn run(mut self, root: Slot<'a>) -> Result<Value> {
        self.convert(root)
    }

    /// The same of several slots in turn, among which what is shared stays shared.
    pub(in crate::pickle_next) fn convert(&mut self, root: Slot<'a>) -> Result<Value> {
        // An error may have left some.
        self.open.clear();
        let mut frame = match self.visit(root)? {
            Visited::Value(value) => return Ok(value),
            Visited::Open(frame) => frame,
        };
        loop {
            match self.fill(&mut frame)? {
                Some(inner) => self.open.push(std::mem::replace(&mut frame, inner)),
                None => {
                    let height = frame.height;
                    let value = self.close(frame);
                    let Some(outer) = self.open.pop() else {
                        return Ok(value);
                    };
                    frame = outer;
                    frame.height = frame.height.max(height + 1);
                    frame.push(value);
                }
            }
        }
    }

    /// Converts what is left to convert of a container, up to the next one inside of it.
    fn fill(&mut self, frame: &mut Frame<'g, 'a>) -> Result<Option<Frame<'g, 'a>>> {
        let mut reached = 0;
        let inner = match &mut frame.work {
            Work::Items { slots, done } => self.fill_items(slots, done, &mut reached),
            Work::Parts { slots, done } => self.fill_items(slots, done, &mut reached),
            Work::Pairs { slots, done, key } => self.fill_pairs(slots, done, key, &mut reached),
        };
        frame.height = frame.height.max(reached + 1);
        inner
    }

    #[inline]
    fn fill_items<S: AsSlot<'a>>(
        &mut self,
        slots: &mut impl Iterator<Item = S>,
        done: &mut Vec<Value>,
        reached: &mut usize,
    ) -> Result<Option<Frame<'g, 'a>>> {
        for slot in slots {
            let slot = slot.slot();
            let value = match slot {
                Slot::Cell { .. } => match self.visit_cell(slot, reached)? {
                    Visited::Value(value) => value,
                    Visited::Open(inner) => return Ok(Some(inner)),
                },
                _ => self.small(slot),
            };
            done.push(value);
        }
        Ok(None)
    }

    #[inline]
    fn fill_pairs(
        &mut self,
        slots: &mut slice::Iter<'g, Slot<'a>>,
        done: &mut Vec<(Value, Value)>,
        key: &mut Option<Value>,
        reached: &mut usize,
    ) -> Result<Option<Frame<'g, 'a>>> {
        while let Some(slot) = slots.next() {
            let value = match *slot {
                Slot::Cell { .. } => match self.visit_cell(*slot, reached)? {
                    Visited::Value(value) => value,
                    Visited::Open(inner) => return Ok(Some(inner)),
                },
                // Most keys are small, and so is what follows.
                _ if key.is_none() => match slots.as_slice().first() {
                    None | Some(Slot::Cell { .. }) => self.small(*slot),
                    Some(second) => {
                        slots.next();
                        let key = self.small(*slot);
                        done.push((key, self.small(*second)));
                        continue;
                    }
                },
                _ => self.small(*slot),
            };
            match key.take() {
                Some(first) => done.push((first, value)),
                None => *key = Some(value),
            }
        }
        Ok(None)
    }

    /// Values without a cell.
    #[inline(always)]
    fn small(&mut self, slot: Slot<'a>) -> Value {
        match slot {
            Slot::None { .. } | Slot::Cell { .. } => Value::None,
            Slot::Bool { value, .. } => Value::Bool(value),
            Slot::Int { value, .. } => Value::Int(value),
            Slot::Float { value, .. } => Value::Float(value),
            Slot::Str { id, text } => match self.text_number(id) {
                None => Value::Str(text.into()),
                Some(number) => self.shared_text(number, slot),
            },
            Slot::Bytes { id, bytes } => match self.text_number(id) {
                None => Value::Bytes(self.bytes(bytes)),
                Some(number) => self.shared_text(number, slot),
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

    #[inline]
    fn shared_text(&mut self, number: usize, slot: Slot<'a>) -> Value {
        match &self.texts[number] {
            Value::None => self.first_text(number, slot),
            Value::Str(text) => Value::Str(text.clone()),
            other => other.clone(),
        }
    }

    fn first_text(&mut self, number: usize, slot: Slot<'a>) -> Value {
        let value = match slot {
            Slot::Str { text, .. } => Value::Str(text.into()),
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

    fn visit(&mut self, slot: Slot<'a>) -> Result<Visited<'g, 'a>> {
        match slot {
            Slot::Cell { .. } => self.visit_cell(slot, &mut 0),
            _ => Ok(Visited::Value(self.small(slot))),
        }
    }

    fn visit_cell(&mut self, slot: Slot<'a>, reached: &mut usize) -> Result<Visited<'g, 'a>> {
        let Slot::Cell { id, .. } = slot else {
            return Ok(Visited::Value(Value::None));
        };
        let cell = self.graph.cell(id);
        if cell.shared != 0
            && let Some(value) = self.known(cell.shared as usize - 1, slot, reached)?
        {
            return Ok(Visited::Value(value));
        }
        let graph = self.graph;
        let work = match &cell.content {
            Content::Tuple(row)
            | Content::List(row)
            | Content::Set(row)
            | Content::FrozenSet(row)
            | Content::Persistent(row) => self.items(*row),
            Content::Dict(row) => {
                let slots = graph.row(*row);
                Work::Pairs {
                    slots: slots.iter(),
                    done: Vec::with_capacity(slots.len() / 2),
                    key: None,
                }
            }
            Content::Instance(number) => self.parts(*number),
            leaf => {
                let value = self.leaf(leaf);
                if cell.shared != 0 {
                    self.shared[cell.shared as usize - 1] = Shared::Done(value.clone(), 0);
                }
                return Ok(Visited::Value(value));
            }
        };
        self.check_depth(1, slot)?;
        if cell.shared != 0 {
            self.shared[cell.shared as usize - 1] = Shared::Open;
        }
        Ok(Visited::Open(Frame {
            cell: id,
            height: 1,
            work,
        }))
    }

    /// The value of a shared cell that has been met before.
    fn known(
        &mut self,
        number: usize,
        slot: Slot<'a>,
        reached: &mut usize,
    ) -> Result<Option<Value>> {
        let state = &mut self.shared[number];
        Ok(match state {
            Shared::New => None,
            Shared::Open => {
                let anchor = Anchor::new();
                *state = Shared::Anchored(anchor.clone());
                Some(Value::Recursive(anchor))
            }
            Shared::Anchored(anchor) => Some(Value::Recursive(anchor.clone())),
            Shared::Done(value, height) => {
                let (value, height) = (value.clone(), *height);
                *reached = (*reached).max(height);
                self.check_depth(height, slot)?;
                Some(value)
            }
        })
    }

    fn items(&self, row: Row) -> Work<'g, 'a> {
        let slots = self.graph.row(row);
        Work::Items {
            slots: slots.iter(),
            done: Vec::with_capacity(slots.len()),
        }
    }

    /// All that an instance consists of, in a row.
    fn parts(&self, number: u32) -> Work<'g, 'a> {
        let object: &Object<'a> = self.graph.object(number);
        let mut slots = Vec::with_capacity(3 + object.changes.len());
        slots.extend([object.callable, object.args]);
        slots.extend(object.kwargs);
        for change in &object.changes {
            match *change {
                ObjectChange::SetItem(key, value) => slots.extend([key, value]),
                ObjectChange::State(slot)
                | ObjectChange::Append(slot)
                | ObjectChange::Add(slot)
                | ObjectChange::Call(slot) => slots.push(slot),
            }
        }
        Work::Parts {
            done: Vec::with_capacity(slots.len()),
            slots: slots.into_iter(),
        }
    }

    fn leaf(&self, content: &Content<'a>) -> Value {
        match content {
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
        }
    }

    fn check_depth(&self, more: usize, slot: Slot<'a>) -> Result<()> {
        let depth = self.graph.depth;
        // The frame that asks is not among the open ones, but for the root's.
        if self.open.len() + more < depth || depth == usize::MAX {
            return Ok(());
        }
        self.check_exact_depth(more, slot)
    }

    #[cold]
    fn check_exact_depth(&self, more: usize, slot: Slot<'a>) -> Result<()> {
        let depth = self.graph.depth;
        let outer = self.open.len() + 1;
        let error = |_| {
            let offset = self.graph.node(slot).offset().unwrap_or(self.graph.end);
            Error::limit(format!(
                "nested deeper than {depth} levels: have the peer flatten it, or raise \
                 Limits::depth"
            ))
            .at(offset, "depth")
        };
        match outer + more <= depth {
            true => Ok(()),
            false => Err(error(())),
        }
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
        let value = self.finish(&cell.content, frame.work, anchor);
        if shared != 0 {
            self.shared[shared as usize - 1] = Shared::Done(value.clone(), height);
        }
        value
    }

    #[inline]
    fn finish(&self, content: &Content<'a>, work: Work<'g, 'a>, anchor: Option<Anchor>) -> Value {
        match (work, anchor) {
            (Work::Items { done, .. }, None) => self.row_value(content, done),
            (Work::Items { done, .. }, Some(anchor)) => {
                self.anchored_row_value(content, done, &anchor)
            }
            (Work::Pairs { mut done, .. }, anchor) => {
                if let Content::Dict(row) = content
                    && !keys::differ(self.graph, self.graph.row(*row), 2)
                {
                    key::merge(&mut done);
                }
                Value::Dict(match anchor {
                    None => Dict::from_unique_pairs(done),
                    Some(anchor) => Dict::with_anchor(done, &anchor),
                })
            }
            (Work::Parts { done, .. }, anchor) => {
                let Content::Instance(number) = content else {
                    return Value::None;
                };
                let parts = self.instance_parts(*number, done);
                Value::Instance(match anchor {
                    None => Instance::from(parts),
                    Some(anchor) => Instance::with_anchor(parts, &anchor),
                })
            }
        }
    }

    fn row_value(&self, content: &Content<'a>, items: Vec<Value>) -> Value {
        match content {
            Content::Tuple(_) => Value::Tuple(Tuple::from(items)),
            Content::List(_) => Value::List(List::from(items)),
            Content::Set(row) => {
                Value::Set(match keys::differ(self.graph, self.graph.row(*row), 1) {
                    true => Set::from_unique_items(items),
                    false => Set::from(items),
                })
            }
            Content::FrozenSet(row) => {
                Value::FrozenSet(match keys::differ(self.graph, self.graph.row(*row), 1) {
                    true => FrozenSet::from_unique_items(items),
                    false => FrozenSet::from(items),
                })
            }
            _ => Value::Persistent(PersistentId::from(items)),
        }
    }

    fn anchored_row_value(
        &self,
        content: &Content<'a>,
        mut items: Vec<Value>,
        anchor: &Anchor,
    ) -> Value {
        match content {
            Content::Tuple(_) => Value::Tuple(Tuple::with_anchor(items, anchor)),
            Content::List(_) => Value::List(List::with_anchor(items, anchor)),
            Content::Persistent(_) => Value::Persistent(PersistentId::with_anchor(items, anchor)),
            Content::Set(_) => {
                key::dedupe(&mut items);
                Value::Set(Set::with_anchor(items, anchor))
            }
            _ => {
                key::dedupe(&mut items);
                Value::FrozenSet(FrozenSet::with_anchor(items, anchor))
            }
        }
    }

    fn instance_parts(&self, number: u32, values: Vec<Value>) -> InstanceParts {
        let object = self.graph.object(number);
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_default();
        InstanceParts {
            construction: object.construction,
            callable: next(),
            args: next(),
            kwargs: match object.kwargs {
                Some(_) => next(),
                None => Value::None,
            },
            changes: object
                .changes
                .iter()
                .map(|change| match change {
                    ObjectChange::State(_) => Change::State(next()),
                    ObjectChange::Append(_) => Change::Append(next()),
                    ObjectChange::SetItem(..) => Change::SetItem(next(), next()),
                    ObjectChange::Add(_) => Change::Add(next()),
                    ObjectChange::Call(_) => Change::Call(next()),
                })
                .collect(),
        }
    }
}

impl Frame<'_, '_> {
    #[inline]
    fn push(&mut self, value: Value) {
        match &mut self.work {
            Work::Items { done, .. } | Work::Parts { done, .. } => done.push(value),
            Work::Pairs { done, key, .. } => match key.take() {
                Some(key) => done.push((key, value)),
                None => *key = Some(value),
            },
        }
    }
}

/// A slot, or a reference to one.
trait AsSlot<'a> {
    fn slot(self) -> Slot<'a>;
}

impl<'a> AsSlot<'a> for Slot<'a> {
    #[inline]
    fn slot(self) -> Slot<'a> {
        self
    }
}

impl<'a> AsSlot<'a> for &Slot<'a> {
    #[inline]
    fn slot(self) -> Slot<'a> {
        *self
    }
}

/// Where a slice lies in the message.
fn range_in(message: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(message.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= message.len()).then_some(start..end)
}
