//! Containers as Python sends them: copies, views, iterators.

use std::fmt;
use std::marker::PhantomData;

use mpconn_proto::manager::RemoteError;
use mpconn_proto::manager::excerpt::OneLine;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Iter;
use crate::pickle::python_names::{MANAGERS, REBUILD_PROXY};
use crate::pickle::{Instance, Value, from_value};

/// A dict, in its order.
pub(in crate::manager) struct Pairs<K, V>(pub(in crate::manager) Vec<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
            type Value = Pairs<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a dict")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// An argument that has to be a `set`.
pub(super) struct AsSet<T>(pub(super) Vec<T>);

impl<T: Serialize> Serialize for AsSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::pickle::set::serialize(&self.0, serializer)
    }
}

/// What `__iter__` and `__reversed__` return: an iterator at the manager, where the type says so,
/// or a copy of one, which Python pickles as what it still has to give.
pub(in crate::manager) enum Walk<T> {
    Remote(Iter<T>),
    Copy(std::vec::IntoIter<T>),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Walk<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let instance = value.as_instance();
        let is_proxy = |instance: &Instance| instance.is(MANAGERS, REBUILD_PROXY);
        if instance.is_some_and(is_proxy) {
            return from_value(value)
                .map(Walk::Remote)
                .map_err(D::Error::custom);
        }
        let left = instance.and_then(left);
        let left =
            left.ok_or_else(|| D::Error::custom(format!("{} is no iterator", OneLine(&value))))?;
        let copy: Result<Vec<_>, _> = left.into_iter().map(from_value).collect();
        copy.map(|copy| Walk::Copy(copy.into_iter()))
            .map_err(D::Error::custom)
    }
}

/// What a pickled iterator has still to give: `iter(list)` and `reversed(list)`, with where it is
/// as its state.
fn left(instance: &Instance) -> Option<Vec<Value>> {
    let items = instance.args().first()?.items()?;
    let at = instance.state().and_then(Value::as_i64);
    if instance.is("builtins", "iter") {
        let given = usize::try_from(at.unwrap_or(0)).ok()?;
        return Some(items.get(given..).unwrap_or_default().to_vec());
    }
    if instance.is("builtins", "reversed") {
        // The index of the next one.
        let left = match at {
            None => items.len(),
            Some(at) => usize::try_from(at.checked_add(1)?).ok()?,
        };
        return Some(items.iter().take(left).rev().cloned().collect());
    }
    None
}

impl<T: DeserializeOwned> Iterator for Walk<T> {
    type Item = crate::error::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Walk::Remote(iter) => iter.next(),
            Walk::Copy(items) => items.next().map(Ok),
        }
    }
}

/// One item after the other until there is an `IndexError`: how Python iterates over what has
/// `__getitem__` alone.
pub(super) fn by_index<T: DeserializeOwned>(
    proxy: crate::manager::Proxy,
) -> impl Iterator<Item = crate::error::Result<T>> {
    let mut is_over = false;
    // One that was made again is another list, whose end is not the end of this one.
    let mut begun = None;
    let items = (0_usize..).map_while(move |index| {
        if is_over {
            return None;
        }
        let patience = proxy.inner().patience();
        let item = proxy.call_same(&mut begun, "__getitem__", &(index,), &patience);
        match item {
            Err(error) if error.remote().is_some_and(RemoteError::is_index_error) => None,
            item => {
                is_over = item
                    .as_ref()
                    .is_err_and(|error: &crate::Error| error.is_lost());
                Some(item)
            }
        }
    });
    items.fuse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::Class;

    fn walked(name: &str, at: Option<i64>) -> Vec<u8> {
        let list = Value::list([1, 2, 3]);
        let iterator = Instance::call(Class::new("builtins", name), vec![list]);
        let iterator = match at {
            None => iterator,
            Some(at) => iterator.with_state(at),
        };
        let walk: Walk<u8> = from_value(iterator.into()).unwrap();
        walk.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_pickled_iterator_has_what_it_has_not_given_yet() {
        assert_eq!(walked("iter", None), [1, 2, 3]);
        assert_eq!(walked("iter", Some(2)), [3]);
        assert_eq!(walked("iter", Some(9)), [0; 0]);
        assert_eq!(walked("reversed", None), [3, 2, 1]);
        assert_eq!(walked("reversed", Some(1)), [2, 1]);
        assert_eq!(walked("reversed", Some(-1)), [0; 0]);
        let last = Instance::call(
            Class::new("builtins", "reversed"),
            vec![Value::list([1, 2])],
        );
        let last = last.with_state(i64::MAX);
        assert!(from_value::<Walk<u8>>(last.into()).is_err());
        let enumerate = Instance::call(Class::new("builtins", "enumerate"), vec![]);
        let error = from_value::<Walk<u8>>(enumerate.into()).err().unwrap();
        assert!(error.to_string().contains("is no iterator"), "{error}");
    }

    #[test]
    fn a_dict_keeps_its_order() {
        let dict = Value::dict([("z", 1), ("a", 2)]);
        let pairs: Pairs<String, u8> = from_value(dict).unwrap();
        assert_eq!(pairs.0, [("z".to_owned(), 1), ("a".to_owned(), 2)]);
        let error = from_value::<Pairs<u8, u8>>(Value::from(1)).err().unwrap();
        assert!(error.to_string().contains("a dict"), "{error}");
    }
}
