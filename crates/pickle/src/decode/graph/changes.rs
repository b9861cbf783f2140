//! Changes of an instance after it is constructed.

use std::ops::Deref;

use super::slot::Slot;

/// As [`Change`](crate::Change), with slots for values.
#[derive(Clone, Copy)]
pub(crate) enum ObjectChange<'a> {
    State(Slot<'a>),
    Append(Slot<'a>),
    SetItem(Slot<'a>, Slot<'a>),
    Add(Slot<'a>),
    Call(Slot<'a>),
}

/// The changes in order. One change, nearly always a state, takes no allocation.
pub(crate) enum Changes<'a> {
    One([ObjectChange<'a>; 1]),
    Many(Vec<ObjectChange<'a>>),
}

impl<'a> Changes<'a> {
    pub(crate) const NONE: Self = Changes::Many(Vec::new());

    pub(crate) fn push(&mut self, change: ObjectChange<'a>) {
        match self.is_empty() {
            true => *self = Changes::One([change]),
            false => self.extend([change]),
        }
    }

    pub(crate) fn extend(&mut self, more: impl IntoIterator<Item = ObjectChange<'a>>) {
        if let Changes::One(first) = self {
            *self = Changes::Many(first.to_vec());
        }
        if let Changes::Many(changes) = self {
            changes.extend(more);
        }
    }
}

impl<'a> Deref for Changes<'a> {
    type Target = [ObjectChange<'a>];

    fn deref(&self) -> &Self::Target {
        match self {
            Changes::One(one) => one,
            Changes::Many(many) => many,
        }
    }
}
