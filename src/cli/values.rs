//! Values as text: Python literals, JSON, or the bytes of messages that are no pickles.

use mpconn::pickle::{self, Protocol, Value};

use super::args::FormatArgs;

/// How values are written and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Python literals, pickled.
    Literal,
    /// JSON, pickled.
    Json,
    /// Bytes literals of whole messages.
    Raw,
}

impl From<&FormatArgs> for Format {
    fn from(args: &FormatArgs) -> Self {
        match (args.json, args.raw) {
            (_, true) => Format::Raw,
            (true, _) => Format::Json,
            _ => Format::Literal,
        }
    }
}

/// Why a text is no value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Where, counted in characters from 1.
    pub(crate) column: usize,
    pub(crate) reason: String,
}
