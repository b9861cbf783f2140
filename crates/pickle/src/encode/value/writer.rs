//! The writer of a value: the encoder, the memo, and the stack of what is to be continued.

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
    /// What is to be continued, innermost last.
    pub(super) stack: Vec<Frame<'v>>,
    /// Out-of-band buffers; `None` writes them into the pickle.
    pub(super) buffers: Option<Vec<Bytes>>,
    pub(super) repeated: Repeated,
}

/// The rest of something that was begun.
pub(super) enum Frame<'v> {
    /// One value.
    Value(&'v Value),
    /// Values, one after the other.
    Values(Iter<'v, Value>),
    /// Items of a list, or of a set from protocol 4 on.
    Items(Iter<'v, Value>, Batch),
    Pairs(Iter<'v, (Value, Value)>, Batch),
    /// A tuple, and its remaining items.
    Tuple(&'v Value, Iter<'v, Value>),
    FrozenSet(&'v Value, Iter<'v, Value>),
    /// A set or frozenset whose items are in a list: protocols 2 and 3.
    SetOfList(&'v Value),
    Persistent(&'v Value, &'v PersistentId),
    /// An instance, and the opcode that constructs it after its parts.
    Make(&'v Value, &'v Instance, u8),
    /// The arguments of a `functools.partial` that stands for NEWOBJ_EX, that many.
    PartialArgs(usize),
    /// An instance that such a partial constructs.
    PartialMake(&'v Value, &'v Instance),
    /// The changes of an instance from this one on.
    Changes(&'v Instance, usize),
    /// The values of these changes, all of one kind.
    Changed(Iter<'v, Change>),
    /// An opcode.
    Op(u8),
}

/// What to do next, or `None` to continue from the stack.
pub(super) type Next<'v> = Result<Option<Frame<'v>>>;

impl<'v, 'o> Writer<'v, 'o> {
    /// The encoder is made last, in place.
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
