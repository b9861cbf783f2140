//! Ends of containers.

use crate::opcode::{BATCH_SIZE, FRAME, TUPLE};

/// [`BATCH_SIZE`], as a length.
pub(super) const BATCH: usize = BATCH_SIZE as usize;

/// The opcode that ends the items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// TUPLE1 to TUPLE3, whose number of items is fixed.
    Counted,
    /// TUPLE, after a MARK.
    Tuple,
    /// APPENDS or SETITEMS, after a MARK.
    Batch,
    /// APPEND or SETITEM, after a single item.
    Single,
    /// None: the container ends here.
    Here,
}

/// An [`End`], with its opcode if there is only one.
///
/// One integer: reading together what was just written in parts stalls the processor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends(u32);

impl Ends {
    pub(super) const TUPLE: Ends = Ends(TUPLE as u32);
    pub(super) const COUNTED: Ends = Ends(0x100);
    pub(super) const SINGLE: Ends = Ends(0x101);
    pub(super) const HERE: Ends = Ends(0x102);

    /// Returns that end, where batches end with this opcode.
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

    /// Returns whether the container certainly does not end at an opcode.
    #[inline(always)]
    pub(super) fn goes_on_at(self, code: u8) -> bool {
        self.0 < Ends::COUNTED.0 && self.0 != u32::from(code) && code != FRAME
    }
}

/// What follows in a container.
pub(super) enum Following {
    /// An item of the same batch.
    Inside,
    /// The first item of another batch.
    NextBatch,
    /// The end of the container.
    End,
}

impl Following {
    /// Returns what follows a batch, given what ends the next items.
    pub(super) fn after_batch(end: End) -> Self {
        match end {
            End::Here => Following::End,
            _ => Following::NextBatch,
        }
    }
}

/// A container that is being skipped.
pub(super) struct Open {
    pub(super) end: End,
    pub(super) pairs: bool,
    /// Number of items of its tuple or batch that are begun; of a dict, keys and values.
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
