//! Containers in a pickle while they are open: which opcodes go around their items.

use super::fields_of::miscounted;
use crate::pickle_next::Result;
use crate::pickle_next::opcode as op;
use crate::pickle_next::write::encoder::Encoder;

/// How many items there are between a MARK and its APPENDS, as in CPython.
const GROUP: u32 = 1000;

/// A container whose beginning is written.
#[derive(Clone, Copy)]
pub(super) struct Open {
    kind: Kind,
    /// Whether a MARK waits for its end.
    marked: bool,
    /// How many items go into the current group yet.
    left: u32,
}

/// What ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    EmptyTuple,
    Tuple1,
    Tuple2,
    Tuple3,
    Tuple,
    List,
    ListOfOne,
    Dict,
    DictOfOne,
    NoFields,
    Fields,
    Set,
    /// A list that `set` or `frozenset` is called with.
    SetByCall,
    FrozenSet,
}

impl Open {
    /// Its items come in groups.
    #[inline]
    pub(super) fn groups(kind: Kind) -> Self {
        Open {
            kind,
            marked: false,
            left: 0,
        }
    }

    /// Its items come in one piece.
    #[inline]
    pub(super) fn whole(kind: Kind) -> Self {
        Open {
            kind,
            marked: false,
            left: u32::MAX,
        }
    }

    /// Before each item.
    #[inline]
    pub(super) fn next(&mut self, encoder: &mut Encoder<'_>) {
        if self.left == 0 {
            self.next_group(encoder);
        }
        self.left -= 1;
    }

    fn next_group(&mut self, encoder: &mut Encoder<'_>) {
        let Some(end) = self.kind.end_of_group() else {
            self.left = u32::MAX;
            return;
        };
        if self.marked {
            encoder.op(end);
        }
        encoder.op(op::MARK);
        self.marked = true;
        self.left = GROUP;
    }

    /// After the last item, of so many.
    #[inline]
    pub(super) fn close(self, encoder: &mut Encoder<'_>, given: usize) -> Result<()> {
        if let Some(said) = self.kind.count()
            && said != given
        {
            return Err(miscounted(said, given));
        }
        if let (true, Some(end)) = (self.marked, self.kind.end_of_group()) {
            encoder.op(end);
        }
        match self.kind {
            Kind::EmptyTuple | Kind::NoFields | Kind::List | Kind::Dict | Kind::Set => {}
            Kind::Tuple1 => encoder.op(op::TUPLE1),
            Kind::Tuple2 => encoder.op(op::TUPLE2),
            Kind::Tuple3 => encoder.op(op::TUPLE3),
            Kind::Tuple => encoder.op(op::TUPLE),
            Kind::ListOfOne => encoder.op(op::APPEND),
            Kind::DictOfOne => encoder.op(op::SETITEM),
            Kind::Fields => encoder.op(op::SETITEMS),
            Kind::FrozenSet => encoder.op(op::FROZENSET),
            Kind::SetByCall => {
                encoder.op(op::TUPLE1);
                encoder.op(op::REDUCE);
            }
        }
        Ok(())
    }
}

impl Kind {
    #[inline]
    fn end_of_group(self) -> Option<u8> {
        Some(match self {
            Kind::List | Kind::SetByCall => op::APPENDS,
            Kind::Dict => op::SETITEMS,
            Kind::Set => op::ADDITEMS,
            _ => return None,
        })
    }

    /// How many items there have to be, or else its end is wrong.
    #[inline]
    fn count(self) -> Option<usize> {
        Some(match self {
            Kind::EmptyTuple | Kind::NoFields => 0,
            Kind::Tuple1 | Kind::ListOfOne | Kind::DictOfOne => 1,
            Kind::Tuple2 => 2,
            Kind::Tuple3 => 3,
            _ => return None,
        })
    }
}
