//! Type, shape and memory order of arrays, shared by [`NdArray`](super::NdArray) and
//! [`NdArrayView`](super::NdArrayView).

use super::NumpyElement;
use super::dtype::{Dtype, DtypeKind};
use super::item;
use super::tree::{count, refuse};
use crate::{PickleError, Value};

/// Order of elements in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// C order: the last index changes fastest.
    #[default]
    C,
    /// Fortran order: the first index changes fastest.
    Fortran,
}

/// Type, shape and memory order of an array.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    pub(super) order: Order,
}
/// Limits the number of elements of size 0: it is not bounded by the number of bytes.
/// Limits elements of size 0, of which no bytes bound the number.
const MOST_EMPTY_ELEMENTS: usize = 1 << 16;

impl Layout {
    pub(super) fn len(&self) -> usize {
        count(&self.shape).unwrap_or(0)
    }

    /// Checks that the array takes that many bytes.
    pub(super) fn check(&self, bytes: usize) -> Result<(), PickleError> {
        let elements = count(&self.shape);
        let wanted = elements.and_then(|count| count.checked_mul(self.dtype.itemsize()));
        let countable = self.dtype.itemsize() > 0 || elements <= Some(MOST_EMPTY_ELEMENTS);
        match wanted == Some(bytes) && countable {
            true => Ok(()),
            false => Err(refuse(&format!(
                "{bytes} bytes for an array of shape {:?} and type {}",
                self.shape, self.dtype
            ))),
        }
    }

    /// Returns all elements in C order.
    pub(super) fn to_vec<T: NumpyElement>(&self, data: &[u8]) -> Option<Vec<T>> {
        if !T::reads(&self.dtype) {
            return None;
        }
        let big_endian = self.dtype.is_big_endian();
        let elements = data.chunks_exact(size_of::<T>());
        let in_memory: Option<Vec<T>> = elements.map(|bytes| T::read(bytes, big_endian)).collect();
        Some(self.in_c_order(in_memory?))
    }

    /// Returns all elements in C order, as numpy's `item()` does.
    pub(super) fn to_values(&self, data: &[u8]) -> Vec<Value> {
        let size = self.dtype.itemsize();
        let element = |at: usize| item::value(&self.dtype, &data[at * size..][..size]);
        let in_memory: Vec<Value> = (0..self.len()).map(element).collect();
        self.in_c_order(in_memory)
    }

    /// Reorders elements from memory order to C order.
    pub(super) fn in_c_order<T: Clone>(&self, in_memory: Vec<T>) -> Vec<T> {
        if self.order == Order::C || self.shape.len() < 2 || in_memory.is_empty() {
            return in_memory;
        }
        let mut strides = Vec::with_capacity(self.shape.len());
        let mut stride = 1;
        for length in &self.shape {
            strides.push(stride);
            stride *= length;
        }
        let mut index = vec![0; self.shape.len()];
        let mut at = 0;
        let mut sorted = Vec::with_capacity(in_memory.len());
        for _ in 0..in_memory.len() {
            sorted.extend(in_memory.get(at).cloned());
            // Advance to the next index, the last axis first.
            for axis in (0..index.len()).rev() {
                index[axis] += 1;
                at += strides[axis];
                if index[axis] < self.shape[axis] {
                    break;
                }
                at -= strides[axis] * self.shape[axis];
                index[axis] = 0;
            }
        }
        sorted
    }

    /// Returns the elements in place, in memory order.
    #[cfg(feature = "numpy")]
    pub(super) fn as_slice<'a, T: NumpyElement>(&self, data: &'a [u8]) -> Option<&'a [T]> {
        if !T::reads(&self.dtype) || !self.dtype.is_native() {
            return None;
        }
        if data.is_empty() {
            // Empty data may be unaligned.
            return Some(&[]);
        }
        bytemuck::checked::try_cast_slice(data).ok()
    }

    pub(super) fn is_object(&self) -> bool {
        self.dtype.kind() == DtypeKind::Object
    }
}
