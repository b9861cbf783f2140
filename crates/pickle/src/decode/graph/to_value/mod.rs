//! Converts a graph to values.

mod finish;
mod leaf;
mod nested;
mod overwrite;

use std::sync::Arc;

use super::keys;
use crate::decode::graph::{Content, Graph, Row, Slot};
use crate::key::Fingerprints;
use crate::{Anchor, Dict, List, PickleError, Result, Str, Tuple, Value};
use overwrite::{set, set_dict, set_float, set_int, set_known_text, set_list, set_text, set_tuple};

/// Converts slots to values. A shared object is converted once.
pub(crate) struct Converter<'g, 'a> {
    graph: &'g Graph<'a>,
    /// The message, if large bytes may keep it as their memory.
    message: Option<&'g Arc<Vec<u8>>>,
    /// Shared texts, by their number; `None` is one that is not converted yet.
    texts: Vec<Value>,
    /// Shared cells, by their number.
    shared: Vec<Shared>,
    /// Fingerprints of keys that many containers may share.
    prints: Fingerprints,
    /// The error, if there is no value.
    failed: Option<PickleError>,
}

/// This many levels recurse, which is fast; deeper ones are filled without recursion.
const LEVELS: usize = 64;

/// Longer lists are made as a `Vec`, which can grow.
const ROW: usize = 64;

/// State of a shared object.
#[derive(Clone)]
enum Shared {
    New,
    /// Some of its items are missing.
    Open,
    /// The same, and it contains itself.
    Anchored(Anchor),
    /// The value, and its number of levels.
    Done(Value, usize),
}

/// Depth of a slot.
#[derive(Clone, Copy)]
struct Level {
    /// Number of containers around it.
    depth: usize,
    /// Number of levels of the deepest value converted there.
    reached: usize,
}

impl<'g, 'a> Converter<'g, 'a> {
    pub(crate) fn new(graph: &'g Graph<'a>, message: Option<&'g Arc<Vec<u8>>>) -> Self {
        Converter {
            graph,
            message,
            texts: (0..graph.shared_texts).map(|_| Value::None).collect(),
            shared: (0..graph.shared_cells).map(|_| Shared::New).collect(),
            prints: Fingerprints::default(),
            failed: None,
        }
    }

    /// Returns the value of a slot, with all that is in it.
    pub(crate) fn run(mut self, root: Slot<'a>) -> Result<Value> {
        self.convert(root)
    }

    /// As [`run`](Self::run), for several slots in turn, whose shared objects stay shared.
    pub(crate) fn convert(&mut self, root: Slot<'a>) -> Result<Value> {
        let mut level = Level {
            depth: 0,
            reached: 0,
        };
        let mut value = Value::None;
        self.put(&root, &mut value, &mut level);
        match self.failed.take() {
            None => Ok(value),
            Some(error) => Err(error),
        }
    }

    /// Writes the value of a slot over a `None`.
    #[inline(always)]
    fn put(&mut self, slot: &Slot<'a>, place: &mut Value, level: &mut Level) {
        match slot {
            Slot::Cell { id, .. } => self.put_object(*id, slot, place, level),
            _ => self.put_small(slot, place),
        }
    }

    /// As [`put`](Self::put), for a slot without a cell.
    #[inline(always)]
    fn put_small(&mut self, slot: &Slot<'a>, place: &mut Value) {
        match *slot {
            Slot::None { .. } | Slot::Cell { .. } => {}
            Slot::Bool { value, .. } => set(place, Value::Bool(value)),
            Slot::Int { value, .. } => set_int(place, value),
            Slot::Float { value, .. } => set_float(place, value),
            Slot::Str { id, text } => match self.text_number(id) {
                None => set_text(place, text),
                Some(number) => match &self.texts[number] {
                    Value::Str(known) => set_known_text(place, known),
                    _ => self.put_new(number, slot, place),
                },
            },
            Slot::Bytes { id, bytes } => match self.text_number(id) {
                None => set(place, Value::Bytes(self.bytes(bytes))),
                Some(number) => match &self.texts[number] {
                    Value::Bytes(known) => set(place, Value::Bytes(known.clone())),
                    _ => self.put_new(number, slot, place),
                },
            },
        }
    }

