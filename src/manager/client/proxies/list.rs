//! Lists.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Function;
use super::forms::Walk;
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;
use crate::pickle::Value;

typed! {
    /// A list: `list` at the manager, of objects of type `T`.
    ///
    /// Each method is a call. A negative index counts from the end, as in Python.
    /// [`get_value`](Self::get_value) fetches all items at once.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{ListProxy, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let list: ListProxy<u32> = manager.list([3, 1, 2])?;
    /// list.append(&4)?;
    /// list.sort()?;
    /// assert_eq!(list.get(-1)?, 4);
    /// assert_eq!(list.get_slice(..2)?, [1, 2]);
    /// assert!(list.get(9).unwrap_err().remote().unwrap().is_index_error());
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "List")]
    ListProxy<T>
}

/// The order of [`ListProxy::sort_with`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SortOrder {
    /// `reverse=False`
    #[default]
    Ascending,
    /// `reverse=True`
    Descending,
}

impl Manager {
    /// Creates a list: `manager.list(items)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn list<T: Serialize>(&self, items: impl IntoIterator<Item = T>) -> Result<ListProxy<T>> {
        let items: Vec<T> = items.into_iter().collect();
        self.create("list", (items,))
    }
}

impl<T> ListProxy<T> {
    /// Returns whether it has no items.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|len| len == 0)
    }

    /// Sorts it in place by what a function returns of each item, or in the other order:
    /// `list.sort(key=key, reverse=reverse)`.
    ///
    /// # Errors
    /// Fails as [`sort`](Self::sort), and with what the function raises.
    pub fn sort_with<'f>(
        &self,
        key: impl Into<Option<&'f Function>>,
        order: SortOrder,
    ) -> Result<()> {
        let key = key.into();
        let reverse = order == SortOrder::Descending;
        let mut kwds = vec![("reverse", Value::from(reverse))];
        kwds.extend(key.map(|key| ("key", key.into())));
        self.proxy.call_kw("sort", (), kwds)
    }
}

impl<T: DeserializeOwned> ListProxy<T> {
    /// Returns all items: `list[:]`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<Vec<T>> {
        self.proxy.get_value()
    }

    /// Iterates over the items, each with a call of its own, as Python iterates over a proxy of a list. Changes
    /// that others make meanwhile are seen.
    pub fn iter(&self) -> impl Iterator<Item = Result<T>> + use<T> {
        super::forms::by_index(self.proxy.clone())
    }

    /// Returns all items, from the last to the first: `list(reversed(list))`.
    ///
    /// # Errors
    /// Fails with [`is_unserializable`](crate::manager::RemoteError::is_unserializable) for Python 2.7, which
    /// cannot pickle such iterators.
    pub fn reversed(&self) -> Result<Vec<T>> {
        self.proxy.call::<Walk<T>>("__reversed__", ())?.collect()
    }
}
