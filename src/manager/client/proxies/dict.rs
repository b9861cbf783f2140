//! Dicts.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::forms::{Pairs, Walk};
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// A dict: `dict` at the manager, with keys of type `K` and values of type `V`.
    ///
    /// Each method is a call. [`get_value`](Self::get_value) fetches all keys and values at once.
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
    /// Values may be shared objects themselves: `DictProxy<String, ListProxy<u32>>`.
    #[doc(alias = "Dict")]
    DictProxy<K, V>
}

impl Manager {
    /// Creates a dict: `manager.dict(items)`.
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
    /// Returns whether it has no keys.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|len| len == 0)
    }
}

impl<K: DeserializeOwned, V> DictProxy<K, V> {
    /// Returns all keys, from the last to the first: `list(reversed(dict))`. Python 3.14 and later.
    ///
    /// # Errors
    /// Fails with [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) if the manager's Python is
    /// older.
    pub fn reversed(&self) -> Result<Vec<K>> {
        self.proxy.call::<Walk<K>>("__reversed__", ())?.collect()
    }
}

impl<K: DeserializeOwned, V: DeserializeOwned> DictProxy<K, V> {
    /// Returns all keys with their values, in their order. `collect` makes a `HashMap` of them.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<Vec<(K, V)>> {
        self.proxy.get_value::<Pairs<K, V>>().map(|pairs| pairs.0)
    }
}
