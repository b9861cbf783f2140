//! Arrays whose data stay in the message.

use super::array::{Data, NdArray};
use super::item::nested;
use super::layout::Layout;
use super::reconstruct;
use super::tree::refuse;
use crate::decode::graph::Node;
use crate::decode::view::{Blob, Tree};
use crate::{PickleError, Value};

/// `numpy.ndarray` read from a message without copying its data.
///
/// Made from a [`Node`], or through serde with `#[serde(borrow)]`. If the message has no plain
/// bytes (protocol 2 writes them as text), the data are copied; [`is_borrowed`](Self::is_borrowed)
/// returns which. Arrays of objects have no view: see [`NdArray`].
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
    /// Returns the data in their machine format.
    pub fn bytes(&self) -> &[u8] {
        match &self.data {
            Blob::Borrowed(bytes) => bytes,
            Blob::Shared(bytes) => bytes,
        }
    }

    /// Returns whether the data are borrowed from the message.
    pub fn is_borrowed(&self) -> bool {
        matches!(self.data, Blob::Borrowed(_))
    }

    /// Returns all elements in C order, as numpy's `item()` does: see [`NdArray::to_values`].
    pub fn to_values(&self) -> Vec<Value> {
        self.layout.to_values(self.bytes())
    }

    /// Returns nested lists: `a.tolist()`.
    pub fn to_list(&self) -> Value {
        nested(self.to_values(), self.shape())
    }

    /// Returns an array with a copy of the data.
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
