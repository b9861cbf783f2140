//! Reads a message into a graph.

use crate::decode::graph::Graph;
use crate::decode::machine::Machine;
use crate::{ReadOptions, Result};

impl<'a> Graph<'a> {
    /// Reads the pickle that the message begins with.
    ///
    /// Nothing is imported or called. Bytes after the pickle are not read: see [`end`](Self::end).
    ///
    /// # Errors
    /// Fails if CPython's unpickler would, or the default [`Limits`](crate::Limits) are exceeded.
    pub fn read(message: &'a [u8]) -> Result<Self> {
        Graph::read_with(message, ReadOptions::defaults())
    }

    /// As [`read`](Self::read), with options.
    ///
    /// # Errors
    /// Fails as [`read`](Self::read) does, or if the options forbid what is in the pickle.
    pub fn read_with(message: &'a [u8], options: &ReadOptions) -> Result<Self> {
        Self::read_charged(message, options, 0)
    }

    /// As [`read_with`](Self::read_with), after that many values were charged already.
    pub(crate) fn read_charged(
        message: &'a [u8],
        options: &ReadOptions,
        charged: usize,
    ) -> Result<Self> {
        // Filled where it is returned, as it is large to move.
        let mut read = Ok(Graph::new(message, options.limits.depth));
        if let Ok(graph) = &mut read
            && let Err(error) = graph.fill_charged(options, charged)
        {
            read = Err(error);
        }
        read
    }

    /// Reads its message into it.
    pub(crate) fn fill(&mut self, options: &ReadOptions) -> Result<()> {
        self.fill_charged(options, 0)
    }

    fn fill_charged(&mut self, options: &ReadOptions, charged: usize) -> Result<()> {
        self.take_rows();
        Machine::new(self, options).charged(charged).run()
    }
}
