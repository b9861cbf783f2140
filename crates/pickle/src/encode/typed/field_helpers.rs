//! Modules for `#[serde(with = "...")]`: fields of types that serde does not have.

use serde::{Serialize, Serializer};

/// Serializes a value in a newtype of that name.
struct Named<'a, T: ?Sized>(&'static str, &'a T);

impl<T: Serialize + ?Sized> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(self.0, self.1)
    }
}

macro_rules! set_module {
    ($(#[$doc:meta])* $module:ident $serde_name:literal) => {
        $(#[$doc])*
        pub mod $module {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            /// Writes any sequence as a set. Lists among its items become tuples; other items
            /// that Python cannot hash are an error.
            ///
            /// # Errors
            /// Fails if the serializer does.
            pub fn serialize<T: Serialize + ?Sized, S: Serializer>(
                items: &T,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                super::Named($serde_name, items).serialize(serializer)
            }

            /// Reads what the type itself reads: sets are sequences.
            ///
            /// # Errors
            /// Fails if the deserializer does.
            pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<T, D::Error> {
                T::deserialize(deserializer)
            }
        }
    };
}

set_module! {
    /// `#[serde(with = "mpconn_pickle::set")]`: a field that is a `set` in Python. Without it Rust's sets
    /// are lists there, as serde has no sets.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    /// use mpconn_pickle::{Set, Value, to_value};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Order {
    ///     #[serde(with = "mpconn_pickle::set")]
    ///     tags: BTreeSet<&'static str>,
    /// }
    ///
    /// let value = to_value(&Order { tags: BTreeSet::from(["new", "paid"]) })?;
    /// let tags = Set::from(vec![Value::from("new"), "paid".into()]);
    /// assert_eq!(value.get("tags"), Some(&tags.into()));
    /// # Ok::<(), mpconn_pickle::PickleError>(())
    /// ```
    set "$mpconn::Set"
}

set_module! {
    /// `#[serde(with = "mpconn_pickle::frozen_set")]`: a field that is a `frozenset` in
    /// Python, as [`set`](mod@set) is for `set`.
    frozen_set "$mpconn::FrozenSet"
}

/// `#[serde(with = "mpconn_pickle::byte_array")]`: a field that is a `bytearray` in Python.
/// For `bytes` there is the crate `serde_bytes`.
///
/// ```
/// use mpconn_pickle::{Value, to_value};
///
/// #[derive(serde::Serialize)]
/// struct Block {
///     #[serde(with = "mpconn_pickle::byte_array")]
///     content: Vec<u8>,
/// }
///
/// let value = to_value(&Block { content: vec![1, 2] })?;
/// assert_eq!(value.get("content"), Some(&Value::ByteArray(vec![1, 2].into())));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
pub mod byte_array {
    use std::fmt;

    use serde::de::{Error, SeqAccess, Visitor};
    use serde::{Deserializer, Serialize, Serializer};

    /// Writes bytes as a `bytearray`.
    ///
    /// # Errors
    /// Fails if the serializer does.
    pub fn serialize<T: AsRef<[u8]> + ?Sized, S: Serializer>(
        bytes: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        super::Named("$mpconn::ByteArray", &Blob(bytes.as_ref())).serialize(serializer)
    }

    /// Reads `bytearray` and `bytes`.
    ///
    /// # Errors
    /// Fails if the deserializer does.
    pub fn deserialize<'de, T: From<Vec<u8>>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor).map(T::from)
    }

    /// Bytes in one piece.
    struct Blob<'a>(&'a [u8]);

    impl Serialize for Blob<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(self.0)
        }
    }

    struct BytesVisitor;

    impl<'de> Visitor<'de> for BytesVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
            Ok(bytes)
        }

        /// Formats without bytes have lists of numbers instead.
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = items.next_element()? {
                bytes.push(byte);
            }
            Ok(bytes)
        }
    }
}
