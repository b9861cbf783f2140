//! `numpy`: arrays, scalars and data types, as numpy 1 and 2 pickle them.
//!
//! | Python | Rust | notes |
//! |---|---|---|
//! | `numpy.ndarray` | [`NdArray`] | owns its data, or shares those of the message |
//! | `numpy.ndarray` | [`NdArrayView`] | borrows from a message or a value |
//! | `numpy.float64(1.5)`, … | [`Scalar`] | |
//! | `numpy.dtype` | [`Dtype`] | also structures and arrays in arrays |
//!
//! Every numpy reads what is written here without a warning, with the data in the pickle at any
//! protocol (`Value::from(array)`) or beside it at protocol 5
//! ([`into_out_of_band`](NdArray::into_out_of_band)). Masked arrays, `matrix`, `StringDType` and
//! subclasses of arrays are kept in a [`Value`](crate::Value) unchanged.
//!
//! The feature `numpy` adds `as_slice`, which borrows elements in place; the feature `ndarray` adds
//! conversions from and to the crate `ndarray`.

mod array;
mod dtype;
mod element;
mod item;
mod layout;
#[cfg(feature = "ndarray")]
mod ndarray;
mod reconstruct;
mod reduced;
mod scalar;
mod serde;
#[cfg(test)]
mod tests;
mod tree;
mod view;

pub use array::NdArray;
pub use dtype::{Dtype, DtypeKind, Field};
pub use element::NumpyElement;
pub use layout::Order;
pub use scalar::Scalar;
pub use view::NdArrayView;

pub(crate) use self::serde::{VIEW, visit_view};

/// Defines the methods that arrays and views have in common.
macro_rules! alike {
    ($($name:ty)*) => {$(
        impl $name {
            /// Returns `a.dtype`.
            pub fn dtype(&self) -> &Dtype {
                &self.layout.dtype
            }

            /// Returns `a.shape`.
            pub fn shape(&self) -> &[usize] {
                &self.layout.shape
            }

            /// Returns the order of the elements in memory.
            pub fn order(&self) -> Order {
                self.layout.order
            }

            /// Returns `a.size`: the number of elements.
            pub fn len(&self) -> usize {
                self.layout.len()
            }

            /// Returns whether there are no elements.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Returns all elements in C order (`a.ravel().tolist()`), in the byte order of this
            /// machine; `None` if they are of another type.
            pub fn to_vec<T: NumpyElement>(&self) -> Option<Vec<T>> {
                self.layout.to_vec(self.bytes())
            }

            /// Returns the elements in place, in [memory order](Self::order), without a copy.
            /// `None` if they are of another type or byte order, or not aligned. Alignment in a
            /// message is a matter of luck: fall back on [`to_vec`](Self::to_vec).
            #[cfg(feature = "numpy")]
            pub fn as_slice<T: NumpyElement>(&self) -> Option<&[T]> {
                self.layout.as_slice(self.bytes())
            }
        }
    )*};
}
alike!(NdArray NdArrayView<'_>);
