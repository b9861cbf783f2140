//! Dicts.

use std::borrow::Borrow;

use mpconn_proto::manager::wire::Count;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::IteratorProxy;
use super::forms::{Pairs, Walk};
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// A dict: `dict` at the manager, with keys of type `K` and values of type `V`.
    ///
    /// Each method is a call. [`get_value`](Self::get_value) fetches all of it at once.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{DictProxy, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let stock: DictProxy<String, u32> = manager.dict([("tea".to_owned(), 2)])?;
    /// stock.set("coffee", &3)?;
    /// assert_eq!(stock.get("coffee")?, Some(3));
    /// assert!(stock.get_item("milk").unwrap_err().remote().unwrap().is_key_error());
    /// for name in stock.iter()? {
    ///     println!("{}", name?);
    /// }
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    ///
    /// Values may be shared objects themselves: `Dict<String, ListProxy<u32>>`.
    #[doc(alias = "Dict")]
    DictProxy<K, V>
}

impl Manager {
    /// A new dict: `manager.dict(items)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn dict<K: Serialize, V: Serialize>(
        &self,
        items: impl IntoIterator<Item = (K, V)>,
    ) -> Result<DictProxy<K, V>> {
        let items: Vec<(K, V)> = items.into_iter().collect();
        self.create("dict", (items,))
    }
}

impl<K, V> DictProxy<K, V> {
    /// How many keys it has: `len(dict)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn len(&self) -> Result<usize> {
        let Count(n) = self.proxy.call("__len__", ())?;
        Ok(n)
    }

    /// Whether it has none.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|len| len == 0)
    }

    /// `key in dict`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    #[doc(alias = "has_key")]
    pub fn contains<Q: Serialize + ?Sized>(&self, key: &Q) -> Result<bool>
    where
        K: Borrow<Q>,
    {
        self.proxy.call("__contains__", (key,))
    }

    /// `dict[key] = value`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn set<Q: Serialize + ?Sized>(&self, key: &Q, value: &V) -> Result<()>
    where
        K: Borrow<Q>,
        V: Serialize,
    {
        self.proxy.call("__setitem__", (key, value))
    }

    /// `del dict[key]`
    ///
    /// # Errors
    /// [`is_key_error`](crate::manager::RemoteError::is_key_error) where there is no such key.
    pub fn delete<Q: Serialize + ?Sized>(&self, key: &Q) -> Result<()>
    where
        K: Borrow<Q>,
    {
        self.proxy.call("__delitem__", (key,))
    }

    /// Sets what is in another one: a map, or a list of pairs; `dict.update(other)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn update(&self, other: &(impl Serialize + ?Sized)) -> Result<()> {
        self.proxy.call("update", (other,))
    }

    /// `dict |= other` of a map or a list of pairs: as [`update`](Self::update), Python 3.14 and
    /// later.
    ///
    /// # Errors
    /// [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) where Python is older.
    pub fn ior(&self, other: &(impl Serialize + ?Sized)) -> Result<()> {
        // Returns all of it.
        self.proxy.call::<IgnoredAny>("__ior__", (other,)).map(drop)
    }

    /// `dict.clear()`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn clear(&self) -> Result<()> {
        self.proxy.call("clear", ())
    }
}

impl<K, V: DeserializeOwned> DictProxy<K, V> {
    /// The value of a key, if there is one: `dict.get(key)`. A value that is `None` is none.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get<Q: Serialize + ?Sized>(&self, key: &Q) -> Result<Option<V>>
    where
        K: Borrow<Q>,
    {
        self.proxy.call("get", (key,))
    }

    /// The value of a key, or this one: `dict.get(key, default)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_or<Q: Serialize + ?Sized>(&self, key: &Q, default: &V) -> Result<V>
    where
        K: Borrow<Q>,
        V: Serialize,
    {
        self.proxy.call("get", (key, default))
    }

    /// `dict[key]`
    ///
    /// # Errors
    /// [`is_key_error`](crate::manager::RemoteError::is_key_error) where there is no such key.
    pub fn get_item<Q: Serialize + ?Sized>(&self, key: &Q) -> Result<V>
    where
        K: Borrow<Q>,
    {
        self.proxy.call("__getitem__", (key,))
    }

