//! `numpy` scalars.

use super::dtype::{Dtype, DtypeKind};
use super::item;
use super::reconstruct::{bytes, is_private};
use super::tree::{class, few, instance, refuse};
use super::{NumpyElement, reduced};
use crate::decode::view::{Blob, Tree};
use crate::{Bytes, Class, Instance, PickleError, Value};

/// A numpy scalar: `numpy.float64(1.5)`, `numpy.int32(7)`, `numpy.datetime64('2024-02-29')`.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::types::numpy::Scalar;
///
/// let scalar = Scalar::new(7_i32);
/// assert_eq!((scalar.get::<i32>(), scalar.get::<f64>()), (Some(7), None));
/// assert_eq!(scalar.to_value(), Value::Int(7));
/// assert_eq!(Scalar::try_from(&Value::from(scalar.clone()))?, scalar);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    dtype: Dtype,
    bytes: Bytes,
}

impl Scalar {
    /// Makes a scalar of numpy's type for `T`: `numpy.float64` for `f64`.
    pub fn new<T: NumpyElement>(element: T) -> Self {
        let mut bytes = Vec::new();
        element.write(&mut bytes);
        Scalar {
            dtype: T::dtype(),
            bytes: bytes.into(),
        }
    }

    /// Returns `x.dtype`.
    pub fn dtype(&self) -> &Dtype {
        &self.dtype
    }

    /// Returns the number if it is of type `T`.
    pub fn get<T: NumpyElement>(&self) -> Option<T> {
        let fits = T::reads(&self.dtype);
        fits.then(|| T::read(&self.bytes, self.dtype.is_big_endian()))?
    }

    /// Returns `x.item()`; dates and durations as in
    /// [`NdArray::to_values`](super::NdArray::to_values).
    pub fn to_value(&self) -> Value {
        item::value(&self.dtype, &self.bytes)
    }
}

/// Writes `numpy.core.multiarray.scalar(dtype, bytes)`, which numpy 2 still reads.
impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        let class = Class::new("numpy.core.multiarray", "scalar");
        Instance::call(class, vec![scalar.dtype.into(), scalar.bytes.into()]).into()
    }
}

impl TryFrom<&Value> for Scalar {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let (dtype, data) = read(value)?;
        if dtype.kind() == DtypeKind::Object {
            return Err(refuse("a scalar of any object"));
        }
        let bytes = match bytes(data)? {
            Blob::Borrowed(bytes) => bytes.into(),
            Blob::Shared(bytes) => bytes,
        };
        match bytes.len() == dtype.itemsize() {
            true => Ok(Scalar { dtype, bytes }),
            false => Err(refuse("a scalar of another size than its type")),
        }
    }
}

fn read<'de, T: Tree<'de>>(node: T) -> Result<(Dtype, T), PickleError> {
    let made = instance(node).filter(|made| {
        class(made.callable).is_some_and(|class| is_private(&class, "multiarray", "scalar"))
    });
    let args = made.and_then(|made| few(made.args));
    match args.as_deref() {
        Some([dtype, data]) => Ok((reduced::read(*dtype)?, *data)),
        _ => Err(PickleError::new("a scalar of numpy's is expected")),
    }
}
