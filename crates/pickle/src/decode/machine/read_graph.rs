//! From a message to its graph.

use crate::decode::graph::Graph;
use crate::decode::machine::Machine;
use crate::{ReadOptions, Result};

impl<'a> Graph<'a> {
    /// Reads the pickle that the message begins with.
    ///
    /// Nothing is imported or called. What follows the pickle is left alone: see [`end`](Self::end).
    ///
    /// # Errors
    /// What CPython's unpickler refuses, and what exceeds the default [`Limits`](crate::Limits).
    pub fn read(message: &'a [u8]) -> Result<Self> {
        Graph::read_with(message, ReadOptions::defaults())
    }

    /// As [`read`](Self::read), with options.
    ///
    /// # Errors
    /// As [`read`](Self::read), and what the options forbid.
    pub fn read_with(message: &'a [u8], options: &ReadOptions) -> Result<Self> {
        Self::read_charged(message, options, 0)
    }

    /// The same where as many values were charged before.
    pub(crate) fn read_charged(
        message: &'a [u8],
        options: &ReadOptions,
        charged: usize,
    ) -> Result<Self> {
        // Filled where it is handed on: it is large.
        let mut read = Ok(Graph::new(message, options.limits.depth));
        if let Ok(graph) = &mut read
            && let Err(error) = graph.fill_charged(options, charged)
        {
            read = Err(error);
        }
        read
    }

    /// Reads its message.
    pub(crate) fn fill(&mut self, options: &ReadOptions) -> Result<()> {
        self.fill_charged(options, 0)
    }

    fn fill_charged(&mut self, options: &ReadOptions, charged: usize) -> Result<()> {
        self.take_rows();
        Machine::new(self, options).charged(charged).run()
    }
}
