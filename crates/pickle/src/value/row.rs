//! Small containers in one allocation.

use triomphe::{Arc, UniqueArc};

use super::discard;
use super::object::{Level, Part, Row, Value};

impl Part for Value {
    #[inline]
    fn take_deep(&mut self, take: &mut impl FnMut(Value)) {
        if self.is_container() {
            take(std::mem::take(self));
        }
    }
}

impl Part for (Value, Value) {
    #[inline]
    fn take_deep(&mut self, take: &mut impl FnMut(Value)) {
        self.0.take_deep(take);
        self.1.take_deep(take);
    }
}

/// A [`Row`] being filled.
pub(crate) struct Open<T>(UniqueArc<[T]>);

impl<T: Part> Open<T> {
    /// Makes a row of that many default items.
    #[inline]
    pub(crate) fn new(count: usize) -> Self {
        Open((0..count).map(|_| T::default()).collect())
    }

    /// Returns the items.
    #[inline]
    pub(crate) fn places(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Part> From<Open<T>> for Row<T> {
    #[inline]
    fn from(open: Open<T>) -> Self {
        Row(open.0.shareable(), Level)
    }
}

impl<T: Part> Row<T> {
    /// Makes a row of that many items, which `fill` writes over default ones.
    #[inline]
    pub(super) fn new(count: usize, fill: impl FnOnce(&mut [T])) -> Self {
        let mut row = Open::new(count);
        fill(row.places());
        row.into()
    }

    #[inline]
    pub(super) fn as_slice(&self) -> &[T] {
        &self.0
    }

    #[inline]
    pub(super) fn is_unique(&self) -> bool {
        self.0.is_unique()
    }

    #[inline]
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<u8>().addr()
    }

    /// Returns the items; copies them if others share the row.
    pub(super) fn into_vec(mut self) -> Vec<T> {
        self.take_vec()
    }

    /// Same as [`into_vec`](Self::into_vec), but leaves the row empty.
    pub(super) fn take_vec(&mut self) -> Vec<T> {
        match Arc::get_mut(&mut self.0) {
            Some(items) => items.iter_mut().map(std::mem::take).collect(),
            None => self.0.to_vec(),
        }
    }
}

impl<T: Part> Drop for Row<T> {
    #[inline]
    fn drop(&mut self) {
        discard::enter(|heap| {
            if let Some(items) = Arc::get_mut(&mut self.0) {
                discard::take_parts_of(items, heap);
            }
        });
    }
}