    /// Converts a shared text when it is first met.
    #[cold]
    fn put_new(&mut self, number: usize, slot: &Slot<'a>, place: &mut Value) {
        let value = match slot {
            Slot::Str { text, .. } => Value::Str(Str::shared(text)),
            Slot::Bytes { bytes, .. } => Value::Bytes(self.bytes(bytes)),
            _ => Value::None,
        };
        self.texts[number] = value.clone();
        *place = value;
    }

    /// As [`put`](Self::put), for a slot with a cell. On failure the error is in `failed`.
    #[inline(never)]
    fn put_object(&mut self, id: u32, slot: &Slot<'a>, place: &mut Value, level: &mut Level) {
        match self.put_known(id, slot, place, level) {
            Err(error) => self.fail(error),
            Ok(true) => {}
            Ok(false) if level.depth < LEVELS => self.put_container(id, place, level),
            Ok(false) => {
                if let Err(error) = self.fill_deep(id, place, level) {
                    self.fail(error);
                }
            }
        }
    }

    #[cold]
    fn fail(&mut self, error: PickleError) {
        self.failed.get_or_insert(error);
    }

    /// Writes a value that is no container, or a container that is complete; `false` for any other.
    #[inline]
    fn put_known(
        &mut self,
        id: u32,
        slot: &Slot<'a>,
        place: &mut Value,
        level: &mut Level,
    ) -> Result<bool> {
        let cell = self.graph.cell(id);
        if !cell.content.is_container() {
            *place = self.leaf(&cell.content, cell.shared);
            return Ok(true);
        }
        if cell.shared != 0
            && let Some(value) = self.met_before(cell.shared, slot, level)?
        {
            *place = value;
            return Ok(true);
        }
        self.check_depth(level.depth + 1, slot)?;
        Ok(false)
    }

    /// Converts a container with all that is in it.
    #[inline]
    fn put_container(&mut self, id: u32, place: &mut Value, level: &mut Level) {
        let graph = self.graph;
        let cell = graph.cell(id);
        self.open(cell.shared);
        let mut inner = Level {
            depth: level.depth + 1,
            reached: 0,
        };
        match &cell.content {
            Content::Tuple(row) => {
                let slots = graph.row(*row);
                let fill = |places: &mut [Value]| self.put_all(slots, places, &mut inner);
                set_tuple(place, Tuple::in_one_piece(slots.len(), fill));
            }
            Content::List(row) => match graph.row(*row) {
                slots if slots.len() > ROW => *place = self.all(slots, &mut inner).into(),
                slots => {
                    let fill = |places: &mut [Value]| self.put_all(slots, places, &mut inner);
                    set_list(place, List::in_one_piece(slots.len(), fill));
                }
            },
            Content::Dict(row) => self.put_dict(*row, place, &mut inner),
            content => {
                let parts = match content {
                    Content::Instance(number) => self.parts(*number),
                    _ => Vec::new(),
                };
                let slots = match parts.is_empty() {
                    true => self.row_of(content),
                    false => &parts,
                };
                let mut items = self.all(slots, &mut inner);
                *place = self.finish_moved(content, &mut items);
            }
        }
        let height = inner.reached + 1;
        level.reached = level.reached.max(height);
        if cell.shared != 0 {
            *place = self.close(cell.shared, std::mem::take(place), height);
        }
    }

