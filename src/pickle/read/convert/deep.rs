//! Containers that are nested deeply: without recursion.

use std::borrow::Cow;

use super::{Converter, Level};
use crate::pickle::graph::Slot;
use crate::pickle::{Result, Value};

/// A container that is being filled.
struct Frame<'g, 'a> {
    cell: u32,
    slots: Cow<'g, [Slot<'a>]>,
    /// Where the values of the first slots begin, right behind the place of the container.
    start: usize,
    /// How many levels of containers are below so far.
    reached: usize,
}

impl<'g, 'a> Converter<'g, 'a> {
    /// As [`put_container`](Self::put_container).
    pub(super) fn fill_deep(
        &mut self,
        id: u32,
        place: &mut Value,
        level: &mut Level,
    ) -> Result<()> {
        // Of all frames, one after the other: each container in its place among the values of the
        // one around it.
        let mut done = vec![Value::None];
        let mut frames = vec![self.frame(id, done.len())];
        loop {
            let depth = level.depth + frames.len();
            let Some(frame) = frames.last_mut() else {
                break;
            };
            if let Some(inner) = self.fill(frame, &mut done, depth)? {
                frames.push(self.frame(inner, done.len()));
                continue;
            }
            let height = self.finish_frame(frame, &mut done);
            frames.pop();
            let outer = frames.last_mut().map(|outer| &mut outer.reached);
            let reached = outer.unwrap_or(&mut level.reached);
            *reached = height.max(*reached);
        }
        *place = done.pop().unwrap_or_default();
        Ok(())
    }

    #[inline(always)]
    fn frame(&mut self, id: u32, start: usize) -> Frame<'g, 'a> {
        let cell = self.graph.cell(id);
        self.open(cell.shared);
        Frame {
            cell: id,
            slots: self.slots(&cell.content),
            start,
            reached: 0,
        }
    }

    /// Converts what is left of a container, up to the next one that is to be filled first.
    #[inline]
    fn fill(
        &mut self,
        frame: &mut Frame<'g, 'a>,
        done: &mut Vec<Value>,
        depth: usize,
    ) -> Result<Option<u32>> {
        let mut level = Level { depth, reached: 0 };
        while let Some(slot) = frame.slots.get(done.len() - frame.start) {
            let at = done.len();
            done.push(Value::None);
            let place = &mut done[at];
            match slot {
                Slot::Cell { id, .. } => {
                    if !self.put_known(*id, slot, place, &mut level)? {
                        return Ok(Some(*id));
                    }
                }
                _ => self.put_small(slot, place),
            }
            frame.reached = frame.reached.max(level.reached);
        }
        Ok(None)
    }

    /// Puts the container into its place; how high it is.
    #[inline]
    fn finish_frame(&mut self, frame: &Frame<'g, 'a>, done: &mut Vec<Value>) -> usize {
        let cell = self.graph.cell(frame.cell);
        let height = frame.reached + 1;
        let (before, items) = done.split_at_mut(frame.start);
        let place = &mut before[frame.start - 1];
        self.finish(&cell.content, items, place);
        if cell.shared != 0 {
            *place = self.close(cell.shared, std::mem::take(place), height);
        }
        done.truncate(frame.start);
        height
    }
}
