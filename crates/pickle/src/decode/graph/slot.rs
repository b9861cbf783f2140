//! Slots, which refer to objects, and rows of slots, which are the items of containers.

use std::ops::Range;

/// The identity of text or bytes in the memo.
pub(crate) type TextId = u32;

/// The identity of what is not in the memo.
pub(crate) const NO_TEXT: TextId = u32::MAX;

/// A reference to a value: a small value itself, any other by the number of its cell. `at` is its
/// offset in the message (`u32::MAX` beyond 4 GiB).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot<'a> {
    None { at: u32 },
    Bool { at: u32, value: bool },
    Int { at: u32, value: i64 },
    Float { at: u32, value: f64 },
    Str { id: TextId, text: &'a str },
    Bytes { id: TextId, bytes: &'a [u8] },
    Cell { at: u32, id: u32 },
}

/// The items of a container: from `start` on in the pool, or in a vector of their own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    start: u32,
    len: u32,
}

impl Row {
    pub(crate) const EMPTY: Row = Row { start: 0, len: 0 };

    /// Marks the items that are in a vector of their own.
    const GROWN: u32 = u32::MAX;

    #[inline]
    pub(crate) fn in_pool(start: usize, len: usize) -> Option<Row> {
        match (u32::try_from(start), u32::try_from(len)) {
            (Ok(start), Ok(len)) if start != Row::GROWN => Some(Row { start, len }),
            _ => None,
        }
    }

    /// The items that have this number in `grown`.
    pub(crate) fn grown(number: usize) -> Option<Row> {
        let len = u32::try_from(number).ok()?;
        let start = Row::GROWN;
        Some(Row { start, len })
    }

    /// Returns its number in `grown`, or else its range in the pool.
    #[inline]
    pub(crate) fn place(self) -> std::result::Result<usize, Range<usize>> {
        let (start, len) = (self.start as usize, self.len as usize);
        match self.start {
            Row::GROWN => Ok(len),
            _ => Err(start..start + len),
        }
    }

    /// Returns whether it is in the pool, and empty.
    #[inline]
    pub(crate) fn is_new(self) -> bool {
        self.len == 0 && self.start != Row::GROWN
    }
}
