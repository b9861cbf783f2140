//! `numpy`: arrays, scalars and data types, as numpy 1 and 2 pickle them.
//!
//! | Python | Rust | notes |
//! |---|---|---|
//! | `numpy.ndarray` | [`NdArray`] | owns its data, which may lie in the message that it was read from |
//! | `numpy.ndarray` | [`NdArrayView`] | borrows from a message or a value |
//! | `numpy.float64(1.5)`, … | [`Scalar`] | |
//! | `numpy.dtype` | [`Dtype`] | structures and arrays in arrays, too |
//!
//! What is written here is read by every numpy, without a warning: in the pickle at any protocol
//! (`Value::from(array)`), or beside it at protocol 5
//! ([`into_out_of_band`](NdArray::into_out_of_band)). Masked arrays, `matrix`, `StringDType` and
//! subclasses of arrays stay what they are in a [`Value`](crate::Value).
//!
//! With the feature `numpy`, elements can be looked at where they lie (`as_slice`); with `ndarray`,
//! arrays turn into those of the crate of that name, and are made of them.

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

/// What arrays and views do alike.
macro_rules! alike {
    ($($name:ty)*) => {$(
        impl $name {
            /// `a.dtype`
            pub fn dtype(&self) -> &Dtype {
                &self.layout.dtype
            }

            /// `a.shape`
            pub fn shape(&self) -> &[usize] {
                &self.layout.shape
            }

            /// In which order the elements lie in memory.
            pub fn order(&self) -> Order {
                self.layout.order
            }

            /// `a.size`: how many elements there are.
            pub fn len(&self) -> usize {
                self.layout.len()
            }

            /// Whether there is no element.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// All elements in the order of C (`a.ravel().tolist()`), in the byte order of this
            /// machine; `None` where they are of another type.
            pub fn to_vec<T: NumpyElement>(&self) -> Option<Vec<T>> {
                self.layout.to_vec(self.bytes())
            }

            /// The elements where they lie, in [their order](Self::order): without a copy.
            /// `None` where they are of another type or byte order, and where they do not lie at
            /// a multiple of their size, which in a message is a matter of luck:
            /// [`to_vec`](Self::to_vec) serves then.
            #[cfg(feature = "numpy")]
            pub fn as_slice<T: NumpyElement>(&self) -> Option<&[T]> {
                self.layout.as_slice(self.bytes())
            }
        }
    )*};
}
alike!(NdArray NdArrayView<'_>);
