//! What a value is written by: the encoder, what was written before, and what is to be continued.

use std::slice::Iter;

use super::batch::Batch;
use super::interned::Interned;
use super::memo::Memo;
use super::repeated::Repeated;
use crate::encode::encoder::Encoder;
use crate::{Bytes, Change, Instance, Limits, PersistentId, Result, Value};

/// Writes one value.
pub(super) struct Writer<'v, 'o> {
    pub(super) encoder: Encoder<'o>,
    pub(super) memo: Memo<'v>,
    pub(super) interned: Interned,
    /// What is to be continued, the innermost last.
    pub(super) stack: Vec<Frame<'v>>,
    /// Where buffers go; without, they stay in the pickle.
    pub(super) buffers: Option<Vec<Bytes>>,
    pub(super) repeated: Repeated,
}

/// What remains of something that was begun.
pub(super) enum Frame<'v> {
    /// One value.
    Value(&'v Value),
    /// Values, one after the other.
    Values(Iter<'v, Value>),
    /// Items of a list, or of a set from protocol 4 on.
    Items(Iter<'v, Value>, Batch),
    Pairs(Iter<'v, (Value, Value)>, Batch),
    /// A tuple with the items that are still to come.
    Tuple(&'v Value, Iter<'v, Value>),
    FrozenSet(&'v Value, Iter<'v, Value>),
    /// A set or frozenset whose items lie in a list: protocols 2 and 3.
    SetOfList(&'v Value),
    Persistent(&'v Value, &'v PersistentId),
    /// An instance: the opcode that makes it, once what it takes is there.
    Make(&'v Value, &'v Instance, u8),
    /// The arguments of a `functools.partial` that stands for NEWOBJ_EX, so many.
    PartialArgs(usize),
    /// An instance that such a partial makes.
    PartialMake(&'v Value, &'v Instance),
    /// What happens to an instance, from this change on.
    Changes(&'v Instance, usize),
    /// What these changes, of one kind, bring.
    Changed(Iter<'v, Change>),
    /// An opcode.
    Op(u8),
}

/// What to do next, or `None` to go on with what waits.
pub(super) type Next<'v> = Result<Option<Frame<'v>>>;

impl<'v, 'o> Writer<'v, 'o> {
    /// The encoder is made last, where it stays.
    #[inline(always)]
    pub(super) fn new(encoder: impl FnOnce() -> Encoder<'o>, buffers: Option<Vec<Bytes>>) -> Self {
        Writer {
            memo: Memo::default(),
            interned: Interned::default(),
            stack: Vec::new(),
            buffers,
            repeated: Repeated::default(),
            encoder: encoder(),
        }
    }

    pub(super) fn limit(&mut self, limits: &Limits) {
        self.encoder.limit_output(limits.output);
        self.repeated = Repeated::new(limits.repeated);
    }
}
