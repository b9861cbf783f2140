//! The items of lists, dicts and sets, in groups of a thousand as CPython has them.

use super::encoder::Encoder;
use crate::pickle::opcode as op;

/// `pickle._Pickler._BATCHSIZE`
const SIZE: usize = 1000;

/// Keeps count of the items of one container: call [`item`](Self::item) before each item or pair,
/// [`end`](Self::end) after the last.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    kind: Kind,
    /// How many the current group holds.
    count: usize,
    /// The only item of all goes without MARK.
    alone: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Dict,
    Set,
}

impl Batch {
    /// Of a list; `None` where nobody knows the length yet.
    #[inline]
    pub(crate) fn list(length: Option<usize>) -> Self {
        Batch::new(Kind::List, length == Some(1))
    }

    /// Of a dict.
    #[inline]
    pub(crate) fn dict(length: Option<usize>) -> Self {
        Batch::new(Kind::Dict, length == Some(1))
    }

    /// Of a set, protocol 4 and 5.
    #[inline]
    pub(crate) fn set() -> Self {
        Batch::new(Kind::Set, false)
    }

    #[inline]
    fn new(kind: Kind, alone: bool) -> Self {
        Batch {
            kind,
            count: 0,
            alone,
        }
    }

    /// Before an item or a pair.
    #[inline]
    pub(crate) fn item(&mut self, encoder: &mut Encoder<'_>) {
        if self.alone {
            return;
        }
        if self.count == SIZE {
            encoder.op(self.many());
            self.count = 0;
        }
        if self.count == 0 {
            encoder.op(op::MARK);
        }
        self.count += 1;
    }

    /// After the last of them. A full last group of a dict or set is followed by an empty one:
    /// CPython looks for more.
    #[inline]
    pub(crate) fn end(self, encoder: &mut Encoder<'_>) {
        if self.alone {
            encoder.op(if self.kind == Kind::Dict {
                op::SETITEM
            } else {
                op::APPEND
            });
        } else if self.count > 0 {
            encoder.op(self.many());
            if self.count == SIZE && self.kind != Kind::List {
                encoder.op(op::MARK);
                encoder.op(self.many());
            }
        }
    }

    #[inline]
    fn many(self) -> u8 {
        match self.kind {
            Kind::List => op::APPENDS,
            Kind::Dict => op::SETITEMS,
            Kind::Set => op::ADDITEMS,
        }
    }
}
