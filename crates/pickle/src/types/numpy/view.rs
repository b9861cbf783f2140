//! Arrays whose data stay in the message.

use super::array::{Data, NdArray};
use super::item::nested;
use super::layout::Layout;
use super::reconstruct;
use super::tree::refuse;
use crate::decode::graph::Node;
use crate::decode::view::{Blob, Tree};
use crate::{PickleError, Value};

/// `numpy.ndarray` as it lies in a message, without a copy.
///
/// From a [`Node`], or through serde with `#[serde(borrow)]`. Where the message has no plain
/// bytes to point at (protocol 2 writes them as text), a copy is made;
/// [`is_borrowed`](Self::is_borrowed) tells. There are none of objects: see [`NdArray`].
///
/// ```
/// use mpconn_pickle::types::numpy::{NdArray, NdArrayView};
/// use mpconn_pickle::{Graph, Protocol, Value, dumps};
///
/// let array = NdArray::from_slice(&[0.5; 1000], &[10, 100]).unwrap();
/// let message = dumps(&Value::from(array), Protocol::V5)?;
///
/// let graph = Graph::read(&message)?;
/// let view = NdArrayView::try_from(graph.root())?;
/// assert!(view.is_borrowed() && message.as_ptr_range().contains(&view.bytes().as_ptr()));
/// assert_eq!(view.to_vec::<f64>().unwrap(), [0.5; 1000]);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NdArrayView<'a> {
    pub(super) layout: Layout,
    pub(super) data: Blob<'a>,
}

impl<'a> NdArrayView<'a> {
    /// The data as they lie in memory.
    pub fn bytes(&self) -> &[u8] {
        match &self.data {
            Blob::Borrowed(bytes) => bytes,
            Blob::Shared(bytes) => bytes,
        }
    }

    /// Whether the data lie in the message.
    pub fn is_borrowed(&self) -> bool {
        matches!(self.data, Blob::Borrowed(_))
    }

    /// All elements in the order of C, as numpy's `item()` gives them: see [`NdArray::to_values`].
    pub fn to_values(&self) -> Vec<Value> {
        self.layout.to_values(self.bytes())
    }

    /// Lists in lists: `a.tolist()`.
    pub fn to_list(&self) -> Value {
        nested(self.to_values(), self.shape())
    }

    /// The same with data of its own.
    pub fn to_owned(&self) -> NdArray {
        let bytes = match &self.data {
            Blob::Borrowed(bytes) => (*bytes).into(),
            Blob::Shared(bytes) => bytes.clone(),
        };
        NdArray {
            layout: self.layout.clone(),
            data: Data::Bytes(bytes),
        }
    }

    pub(super) fn checked(layout: Layout, data: Blob<'a>) -> Result<Self, PickleError> {
        let view = NdArrayView { layout, data };
        view.layout.check(view.bytes().len())?;
        Ok(view)
    }
}

/// Finds the data of an array.
pub(super) fn read<'de, T: Tree<'de>>(node: T) -> Result<NdArrayView<'de>, PickleError> {
    let (layout, data) = reconstruct::read(node)?;
    if layout.is_object() {
        return Err(refuse(
            "an array of objects cannot be viewed, read an NdArray",
        ));
    }
    NdArrayView::checked(layout, reconstruct::bytes(data)?)
}

impl<'a> TryFrom<Node<'_, 'a>> for NdArrayView<'a> {
    type Error = PickleError;

    fn try_from(node: Node<'_, 'a>) -> Result<Self, PickleError> {
        read(node)
    }
}

impl<'a> TryFrom<&'a Value> for NdArrayView<'a> {
    type Error = PickleError;

    fn try_from(value: &'a Value) -> Result<Self, PickleError> {
        read(value)
    }
}
