//! Reads views through serde: the layout is handed over beside serde, as values are, and the data
//! come as borrowed bytes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::{Serialize, Serializer};

use super::layout::Layout;
use super::tree::refuse;
use super::view::{self, NdArrayView};
use super::{NdArray, reconstruct};
use crate::decode::view::{Blob, Tree};
use crate::{Bytes, PickleError, Value, value_through_serde};

/// The name under which a view requests itself. The dot keeps out readers without a graph.
pub(crate) const VIEW: &str = "$mpconn.NdArrayView";

/// Hands the array at this place to the visitor of a view.
pub(crate) fn visit_view<'de, T: Tree<'de>, V: Visitor<'de>>(
    node: T,
    visitor: V,
) -> Result<V::Value, PickleError> {
    let NdArrayView { layout, data } = view::read(node)?;
    let told = |bytes: Bytes| {
        let array = NdArray {
            layout,
            data: super::array::Data::Bytes(bytes),
        };
        Value::from(array)
    };
    let result = match data {
        Blob::Borrowed(bytes) => {
            value_through_serde::leave(told(Bytes::from(Vec::new())));
            visitor.visit_borrowed_bytes(bytes)
        }
        Blob::Shared(bytes) => {
            value_through_serde::leave(told(bytes));
            visitor.visit_unit()
        }
    };
    // If the visitor did not take it, nobody may find it later.
    value_through_serde::take();
    result
}

struct ViewVisitor;

impl ViewVisitor {
    /// Returns the layout, and the place of the data.
    fn told<E: serde::de::Error>(self) -> Result<(Layout, Blob<'static>), E> {
        let value = value_through_serde::take().ok_or_else(|| E::custom(elsewhere()))?;
        let (layout, data) = reconstruct::read(&value).map_err(E::custom)?;
        let data = match data {
            Value::Bytes(bytes) => bytes.clone(),
            _ => Vec::new().into(),
        };
        Ok((layout, Blob::Shared(data)))
    }
}

fn elsewhere() -> PickleError {
    refuse("a view of an array comes from pickles and values alone")
}

impl<'de> Visitor<'de> for ViewVisitor {
    type Value = NdArrayView<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numpy.ndarray in a pickle")
    }

    fn visit_borrowed_bytes<E: serde::de::Error>(
        self,
        bytes: &'de [u8],
    ) -> Result<NdArrayView<'de>, E> {
        let (layout, _) = self.told()?;
        NdArrayView::checked(layout, Blob::Borrowed(bytes)).map_err(E::custom)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<NdArrayView<'de>, E> {
        let (layout, data) = self.told()?;
        NdArrayView::checked(layout, data).map_err(E::custom)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for NdArrayView<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VIEW, ViewVisitor)
    }
}

impl Serialize for NdArrayView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_owned().serialize(serializer)
    }
}

/// Goes through values, as all well-known types do.
macro_rules! through_values {
    ($($name:ident)*) => {$(
        impl Serialize for super::$name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Value::from(self.clone()).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for super::$name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                super::$name::try_from(&value).map_err(D::Error::custom)
            }
        }
    )*};
}
through_values!(Dtype NdArray Scalar);
