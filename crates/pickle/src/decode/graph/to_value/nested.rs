//! Converts deeply nested containers without recursion.

use super::finish::Items;
use super::{Converter, Level};
use crate::decode::graph::{Content, Slot};
use crate::decode::memory::memory;
use crate::{Result, Value};

/// A container that is being filled.
struct Frame<'a> {
    /// Its values so far, written in place.
    items: Option<Items>,
    /// Number of values begun.
    begun: usize,
    /// Number of levels below so far.
    reached: usize,
    /// The parts of an instance, which is no row of the graph.
    parts: Option<Box<[Slot<'a>]>>,
    cell: u32,
}

impl Frame<'_> {
    const NEW: Self = Frame {
        items: None,
        begun: 0,
        reached: 0,
        parts: None,
        cell: 0,
    };

    #[inline(always)]
    fn places(&mut self) -> &mut [Value] {
        self.items.as_mut().map_or(&mut [], Items::places)
    }
}

memory! {
    /// The containers around the one that is being filled, from the outermost on.
    struct Around<'a> {
        frames: Vec<Frame<'a>>,
    }
}

impl<'a> Converter<'_, 'a> {
    /// As [`put_container`](Self::put_container).
    pub(super) fn fill_deep(
        &mut self,
        id: u32,
        place: &mut Value,
        level: &mut Level,
    ) -> Result<()> {
        let length = self.graph.message.len();
        let mut around = Around::take(length);
        self.fill_within(id, place, level, &mut around.frames)?;
        around.keep(length);
        Ok(())
    }

    fn fill_within(
        &mut self,
        id: u32,
        place: &mut Value,
        level: &mut Level,
        frames: &mut Vec<Frame<'a>>,
    ) -> Result<()> {
        self.push_frame(id, frames);
        loop {
            let depth = level.depth + frames.len();
            let Some(frame) = frames.last_mut() else {
                return Ok(());
            };
            if let Some(inner) = self.fill(frame, depth)? {
                self.push_frame(inner, frames);
                continue;
            }
            let (id, items, height) = (frame.cell, frame.items.take(), frame.reached + 1);
            frames.truncate(frames.len() - 1);
            let place = match frames.last_mut() {
                Some(outer) => {
                    outer.reached = outer.reached.max(height);
                    let at = outer.begun - 1;
                    &mut outer.places()[at]
                }
                None => {
                    level.reached = level.reached.max(height);
                    &mut *place
                }
            };
            if let Some(items) = items {
                self.finish_frame(id, items, height, place);
            }
        }
    }

    /// Begins a container. What differs from a constant is written in place: a copy of a frame that was
    /// just written in parts stalls the processor.
    #[inline(always)]
    fn push_frame(&mut self, id: u32, frames: &mut Vec<Frame<'a>>) {
        let cell = self.graph.cell(id);
        self.open(cell.shared);
        frames.push(Frame::NEW);
        let Some(frame) = frames.last_mut() else {
            return;
        };
        frame.cell = id;
        let count = match &cell.content {
            Content::Instance(number) => {
                let parts = self.parts(*number);
                frame.parts.insert(parts.into()).len()
            }
            content => self.row_of(content).len(),
        };
        frame.items = Some(Items::new(count));
    }

    /// Converts the rest of a container, up to the next one that has to be filled first.
    #[inline(always)]
    fn fill(&mut self, frame: &mut Frame<'a>, depth: usize) -> Result<Option<u32>> {
        let slots = match &frame.parts {
            Some(parts) => parts,
            None => self.row_of(&self.graph.cell(frame.cell).content),
        };
        let places = frame.items.as_mut().map_or(&mut [][..], Items::places);
        let mut level = Level { depth, reached: 0 };
        for (slot, place) in slots.iter().zip(places).skip(frame.begun) {
            frame.begun += 1;
            match slot {
                Slot::Cell { id, .. } => {
                    if !self.put_known(*id, slot, place, &mut level)? {
                        return Ok(Some(*id));
                    }
                    frame.reached = frame.reached.max(level.reached);
                }
                _ => self.put_small(slot, place),
            }
        }
        Ok(None)
    }

    /// Puts the finished container into the one around it.
    #[inline(always)]
    fn finish_frame(&mut self, id: u32, items: Items, height: usize, place: &mut Value) {
        let cell = self.graph.cell(id);
        self.finish(&cell.content, items, place);
        if cell.shared != 0 {
            *place = self.close(cell.shared, std::mem::take(place), height);
        }
    }
}
