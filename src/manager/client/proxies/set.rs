//! Sets.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::forms::Walk;
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// A set: `set` at the manager, of items of type `T`. `SyncManager` registers it in Python 3.14
    /// and later; before, `register("set", set, exposed=[...])` does.
    ///
    /// A method that returns a set in Python returns its items here, in any order.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Manager, SetProxy};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let seen: SetProxy<u32> = manager.set([1, 2])?;
    /// seen.add(&3)?;
    /// assert!(seen.contains(&3)?);
    /// assert_eq!(seen.and(&[3, 4])?, [3]);
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "Set")]
    SetProxy<T>
}

impl Manager {
    /// Creates a set: `manager.set(items)`.
    ///
    /// # Errors
    /// Fails as [`create`](Self::create).
    pub fn set<T: Serialize>(&self, items: impl IntoIterator<Item = T>) -> Result<SetProxy<T>> {
        let items: Vec<T> = items.into_iter().collect();
        self.create("set", (items,))
    }
}

impl<T> SetProxy<T> {
    /// Returns whether it has no items.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|len| len == 0)
    }
}

impl<T: DeserializeOwned> SetProxy<T> {
    /// Returns all items, in any order.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<Vec<T>> {
        self.proxy.get_value()
    }

    /// Iterates over the items: `iter(set)`. Python 3.14 sends a copy of them; if `__iter__` is registered to
    /// return an `Iterator`, each item is a call.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn iter(&self) -> Result<impl Iterator<Item = Result<T>> + use<T>> {
        self.proxy.call::<Walk<T>>("__iter__", ())
    }
}