    /// Takes the value of a key out: `dict.pop(key)`.
    ///
    /// # Errors
    /// [`is_key_error`](crate::manager::RemoteError::is_key_error) where there is no such key.
    pub fn pop<Q: Serialize + ?Sized>(&self, key: &Q) -> Result<V>
    where
        K: Borrow<Q>,
    {
        self.proxy.call("pop", (key,))
    }

    /// Takes the value of a key out, or returns this one: `dict.pop(key, default)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn pop_or<Q: Serialize + ?Sized>(&self, key: &Q, default: &V) -> Result<V>
    where
        K: Borrow<Q>,
        V: Serialize,
    {
        self.proxy.call("pop", (key, default))
    }

    /// The value of a key, which is this one from now on if it had none:
    /// `dict.setdefault(key, default)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn setdefault<Q: Serialize + ?Sized>(&self, key: &Q, default: &V) -> Result<V>
    where
        K: Borrow<Q>,
        V: Serialize,
    {
        self.proxy.call("setdefault", (key, default))
    }

    /// A copy of all values, in the order of the keys: `dict.values()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn values(&self) -> Result<Vec<V>> {
        self.proxy.call("values", ())
    }
}

impl<K: DeserializeOwned, V> DictProxy<K, V> {
    /// One key after the other, each with a call of its own: `iter(dict)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call). An item is an error where the dict changed
    /// its size meanwhile.
    pub fn iter(&self) -> Result<IteratorProxy<K>> {
        self.proxy.call("__iter__", ())
    }

    /// A copy of all keys, in their order: `dict.keys()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn keys(&self) -> Result<Vec<K>> {
        self.proxy.call("keys", ())
    }

    /// A copy of all keys, the last first: `list(reversed(dict))`, Python 3.14 and later.
    ///
    /// # Errors
    /// [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) where Python is older.
    pub fn reversed(&self) -> Result<Vec<K>> {
        self.proxy.call::<Walk<K>>("__reversed__", ())?.collect()
    }
}

impl<K: DeserializeOwned, V: DeserializeOwned> DictProxy<K, V> {
    /// All of it, in its order; a `HashMap` is what `collect` makes of that.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<Vec<(K, V)>> {
        self.proxy.get_value::<Pairs<K, V>>().map(|pairs| pairs.0)
    }

    /// The same: `dict.copy()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn copy(&self) -> Result<Vec<(K, V)>> {
        self.pairs("copy", ())
    }

    /// A copy of all keys and values, in their order: `dict.items()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn items(&self) -> Result<Vec<(K, V)>> {
        self.proxy.call("items", ())
    }

    /// Takes one key and its value out, the last in Python 3.7 and later: `dict.popitem()`.
    ///
    /// # Errors
    /// [`is_key_error`](crate::manager::RemoteError::is_key_error) where there is none.
    pub fn popitem(&self) -> Result<(K, V)> {
        self.proxy.call("popitem", ())
    }

    /// A copy of it with what is in a map: `dict | other`, Python 3.14 and later.
    ///
    /// # Errors
    /// [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) where Python is older.
    pub fn or(&self, other: &(impl Serialize + ?Sized)) -> Result<Vec<(K, V)>> {
        self.pairs("__or__", (other,))
    }

    /// A copy of a map with what is in this: `other | dict`, Python 3.14 and later.
    ///
    /// # Errors
    /// As [`or`](Self::or).
    pub fn ror(&self, other: &(impl Serialize + ?Sized)) -> Result<Vec<(K, V)>> {
        self.pairs("__ror__", (other,))
    }

    /// A dict, not shared, of these keys with one value: `dict.fromkeys(keys, value)`, Python 3.14
    /// and later.
    ///
    /// # Errors
    /// As [`or`](Self::or).
    pub fn fromkeys(&self, keys: &[K], value: &V) -> Result<Vec<(K, V)>>
    where
        K: Serialize,
        V: Serialize,
    {
        self.pairs("fromkeys", (keys, value))
    }

    fn pairs(&self, method: &str, args: impl crate::manager::Args) -> Result<Vec<(K, V)>> {
        let pairs: Pairs<K, V> = self.proxy.call(method, args)?;
        Ok(pairs.0)
    }
}
