//! Opcodes that make and fill containers.

use std::ops::Range;

use super::errors::{too_many, underflow};
use super::execute::Machine;
use crate::decode::graph::{Cell, Content, NO_TEXT, ObjectChange, Row, Slot, TextId};
use crate::opcode::*;
use crate::{PickleError, Result};

/// Rows of up to that many items are copied item by item.
const SHORT: usize = 4;

impl<'a> Machine<'a, '_> {
    #[inline]
    pub(super) fn push_empty(&mut self, code: u8, at: u32) -> Result<()> {
        match code {
            EMPTY_TUPLE => self.push_constant(Cell::TUPLE, at, |_| {}),
            EMPTY_LIST => self.push_constant(Cell::LIST, at, |_| {}),
            EMPTY_DICT => self.push_constant(Cell::DICT, at, |_| {}),
            _ => self.push_constant(Cell::SET, at, |_| {}),
        }
    }

    #[inline]
    pub(super) fn push_tuple(&mut self, count: usize, at: u32) -> Result<()> {
        match self.stack.len().checked_sub(count) {
            Some(first) if first >= self.fence => self.push_tuple_from(first, at),
            _ => Err(underflow()),
        }
    }

    #[inline]
    pub(super) fn push_tuple_from(&mut self, first: usize, at: u32) -> Result<()> {
        let unhashable = self.stack[first..]
            .iter()
            .any(|item| is_unhashable(&self.graph.cells, item));
        let row = self.take_row(first)?;
        self.push_constant(Cell::TUPLE, at, |cell| {
            if let Content::Tuple(place) = &mut cell.content {
                *place = row;
            }
            cell.unhashable = unhashable;
        })
    }

    pub(super) fn push_marked(&mut self, code: u8, mark: usize, at: u32) -> Result<()> {
        match code {
            LIST => {
                let row = self.take_row(mark)?;
                self.push_cell_as(Content::List(row), at, true)
            }
            FROZENSET => {
                self.check_hashable(mark, 1)?;
                let row = self.take_row(mark)?;
                self.push_cell(Content::FrozenSet(row), at)
            }
            _ => {
                self.check_pairs(mark)?;
                let row = self.take_row(mark)?;
                self.push_cell_as(Content::Dict(row), at, true)
            }
        }
    }

    /// Moves values from the stack to the pool.
    #[inline]
    pub(super) fn take_row(&mut self, first: usize) -> Result<Row> {
        let row = self.graph.new_row(&self.stack[first..])?;
        self.stack.truncate(first);
        Ok(row)
    }

    /// Returns the container below the values to add.
    #[inline]
    fn container(&self, first: usize) -> Result<Option<usize>> {
        match first.checked_sub(1) {
            Some(below) if below >= self.fence => match self.stack[below] {
                Slot::Cell { id, .. } => Ok(Some(id as usize)),
                _ => Ok(None),
            },
            _ => Err(underflow()),
        }
    }

    #[inline]
    pub(super) fn append(&mut self, first: usize) -> Result<()> {
        let container = self.container(first)?;
        let items = &self.stack[first..];
        if items.is_empty() {
            return Ok(());
        }
        match container.map(|id| (id, &self.graph.cells[id].content)) {
            Some((id, &Content::List(row))) => {
                let row = self.graph.extend_row(row, items)?;
                if let Content::List(place) = &mut self.graph.cells[id].content {
                    *place = row;
                }
            }
            Some((_, &Content::Instance(number))) => {
                self.graph.moved += items.len();
                let changes = &mut self.graph.objects[number as usize].changes;
                changes.extend(items.iter().copied().map(ObjectChange::Append));
            }
            _ => return Err(self.takes_none(first)),
        }
        self.stack.truncate(first);
        Ok(())
    }

    #[inline]
    pub(super) fn set_items(&mut self, first: usize) -> Result<()> {
        let container = self.container(first)?;
        if first == self.stack.len() {
            return Ok(());
        }
        let items = &self.stack[first..];
        match container.map(|id| (id, &self.graph.cells[id].content)) {
            Some((id, &Content::Dict(row))) => {
                self.check_pairs(first)?;
                let row = self.graph.extend_row(row, items)?;
                if let Content::Dict(place) = &mut self.graph.cells[id].content {
                    *place = row;
                }
            }
            Some((_, &Content::Instance(number))) => {
                if !items.len().is_multiple_of(2) {
                    return Err(odd_number());
                }
                let pairs = items.chunks_exact(2);
                self.graph.moved += items.len();
                let changes = &mut self.graph.objects[number as usize].changes;
                changes.extend(pairs.map(|pair| ObjectChange::SetItem(pair[0], pair[1])));
            }
            _ => return Err(self.takes_none(first)),
        }
        self.stack.truncate(first);
        Ok(())
    }

    pub(super) fn add_items(&mut self, first: usize) -> Result<()> {
        let container = self.container(first)?;
        let items = &self.stack[first..];
        if items.is_empty() {
            return Ok(());
        }
        match container.map(|id| (id, &self.graph.cells[id].content)) {
            Some((id, &Content::Set(row))) => {
                self.check_hashable(first, 1)?;
                let row = self.graph.extend_row(row, items)?;
                if let Content::Set(place) = &mut self.graph.cells[id].content {
                    *place = row;
                }
            }
            Some((_, &Content::Instance(number))) => {
                self.graph.moved += items.len();
                let changes = &mut self.graph.objects[number as usize].changes;
                changes.extend(items.iter().copied().map(ObjectChange::Add));
            }
            _ => return Err(self.takes_none(first)),
        }
        self.stack.truncate(first);
        Ok(())
    }

    #[inline]
    fn check_pairs(&self, first: usize) -> Result<()> {
        if !(self.stack.len() - first).is_multiple_of(2) {
            return Err(odd_number());
        }
        self.check_hashable(first, 2)
    }

    /// Looks at every `step`-th value, from the first.
    #[inline]
    fn check_hashable(&self, first: usize, step: usize) -> Result<()> {
        let keys = self.stack[first..].iter().step_by(step);
        for key in keys {
            if is_unhashable(&self.graph.cells, key) {
                return Err(self.unhashable(key));
            }
        }
        Ok(())
    }

    #[cold]
    pub(super) fn unhashable(&self, key: &Slot<'a>) -> PickleError {
        PickleError::malformed(format!(
            "a {} as a dict key or set item, which Python cannot hash",
            self.graph.type_name(*key)
        ))
    }

    #[cold]
    fn takes_none(&self, first: usize) -> PickleError {
        let kind = self.graph.type_name(self.stack[first - 1]);
        PickleError::malformed(format!("it adds items to a {kind}, which takes none"))
    }
}

