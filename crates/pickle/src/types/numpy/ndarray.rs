//! Conversions from and to the crate `ndarray`.

use ::ndarray::{ArrayBase, ArrayD, ArrayViewD, Data, Dimension, IxDyn, ShapeBuilder};

use super::layout::{Layout, Order};
use super::tree::refuse;
use super::{NdArray, NdArrayView, NumpyElement};
use crate::PickleError;

/// Copies the elements once, into C order.
///
/// ```
/// use mpconn_pickle::types::numpy::NdArray;
/// use ndarray::{Array2, ArrayD, array};
///
/// let ours = NdArray::from(&array![[1.0, 2.0], [3.0, 4.0]].t());
/// let theirs: ArrayD<f64> = (&ours).try_into()?;
/// let square: Array2<f64> = theirs.into_dimensionality().unwrap();
/// assert_eq!(square, array![[1.0, 3.0], [2.0, 4.0]]);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
impl<T: NumpyElement, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for NdArray {
    fn from(array: &ArrayBase<S, D>) -> Self {
        let mut bytes = Vec::with_capacity(array.len().saturating_mul(size_of::<T>()));
        for element in array {
            element.write(&mut bytes);
        }
        let layout = Layout {
            dtype: T::dtype(),
            shape: array.shape().to_vec(),
            order: Order::C,
        };
        NdArray {
            layout,
            data: super::array::Data::Bytes(bytes.into()),
        }
    }
}

macro_rules! copied {
    ($($name:ty)*) => {$(
        /// Copies the elements into C order.
        impl<T: NumpyElement> TryFrom<&$name> for ArrayD<T> {
            type Error = PickleError;

            fn try_from(array: &$name) -> Result<Self, PickleError> {
                let elements = array.to_vec().ok_or_else(|| other_type(array.dtype()))?;
                let shape = IxDyn(array.shape());
                ArrayD::from_shape_vec(shape, elements).map_err(|error| refuse(&error.to_string()))
            }
        }

        /// Borrows the elements.
        ///
        /// Fails if `as_slice` returns `None`.
        impl<'a, T: NumpyElement> TryFrom<&'a $name> for ArrayViewD<'a, T> {
            type Error = PickleError;

            fn try_from(array: &'a $name) -> Result<Self, PickleError> {
                let elements = array.as_slice().ok_or_else(|| other_type(array.dtype()))?;
                let fortran = array.order() == Order::Fortran;
                let shape = IxDyn(array.shape()).set_f(fortran);
                ArrayViewD::from_shape(shape, elements).map_err(|error| refuse(&error.to_string()))
            }
        }
    )*};
}
copied!(NdArray NdArrayView<'_>);

fn other_type(dtype: &super::Dtype) -> PickleError {
    refuse(&format!(
        "an array of {dtype} that is of another type, in another byte order, or not aligned"
    ))
}
