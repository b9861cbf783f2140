//! What a remote method is called with.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use mpconn_pickle::{Dict, List, Tuple, Value};
use serde::ser::{Serialize, SerializeMap, SerializeTuple, Serializer};

/// Positional arguments: what Python writes as `*args`.
///
/// A Rust tuple of anything that serde writes, `()` for none; or a list of values of one type.
///
/// ```
/// use mpconn_proto::manager::Args;
///
/// fn takes(_: impl Args) {}
/// takes(());
/// takes((1,));
/// takes(("name", 2.5));
/// takes(vec![mpconn_pickle::Value::from(1), "two".into()]);
/// ```
pub trait Args {
    /// Writes them as a tuple.
    ///
    /// # Errors
    /// Those of the serializer.
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<A: Args + ?Sized> Args for &A {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_args(serializer)
    }
}

/// serde's own `()` is `None`.
impl Args for () {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_tuple(0)?.end()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Serialize),+> Args for ($($name,)+) {
            fn serialize_args<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                Serialize::serialize(self, serializer)
            }
        }
    )+};
}
tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
}

impl<T: Serialize> Args for [T] {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.len())?;
        self.iter()
            .try_for_each(|item| tuple.serialize_element(item))?;
        tuple.end()
    }
}

impl<T: Serialize> Args for Vec<T> {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize_args(serializer)
    }
}

impl<T: Serialize, const N: usize> Args for [T; N] {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Args::serialize_args(self.as_slice(), serializer)
    }
}

impl Args for Tuple {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(&Value::Tuple(self.clone()), serializer)
    }
}

impl Args for List {
    fn serialize_args<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Args::serialize_args(&**self, serializer)
    }
}

/// Keyword arguments: what Python writes as `**kwds`.
///
/// `()` for none, pairs in a list or array, or a map.
///
/// ```
/// use mpconn_proto::manager::Kwargs;
///
/// fn takes(_: impl Kwargs) {}
/// takes(());
/// takes([("timeout", 1.5)]);
/// ```
pub trait Kwargs {
    /// Writes them as a dict.
    ///
    /// # Errors
    /// Those of the serializer.
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<K: Kwargs + ?Sized> Kwargs for &K {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_kwargs(serializer)
    }
}

impl Kwargs for () {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl<K: AsRef<str>, V: Serialize> Kwargs for [(K, V)] {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self {
            map.serialize_entry(name.as_ref(), value)?;
        }
        map.end()
    }
}

impl<K: AsRef<str>, V: Serialize> Kwargs for Vec<(K, V)> {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize_kwargs(serializer)
    }
}

impl<K: AsRef<str>, V: Serialize, const N: usize> Kwargs for [(K, V); N] {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Kwargs::serialize_kwargs(self.as_slice(), serializer)
    }
}

impl<V: Serialize, H: BuildHasher> Kwargs for HashMap<String, V, H> {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(self, serializer)
    }
}

impl<V: Serialize> Kwargs for BTreeMap<String, V> {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(self, serializer)
    }
}

impl Kwargs for Dict {
    fn serialize_kwargs<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(&Value::Dict(self.clone()), serializer)
    }
}

/// As serde sees them.
pub struct Positional<'a, A>(pub &'a A);

impl<A: Args> Serialize for Positional<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_args(serializer)
    }
}

/// As serde sees them.
pub struct Keywords<'a, K>(pub &'a K);

impl<K: Kwargs> Serialize for Keywords<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_kwargs(serializer)
    }
}
