//! Where objects are used, and where the items of containers are.

use std::ops::Range;

/// Tells text and bytes apart that stand in the memo.
pub(crate) type TextId = u32;

/// The number of what is not in the memo.
pub(crate) const NO_TEXT: TextId = u32::MAX;

/// A value where it is used: small ones themselves, the rest by the number of their cell. `at` is
/// the byte in the message where it stands (`u32::MAX` beyond 4 GiB).
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

/// Where the items of a container are: from `start` on in the pool, or by themselves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    start: u32,
    len: u32,
}

impl Row {
    pub(crate) const EMPTY: Row = Row { start: 0, len: 0 };

    /// Where none starts in the pool.
    const GROWN: u32 = u32::MAX;

    #[inline]
    pub(crate) fn in_pool(start: usize, len: usize) -> Option<Row> {
        match (u32::try_from(start), u32::try_from(len)) {
            (Ok(start), Ok(len)) if start != Row::GROWN => Some(Row { start, len }),
            _ => None,
        }
    }

    /// That number among those that have grown.
    pub(crate) fn grown(number: usize) -> Option<Row> {
        let len = u32::try_from(number).ok()?;
        let start = Row::GROWN;
        Some(Row { start, len })
    }

    /// Its number among those that have grown, or its place in the pool.
    #[inline]
    pub(crate) fn place(self) -> std::result::Result<usize, Range<usize>> {
        let (start, len) = (self.start as usize, self.len as usize);
        match self.start {
            Row::GROWN => Ok(len),
            _ => Err(start..start + len),
        }
    }

    /// Whether it is in the pool, and empty.
    #[inline]
    pub(crate) fn is_new(self) -> bool {
        self.len == 0 && self.start != Row::GROWN
    }
}