    #[inline]
    fn put_all(&mut self, slots: &[Slot<'a>], places: &mut [Value], level: &mut Level) {
        for (slot, place) in slots.iter().zip(places) {
            self.put(slot, place, level);
        }
    }

    /// Converts many slots, a few at a time so that their destinations are still in the cache.
    fn all(&mut self, slots: &[Slot<'a>], level: &mut Level) -> Vec<Value> {
        let mut values = Vec::with_capacity(slots.len());
        for slots in slots.chunks(256) {
            let start = values.len();
            values.resize_with(start + slots.len(), || Value::None);
            self.put_all(slots, &mut values[start..], level);
        }
        values
    }

    #[inline]
    fn put_dict(&mut self, row: Row, place: &mut Value, level: &mut Level) {
        let graph = self.graph;
        let slots = graph.row(row);
        let count = slots.len() / 2;
        let mut put = |pairs: &mut [(Value, Value)], slots: &[Slot<'a>]| {
            for (slots, (key, value)) in slots.chunks_exact(2).zip(pairs) {
                self.put(&slots[0], key, level);
                self.put(&slots[1], value, level);
            }
        };
        let differ = keys::differ(graph, slots, 2);
        if differ && Dict::fits_one_piece(count) {
            return set_dict(place, Dict::in_one_piece(count, |pairs| put(pairs, slots)));
        }
        let pairs = all_pairs(slots, put);
        set_dict(
            place,
            match differ {
                true => Dict::from_unique_pairs(pairs),
                false => Dict::from_pairs_with(pairs, &mut self.prints),
            },
        );
    }

    /// Returns its index among the shared texts, if it is one.
    #[inline]
    fn text_number(&self, id: u32) -> Option<usize> {
        match self.graph.fetched.get(id as usize) {
            None | Some(0) => None,
            Some(number) => Some(*number as usize - 1),
        }
    }

    /// Returns the value of a shared container that was met before.
    fn met_before(
        &mut self,
        number: u32,
        slot: &Slot<'a>,
        level: &mut Level,
    ) -> Result<Option<Value>> {
        let state = &mut self.shared[number as usize - 1];
        Ok(Some(match state {
            Shared::New => return Ok(None),
            Shared::Open => {
                let anchor = Anchor::new();
                *state = Shared::Anchored(anchor.clone());
                Value::Recursive(anchor)
            }
            Shared::Anchored(anchor) => Value::Recursive(anchor.clone()),
            Shared::Done(value, height) => {
                let (value, height) = (value.clone(), *height);
                level.reached = level.reached.max(height);
                self.check_depth(level.depth + height, slot)?;
                value
            }
        }))
    }

    /// Notes that a container is being filled.
    #[inline]
    fn open(&mut self, number: u32) {
        if number != 0 {
            self.shared[number as usize - 1] = Shared::Open;
        }
    }

    /// Notes that a shared container is complete, and binds its anchor if it contains itself.
    fn close(&mut self, number: u32, value: Value, height: usize) -> Value {
        let state = &mut self.shared[number as usize - 1];
        let value = match state {
            Shared::Anchored(anchor) => value.with_anchor(anchor),
            _ => value,
        };
        *state = Shared::Done(value.clone(), height);
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
    fn too_deep(&self, slot: &Slot<'a>) -> PickleError {
        let offset = self.graph.node(*slot).offset().unwrap_or(self.graph.end);
        let depth = self.graph.depth;
        PickleError::limit(format!(
            "nested deeper than {depth} levels: have the peer flatten it, or raise Limits::depth"
        ))
        .at(offset, "depth")
    }
}

/// As [`Converter::all`], for keys and values, alternating.
fn all_pairs<'a>(
    slots: &[Slot<'a>],
    mut put: impl FnMut(&mut [(Value, Value)], &[Slot<'a>]),
) -> Vec<(Value, Value)> {
    let mut pairs = Vec::with_capacity(slots.len() / 2);
    for slots in slots.chunks(256) {
        let start = pairs.len();
        pairs.resize_with(start + slots.len() / 2, Default::default);
        put(&mut pairs[start..], slots);
    }
    pairs
}
