//! How containers end.

use crate::opcode::{BATCH_SIZE, FRAME, TUPLE};

/// [`BATCH_SIZE`], as a length.
pub(super) const BATCH: usize = BATCH_SIZE as usize;

/// What ends the items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// TUPLE1 to TUPLE3, which say how many there were.
    Counted,
    /// TUPLE, as there was a MARK.
    Tuple,
    /// APPENDS or SETITEMS, as there was a MARK.
    Batch,
    /// APPEND or SETITEM, behind the only one.
    Single,
    /// There are no more.
    Here,
}

/// What ends the items, with the opcode that does where that is the same everywhere.
///
/// In one piece: parts that were written just now make a processor wait where they are read
/// together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends(u32);

impl Ends {
    pub(super) const TUPLE: Ends = Ends(TUPLE as u32);
    pub(super) const COUNTED: Ends = Ends(0x100);
    pub(super) const SINGLE: Ends = Ends(0x101);
    pub(super) const HERE: Ends = Ends(0x102);

    /// As that end, where batches end with this opcode.
    #[inline(always)]
    pub(super) const fn new(end: End, batch: u8) -> Self {
        match end {
            End::Counted => Ends::COUNTED,
            End::Tuple => Ends::TUPLE,
            End::Batch => Ends(batch as u32),
            End::Single => Ends::SINGLE,
            End::Here => Ends::HERE,
        }
    }

    #[inline(always)]
    pub(super) fn end(self) -> End {
        match self {
            Ends::COUNTED => End::Counted,
            Ends::SINGLE => End::Single,
            Ends::HERE => End::Here,
            Ends::TUPLE => End::Tuple,
            _ => End::Batch,
        }
    }

    /// Whether the container does not end at an opcode, as far as can be told at once.
    #[inline(always)]
    pub(super) fn goes_on_at(self, code: u8) -> bool {
        self.0 < Ends::COUNTED.0 && self.0 != u32::from(code) && code != FRAME
    }
}

/// What comes next in a container.
pub(super) enum Where {
    /// An item, and no end.
    Inside,
    /// An item, which is the first of another batch.
    NextBatch,
    /// What follows the container.
    End,
}

impl Where {
    /// Behind a batch, where what follows it ends like that.
    pub(super) fn behind(end: End) -> Self {
        match end {
            End::Here => Where::End,
            _ => Where::NextBatch,
        }
    }
}

/// A container that is being skipped.
pub(super) struct Open {
    pub(super) end: End,
    pub(super) pairs: bool,
    /// How many items of its tuple or batch were begun; of a dict, keys and values.
    pub(super) count: usize,
}

impl Open {
    pub(super) fn new(end: End, pairs: bool) -> Self {
        let count = 0;
        Open { end, pairs, count }
    }

    pub(super) fn at_value(&self) -> bool {
        self.pairs && self.count % 2 == 1
    }
}
