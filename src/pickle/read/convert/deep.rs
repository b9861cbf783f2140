//! Containers that are nested deeply: without recursion.

use std::borrow::Cow;

use super::{Converter, Level};
use crate::pickle::graph::Slot;
use crate::pickle::{Result, Value};

/// A container that is being filled.
struct Frame<'g, 'a> {
    cell: u32,
    slots: Cow<'g, [Slot<'a>]>,
    /// Where the values of the first slots begin.
    start: usize,
    /// How many levels of containers are below so far.
    reached: usize,
}

impl<'g, 'a> Converter<'g, 'a> {
    /// A container with all that is in it, and how high it is.
    pub(super) fn fill_deep(&mut self, id: u32, level: &mut Level) -> Result<Value> {
        let mut frames = vec![self.frame(id, 0)];
        // Of all frames, one after the other.
        let mut done = Vec::new();
        loop {
            let depth = level.depth + frames.len();
            let Some(frame) = frames.last_mut() else {
                // The last one returned below.
                return Ok(Value::None);
            };
            if let Some(inner) = self.fill(frame, &mut done, depth)? {
                let inner = self.frame(inner, done.len());
                frames.push(inner);
                continue;
            }
            let (value, height) = self.finish_frame(frame, &mut done);
            frames.pop();
            match frames.last_mut() {
                Some(outer) => {
                    outer.reached = outer.reached.max(height);
                    done.push(value);
                }
                None => {
                    level.reached = level.reached.max(height);
                    return Ok(value);
                }
            }
        }
    }

    fn frame(&mut self, id: u32, start: usize) -> Frame<'g, 'a> {
        let cell = self.graph.cell(id);
        self.open(cell.shared);
        let slots = self.slots(&cell.content);
        Frame {
            cell: id,
            slots,
            start,
            reached: 0,
        }
    }

    /// Converts what is left of a container, up to the next one that is to be filled first.
    fn fill(
        &mut self,
        frame: &mut Frame<'g, 'a>,
        done: &mut Vec<Value>,
        depth: usize,
    ) -> Result<Option<u32>> {
        let mut level = Level { depth, reached: 0 };
        while let Some(slot) = frame.slots.get(done.len() - frame.start) {
            let mut value = Value::None;
            match slot {
                Slot::Cell { id, .. } => {
                    if !self.put_known(*id, slot, &mut value, &mut level)? {
                        return Ok(Some(*id));
                    }
                }
                _ => self.put_small(slot, &mut value),
            }
            done.push(value);
            frame.reached = frame.reached.max(level.reached);
        }
        Ok(None)
    }

    fn finish_frame(&mut self, frame: &Frame<'g, 'a>, done: &mut Vec<Value>) -> (Value, usize) {
        let cell = self.graph.cell(frame.cell);
        let value = self.finish(&cell.content, &mut done[frame.start..]);
        done.truncate(frame.start);
        let height = frame.reached + 1;
        match cell.shared {
            0 => (value, height),
            number => (self.close(number, value, height), height),
        }
    }
}
