//! Open containers of a pickle: the opcodes around their items.

use super::structs::miscounted;
use crate::Result;
use crate::encode::encoder::Encoder;
use crate::opcode as op;

/// Stands for no opcode.
const NOTHING: u8 = 0;

/// Stands for any number of items.
const ANY: u8 = u8::MAX;

/// A container whose beginning is written. Small, to stay in registers.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// Number of items that still fit the current batch.
    left: u32,
    /// The opcode that ends a batch with a MARK.
    end_of_group: u8,
    /// The opcode that ends the container.
    end: u8,
    /// Number of items that its end expects.
    count: u8,
    /// Whether a batch was begun.
    begun: bool,
}

impl Open {
    const fn groups(end_of_group: u8, end: u8) -> Self {
        Open {
            left: 0,
            end_of_group,
            end,
            count: ANY,
            begun: false,
        }
    }

    /// For items without batches: one alone, or all after one MARK.
    const fn whole(end: u8, count: u8) -> Self {
        Open {
            left: u32::MAX,
            end_of_group: NOTHING,
            end,
            count,
            begun: false,
        }
    }

    /// Returns the rest of a list, after EMPTY_LIST.
    #[inline(always)]
    pub(super) fn list(len: Option<usize>, encoder: &mut Encoder<'_>) -> Self {
        const LIST: Open = Open::groups(op::APPENDS, NOTHING);
        match len {
            Some(1) => Open::whole(op::APPEND, 1),
            Some(2..) => {
                encoder.op(op::MARK);
                Open {
                    left: op::BATCH_SIZE.into(),
                    begun: true,
                    ..LIST
                }
            }
            _ => LIST,
        }
    }

    /// Returns the rest of a dict, after EMPTY_DICT.
    pub(super) fn dict(len: Option<usize>) -> Self {
        match len {
            Some(1) => Open::whole(op::SETITEM, 1),
            _ => Open::groups(op::SETITEMS, NOTHING),
        }
    }

    /// Returns the rest of a dict of that many fields, after EMPTY_DICT.
    #[inline]
    pub(super) fn fields(len: usize, encoder: &mut Encoder<'_>) -> Self {
        match len {
            0 => Open::whole(NOTHING, 0),
            1 => Open::whole(op::SETITEM, 1),
            _ => {
                encoder.op(op::MARK);
                Open::whole(op::SETITEMS, ANY)
            }
        }
    }

    /// Begins a tuple. One of unknown length is written as a long one.
    #[inline]
    pub(super) fn tuple(len: Option<usize>, encoder: &mut Encoder<'_>) -> Self {
        encoder.begin();
        match len {
            Some(0) => {
                encoder.op(op::EMPTY_TUPLE);
                Open::whole(NOTHING, 0)
            }
            Some(1) => Open::whole(op::TUPLE1, 1),
            Some(2) => Open::whole(op::TUPLE2, 2),
            Some(3) => Open::whole(op::TUPLE3, 3),
            _ => {
                encoder.op(op::MARK);
                Open::whole(op::TUPLE, ANY)
            }
        }
    }

    /// Returns the rest of a set, after EMPTY_SET.
    pub(super) fn set() -> Self {
        Open::groups(op::ADDITEMS, NOTHING)
    }

    /// Returns the rest of a frozenset, after its MARK.
    pub(super) fn frozen_set() -> Self {
        Open::whole(op::FROZENSET, ANY)
    }

    /// Returns the rest of a call with a list, after the class and EMPTY_LIST.
    pub(super) fn set_by_call() -> Self {
        Open::groups(op::APPENDS, op::REDUCE)
    }

    /// Call before each item.
    #[inline]
    pub(super) fn next(&mut self, encoder: &mut Encoder<'_>) {
        if self.left == 0 {
            self.next_group(encoder);
        }
        self.left -= 1;
    }

    #[inline(never)]
    fn next_group(&mut self, encoder: &mut Encoder<'_>) {
        self.left = op::BATCH_SIZE.into();
        if self.end_of_group == NOTHING {
            return;
        }
        if self.begun {
            encoder.op(self.end_of_group);
        }
        encoder.op(op::MARK);
        self.begun = true;
    }

    /// Call after the last item, with the number of items.
    #[inline(always)]
    pub(super) fn close(&self, encoder: &mut Encoder<'_>, given: usize) -> Result<()> {
        if self.count != ANY && usize::from(self.count) != given {
            return Err(miscounted(self.count.into(), given));
        }
        if self.begun {
            encoder.op(self.end_of_group);
        }
        if self.end == op::REDUCE {
            encoder.op(op::TUPLE1);
        }
        if self.end != NOTHING {
            encoder.op(self.end);
        }
        Ok(())
    }
}
