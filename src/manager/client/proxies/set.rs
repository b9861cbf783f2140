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
    /// What returns a set in Python returns its items here, in any order.
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
    /// A new set: `manager.set(items)`.
    ///
    /// # Errors
    /// As [`create`](Self::create); a `KeyError` where the type is not registered.
    pub fn set<T: Serialize>(&self, items: impl IntoIterator<Item = T>) -> Result<SetProxy<T>> {
        let items: Vec<T> = items.into_iter().collect();
        self.create("set", (items,))
    }
}

impl<T> SetProxy<T> {
    /// Whether it has none.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|len| len == 0)
    }
}

impl<T: DeserializeOwned> SetProxy<T> {
    /// All of it.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<Vec<T>> {
        self.proxy.get_value()
    }

    /// One item after the other: `iter(set)`. Python 3.14's `SetProxy` sends a copy; where
    /// `__iter__` is registered to return an `Iterator`, each item is a call.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn iter(&self) -> Result<impl Iterator<Item = Result<T>> + use<T>> {
        self.proxy.call::<Walk<T>>("__iter__", ())
    }
}
