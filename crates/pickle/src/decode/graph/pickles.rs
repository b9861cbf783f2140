//! Several pickles in a row.

use super::arena::Graph;
use crate::{ReadOptions, Result};

/// Reads the pickles that a slice holds one after the other, as repeated calls of `pickle.load` do
/// from a file.
///
/// ```
/// use mpconn_pickle::graph::pickles;
///
/// let mut sum = 0;
/// for graph in pickles(b"K\x01.K\x02.") {
///     sum += graph?.root().as_i64().unwrap_or(0);
/// }
/// assert_eq!(sum, 3);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
pub fn pickles(message: &[u8]) -> Pickles<'_> {
    pickles_with(message, ReadOptions::defaults())
}

/// As [`pickles`], with options for each of them.
pub fn pickles_with<'a>(message: &'a [u8], options: &ReadOptions) -> Pickles<'a> {
    Pickles {
        rest: message,
        options: options.clone(),
    }
}

/// Iterates over [`pickles`]. An error is the last item, as the next pickle cannot be found after it.
/// Offsets count from the beginning of each pickle.
#[derive(Debug)]
pub struct Pickles<'a> {
    rest: &'a [u8],
    options: ReadOptions,
}

impl<'a> Pickles<'a> {
    /// Returns the bytes that are not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Pickles<'a> {
    type Item = Result<Graph<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let graph = Graph::read_with(self.rest, &self.options);
        self.rest = match &graph {
            Ok(graph) => &self.rest[graph.end()..],
            Err(_) => &[],
        };
        Some(graph)
    }
}

impl std::iter::FusedIterator for Pickles<'_> {}
