//! Arrays that own their data.

use super::NumpyElement;
use super::dtype::Dtype;
use super::item::nested;
use super::layout::{Layout, Order};
use super::reconstruct;
use super::tree::{count, refuse};
use crate::decode::view::Blob;
use crate::{Buffer, Bytes, Class, Instance, PickleError, Tuple, Value};

/// `numpy.ndarray`, read from and written for both numpy 1 and 2.
///
/// Cloning does not copy the data. Neither does reading with [`loads`](crate::loads), if the
/// message has them as bytes (protocol 3 and later) and they are not tiny.
///
/// ```
/// use mpconn_pickle::types::numpy::NdArray;
/// use mpconn_pickle::{Protocol, Value, dumps, loads};
///
/// let array = NdArray::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]).unwrap();
/// // A peer's numpy.array([[1., 2., 3.], [4., 5., 6.]]).
/// let message = dumps(&Value::from(array.clone()), Protocol::V5)?;
///
/// let read = NdArray::try_from(&loads(message)?)?;
/// assert_eq!(read, array);
/// assert_eq!((read.shape(), read.dtype().to_string().as_str()), (&[2, 3][..], "<f8"));
/// assert_eq!(read.to_vec::<f64>().unwrap()[5], 6.0);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NdArray {
    pub(super) layout: Layout,
    pub(super) data: Data,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Bytes(Bytes),
    /// In C order.
    Objects(Vec<Value>),
}

impl NdArray {
    /// Makes an array of the elements, in C order, copying them once. `None` if their number does
    /// not fit the shape.
    pub fn from_slice<T: NumpyElement>(elements: &[T], shape: &[usize]) -> Option<Self> {
        let mut bytes = Vec::with_capacity(size_of_val(elements));
        for element in elements {
            element.write(&mut bytes);
        }
        NdArray::from_bytes(T::dtype(), shape, Order::C, bytes).ok()
    }

    /// Makes an array of its data in machine format, without a copy.
    ///
    /// # Errors
    /// Fails if the number of bytes does not fit type and shape, and for objects.
    pub fn from_bytes(
        dtype: Dtype,
        shape: &[usize],
        order: Order,
        bytes: impl Into<Bytes>,
    ) -> Result<Self, PickleError> {
        let shape = shape.to_vec();
        let layout = Layout {
            dtype,
            shape,
            order,
        };
        let bytes = bytes.into();
        if layout.is_object() {
            return Err(refuse("an array of objects has no bytes"));
        }
        layout.check(bytes.len())?;
        Ok(NdArray {
            layout,
            data: Data::Bytes(bytes),
        })
    }

    /// Makes an array of objects (`dtype=object`), in C order. `None` if their number does not fit.
    pub fn from_objects(objects: Vec<Value>, shape: &[usize]) -> Option<Self> {
        let layout = Layout {
            dtype: Dtype::simple(super::DtypeKind::Object, 8, false),
            shape: shape.to_vec(),
            order: Order::C,
        };
        (count(shape) == Some(objects.len())).then_some(NdArray {
            layout,
            data: Data::Objects(objects),
        })
    }

    /// Returns the data in machine format; empty for an array of objects.
    pub fn bytes(&self) -> &[u8] {
        match &self.data {
            Data::Bytes(bytes) => bytes,
            Data::Objects(_) => &[],
        }
    }

    /// Returns all elements in C order (`a.ravel().tolist()`), as numpy's `item()` does. Dates and
    /// durations are numbers of their [unit](Dtype::unit), NaT is None, structures are tuples.
    /// Floats of sizes that Rust lacks are bytes.
    pub fn to_values(&self) -> Vec<Value> {
        match &self.data {
            Data::Bytes(bytes) => self.layout.to_values(bytes),
            Data::Objects(objects) => objects.clone(),
        }
    }

    /// Returns nested lists (`a.tolist()`) of the elements as in [`to_values`](Self::to_values).
    pub fn to_list(&self) -> Value {
        nested(self.to_values(), self.shape())
    }

    /// Returns a value whose data [`dumps_with_buffers`](crate::dumps_with_buffers) writes beside
    /// the pickle. It needs protocol 5; `Value::from` makes one for any protocol.
    ///
    /// ```
    /// use mpconn_pickle::dumps_with_buffers;
    /// use mpconn_pickle::types::numpy::NdArray;
    ///
    /// let array = NdArray::from_slice(&[1_u8, 2, 3], &[3]).unwrap();
    /// let (pickle, buffers) = dumps_with_buffers(&array.into_out_of_band())?;
    /// // pickle.loads(pickle, buffers=buffers) == numpy.array([1, 2, 3], dtype="u1")
    /// assert_eq!(*buffers[0], [1, 2, 3]);
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    pub fn into_out_of_band(self) -> Value {
        let NdArray { layout, data } = self;
        let bytes = match data {
            Data::Bytes(bytes) => bytes,
            data @ Data::Objects(_) => return NdArray { layout, data }.into(),
        };
        let order = match layout.order {
            Order::C => "C",
            Order::Fortran => "F",
        };
        let arguments = vec![
            Value::tuple(layout.shape),
            layout.dtype.into(),
            Buffer::writable(bytes).into(),
            0.into(),
            Value::None,
            order.into(),
        ];
        Instance::call(Class::new("numpy", "ndarray"), arguments).into()
    }
}

/// Makes a value for any protocol, with the data in the pickle.
impl From<NdArray> for Value {
    fn from(array: NdArray) -> Self {
        let NdArray { layout, data } = array;
        let state = vec![
            1.into(),
            Value::tuple(layout.shape),
            layout.dtype.into(),
            (layout.order == Order::Fortran).into(),
            match data {
                Data::Bytes(bytes) => bytes.into(),
                Data::Objects(objects) => Value::list(objects),
            },
        ];
        // An empty array, which the state then fills. Both names are public in numpy 1 and 2.
        let empty = Instance::call(Class::new("numpy", "ndarray"), vec![Value::tuple([0])]);
        empty.with_state(Tuple::from(state)).into()
    }
}

impl TryFrom<&Value> for NdArray {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let (layout, data) = reconstruct::read(value)?;
        if layout.is_object() {
            return of_objects(layout, data);
        }
        let bytes = match data {
            Value::Bytes(bytes) => bytes.clone(),
            Value::ByteArray(bytes) => bytes.bytes().clone(),
            Value::Buffer(buffer) => buffer.bytes().clone(),
            other => match reconstruct::bytes(other)? {
                Blob::Borrowed(bytes) => bytes.into(),
                Blob::Shared(bytes) => bytes,
            },
        };
        layout.check(bytes.len())?;
        Ok(NdArray {
            layout,
            data: Data::Bytes(bytes),
        })
    }
}

/// numpy pickles objects in C order, whatever the array's memory order.
fn of_objects(mut layout: Layout, data: &Value) -> Result<NdArray, PickleError> {
    layout.order = Order::C;
    match data {
        Value::List(objects) if count(&layout.shape) == Some(objects.len()) => Ok(NdArray {
            layout,
            data: Data::Objects(objects.to_vec()),
        }),
        _ => Err(refuse("an array of another number of objects")),
    }
}