/// Returns whether a dict or set refuses it as a key.
#[inline]
pub(super) fn is_unhashable(cells: &[Cell<'_>], slot: &Slot<'_>) -> bool {
    match slot {
        Slot::Cell { id, .. } => cells[*id as usize].unhashable,
        _ => false,
    }
}

#[cold]
fn odd_number() -> PickleError {
    PickleError::malformed("a dict with a key that has no value")
}

impl<'a> crate::Graph<'a> {
    /// Returns an identity for a text that goes into the memo.
    #[inline]
    pub(super) fn new_text(&mut self) -> Result<TextId> {
        match self.texts {
            NO_TEXT => Err(too_many()),
            number => {
                self.texts += 1;
                Ok(number)
            }
        }
    }

    /// Notes another reference to a value.
    #[inline]
    pub(super) fn share(&mut self, slot: &Slot<'a>) {
        let (number, count) = match slot {
            Slot::Str { id, .. } | Slot::Bytes { id, .. } => {
                let id = *id as usize;
                if id >= self.fetched.len() {
                    self.fetched.resize(id + 1, 0);
                }
                (&mut self.fetched[id], &mut self.shared_texts)
            }
            Slot::Cell { id, .. } => (&mut self.cells[*id as usize].shared, &mut self.shared_cells),
            _ => return,
        };
        if *number == 0 {
            *count += 1;
            *number = *count;
        }
    }

    /// Notes another reference to each item of a row in the pool.
    pub(super) fn share_items(&mut self, row: Row) -> Result<()> {
        let Err(places) = row.place() else {
            return Ok(());
        };
        for at in places {
            let mut item = self.pool[at];
            if let Slot::Str { id, .. } | Slot::Bytes { id, .. } = &mut item
                && *id == NO_TEXT
            {
                *id = self.new_text()?;
                self.pool[at] = item;
            }
            self.share(&item);
        }
        Ok(())
    }

    #[inline(always)]
    fn new_row(&mut self, items: &[Slot<'a>]) -> Result<Row> {
        let Some(row) = Row::in_pool(self.pool.len(), items.len()) else {
            return Err(too_many());
        };
        match items.len() {
            // Faster than a call that copies memory.
            ..=SHORT => items.iter().for_each(|item| self.pool.push(*item)),
            _ => self.pool.extend_from_slice(items),
        }
        Ok(row)
    }

    /// Adds items to a row: in the pool while it is the last row there, in a vector of its own after that.
    #[inline(always)]
    fn extend_row(&mut self, row: Row, items: &[Slot<'a>]) -> Result<Row> {
        match row.is_new() {
            true => self.new_row(items),
            false => self.continue_row(row, items),
        }
    }

    #[inline(never)]
    fn continue_row(&mut self, row: Row, items: &[Slot<'a>]) -> Result<Row> {
        match row.place() {
            Err(place) if place.end == self.pool.len() => {
                let longer = Row::in_pool(place.start, place.len() + items.len());
                self.pool.extend_from_slice(items);
                longer.ok_or_else(too_many)
            }
            Err(place) => self.move_row(place, items),
            Ok(number) => {
                self.moved += items.len();
                self.grown[number].extend_from_slice(items);
                Ok(row)
            }
        }
    }

    fn move_row(&mut self, place: Range<usize>, items: &[Slot<'a>]) -> Result<Row> {
        let row = Row::grown(self.grown.len()).ok_or_else(too_many)?;
        let old = &self.pool[place];
        let mut moved = Vec::with_capacity(2 * (old.len() + items.len()));
        moved.extend_from_slice(old);
        moved.extend_from_slice(items);
        self.moved += moved.len();
        self.grown.push(moved);
        Ok(row)
    }

    /// Moves the row of a cell into the pool, so that others can refer to it: rows in the pool never
    /// change, others may still grow.
    pub(super) fn settle_row(&mut self, id: u32, row: Row) -> Result<Row> {
        let Ok(number) = row.place() else {
            return Ok(row);
        };
        let items = std::mem::take(&mut self.grown[number]);
        let row = self.new_row(&items)?;
        match &mut self.cells[id as usize].content {
            Content::Tuple(old)
            | Content::List(old)
            | Content::Set(old)
            | Content::FrozenSet(old) => *old = row,
            _ => {}
        }
        Ok(row)
    }
}
