//! An output that counts what is printed and fails at a limit.

use std::fmt::{self, Write};

use crate::growth::Growth;

pub(super) struct LimitedOutput<'o, W: ?Sized> {
    out: &'o mut W,
    /// Bytes left.
    room: usize,
    /// Nodes left: a node may print nothing.
    nodes: usize,
    is_full: bool,
    pub(super) growth: Growth,
}

impl<'o, W: Write + ?Sized> LimitedOutput<'o, W> {
    /// Makes an output that fails after `room` bytes; those that fit are written.
    pub(super) fn new(out: &'o mut W, room: usize, growth: usize) -> Self {
        LimitedOutput {
            out,
            room,
            nodes: room.saturating_mul(2).saturating_add(64),
            is_full: false,
            growth: Growth::new(growth),
        }
    }

    /// Counts a node.
    #[inline]
    pub(super) fn node(&mut self) -> fmt::Result {
        self.growth.spend(1);
        match self.nodes.checked_sub(1) {
            Some(nodes) => {
                self.nodes = nodes;
                Ok(())
            }
            None => {
                self.is_full = true;
                Err(fmt::Error)
            }
        }
    }

    pub(super) fn room(&self) -> usize {
        self.room
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }
}

impl<W: Write + ?Sized> Write for LimitedOutput<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.growth.spend(text.len());
        if let Some(room) = self.room.checked_sub(text.len()) {
            self.room = room;
            return self.out.write_str(text);
        }
        self.is_full = true;
        let fits = (0..=self.room).rev().find(|at| text.is_char_boundary(*at));
        self.room = 0;
        self.out.write_str(&text[..fits.unwrap_or(0)])?;
        Err(fmt::Error)
    }
}
