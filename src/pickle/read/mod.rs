//! Reading pickles: `pickle.loads` for plain data.
//!
//! ```text
//! message ── plain (one str or bytes: taken as it lies) ──────────────────────────> Value
//!    └────── machine (opcodes onto a stack of nodes) ──> graph (nodes into a tree) ──^
//! ```
//!
//! Neither step recurses, so that no message overflows the stack. The machine allocates for
//! bytes that are there, never for a length that is claimed. The graph is where shared
//! references turn into copies, so that is where their growth is limited, and the depth.

mod graph;
mod machine;
mod memo;
mod plain;
mod reduce;
mod source;
mod text;

#[cfg(test)]
mod tests;

use super::error::Error;
use super::{MAX_DEPTH, Value};

type Result<T> = std::result::Result<T, Error>;

/// What a pickle may cost to read.
///
/// ```
/// use mpconn::pickle::{Limits, loads_with};
///
/// // [[[]]]
/// let error = loads_with(b"]]]aa.".to_vec(), &Limits::new().depth(2)).unwrap_err();
/// assert!(error.to_string().contains("nested deeper than 2 levels"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    depth: usize,
    growth: u64,
}

impl Limits {
    /// The defaults: 500 levels, 256 MiB of growth.
    pub fn new() -> Self {
        Limits {
            depth: MAX_DEPTH,
            growth: 256 << 20,
        }
    }

    /// How deep values may be nested, at most (and unless told) [`MAX_DEPTH`] levels.
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = levels.min(MAX_DEPTH);
        self
    }

    /// How many bytes of memory the copies may take that shared references turn into. A pickle
    /// stores an object once that appears a thousand times; a [`Value`] holds it a thousand times.
    pub fn growth(mut self, bytes: u64) -> Self {
        self.growth = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::new()
    }
}

/// Reads a pickle of any protocol: `pickle.loads`.
///
/// A message that is one `bytes` or `str` is taken as it lies, without a second copy. What
/// follows the pickle is ignored, as in Python. A `bytearray` comes as bytes. Python 2's `str`
/// comes as text where it is ASCII and as bytes where it is not.
///
/// Nothing is imported or called.
///
/// # Errors
/// What is no pickle, is cut off, or exceeds [`Limits`]; and what a [`Value`] cannot hold yet
/// ([`Error::is_unsupported`]): instances of classes, classes and functions, cycles, lone
/// surrogates, persistent ids, out-of-band buffers.
pub fn loads(message: Vec<u8>) -> Result<Value> {
    loads_with(message, &Limits::new())
}

/// As [`loads`], within other limits.
///
/// # Errors
/// As [`loads`].
pub fn loads_with(message: Vec<u8>, limits: &Limits) -> Result<Value> {
    match plain::find(&message) {
        Some(found) => Ok(found.take_out_of(message)),
        None => machine::Machine::run(&message, limits),
    }
}
