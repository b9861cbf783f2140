//! Lists.

use mpconn_proto::manager::wire::Count;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Function;
use super::forms::Walk;
use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;
use crate::pickle::Value;
use crate::pickle::types::Slice;

typed! {
    /// A list: `list` at the manager, of objects of type `T`.
    ///
    /// Each method is a call. An index counts from the end where it is negative, as in Python.
    /// [`get_value`](Self::get_value) fetches all of it at once.
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

impl Manager {
    /// A new list: `manager.list(items)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn list<T: Serialize>(&self, items: impl IntoIterator<Item = T>) -> Result<ListProxy<T>> {
        let items: Vec<T> = items.into_iter().collect();
        self.create("list", (items,))
    }
}

impl<T> ListProxy<T> {
    /// How many items it has: `len(list)`.
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

    /// `del list[index]`
    ///
    /// # Errors
    /// [`is_index_error`](crate::manager::RemoteError::is_index_error) where there is no such item.
    pub fn delete(&self, index: isize) -> Result<()> {
        self.proxy.call("__delitem__", (index,))
    }

    /// `del list[start:stop]`: `list.delete_slice(1..3)`, and `..` for all of it.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    #[doc(alias = "__delslice__")]
    pub fn delete_slice(&self, slice: impl Into<Slice>) -> Result<()> {
        self.proxy.call("__delitem__", (slice.into(),))
    }

    /// Turns it round: `list.reverse()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn reverse(&self) -> Result<()> {
        self.proxy.call("reverse", ())
    }

    /// `list.sort()`
    ///
    /// # Errors
    /// [`remote`](crate::Error::remote) with a `TypeError` where items cannot be compared.
    pub fn sort(&self) -> Result<()> {
        self.proxy.call("sort", ())
    }

    /// `list.sort(key=key, reverse=reverse)`
    ///
    /// # Errors
    /// As [`sort`](Self::sort), and what the function raises.
    pub fn sort_with(&self, key: Option<&Function>, reverse: bool) -> Result<()> {
        let mut kwds = vec![("reverse", Value::from(reverse))];
        kwds.extend(key.map(|key| ("key", key.into())));
        self.proxy.call_kw("sort", (), kwds)
    }

    /// `list *= count`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn imul(&self, count: isize) -> Result<()> {
        // Returns all of it.
        self.proxy
            .call::<IgnoredAny>("__imul__", (count,))
            .map(drop)
    }

    /// `list.clear()`, Python 3.14 and later. [`delete_slice(..)`](Self::delete_slice) does the
    /// same in all.
    ///
    /// # Errors
    /// [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) where Python is older.
    pub fn clear(&self) -> Result<()> {
        self.proxy.call("clear", ())
    }
}

impl<T: DeserializeOwned> ListProxy<T> {
    /// `list[index]`
    ///
    /// # Errors
    /// [`is_index_error`](crate::manager::RemoteError::is_index_error) where there is no such item.
    pub fn get(&self, index: isize) -> Result<T> {
        self.proxy.call("__getitem__", (index,))
    }

    /// `list[start:stop]`: `list.get_slice(1..3)`, or a [`Slice`].
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    #[doc(alias = "__getslice__")]
    pub fn get_slice(&self, slice: impl Into<Slice>) -> Result<Vec<T>> {
        self.proxy.call("__getitem__", (slice.into(),))
    }

    /// All of it: `list[:]`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<Vec<T>> {
        self.proxy.get_value()
    }

    /// `list.copy()`, Python 3.14 and later. [`get_value`](Self::get_value) does the same in all.
    ///
    /// # Errors
    /// [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) where Python is older.
    pub fn copy(&self) -> Result<Vec<T>> {
        self.proxy.call("copy", ())
    }

    /// One item after the other, each with a call of its own, as Python iterates over a proxy of a
    /// list: what others change meanwhile is seen.
    pub fn iter(&self) -> impl Iterator<Item = Result<T>> + use<T> {
        super::forms::by_index(self.proxy.clone())
    }

    /// A copy of it, from the end to the start: `list(reversed(list))`.
    ///
    /// # Errors
    /// [`is_unserializable`](crate::manager::RemoteError::is_unserializable) in Python 2.7, which
    /// cannot pickle such iterators.
    pub fn reversed(&self) -> Result<Vec<T>> {
        self.proxy.call::<Walk<T>>("__reversed__", ())?.collect()
    }

    /// Takes the last item: `list.pop()`.
    ///
    /// # Errors
    /// [`is_index_error`](crate::manager::RemoteError::is_index_error) where there is none.
    pub fn pop(&self) -> Result<T> {
        self.proxy.call("pop", ())
    }

    /// Takes that item: `list.pop(index)`.
    ///
    /// # Errors
    /// [`is_index_error`](crate::manager::RemoteError::is_index_error) where there is no such item.
    pub fn pop_at(&self, index: isize) -> Result<T> {
        self.proxy.call("pop", (index,))
    }

    /// A copy of it that many times: `list * count`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    #[doc(alias = "__rmul__")]
    pub fn mul(&self, count: isize) -> Result<Vec<T>> {
        self.proxy.call("__mul__", (count,))
    }
}

impl<T: Serialize> ListProxy<T> {
    /// `list[index] = item`
    ///
    /// # Errors
    /// [`is_index_error`](crate::manager::RemoteError::is_index_error) where there is no such item.
    pub fn set(&self, index: isize, item: &T) -> Result<()> {
        self.proxy.call("__setitem__", (index, item))
    }

    /// `list[start:stop] = items`: `list.set_slice(1..3, &items)`, or a [`Slice`].
    ///
    /// # Errors
    /// [`is_value_error`](crate::manager::RemoteError::is_value_error) where a slice with a step has another
    /// number of items.
    #[doc(alias = "__setslice__")]
    pub fn set_slice(&self, slice: impl Into<Slice>, items: &[T]) -> Result<()> {
        self.proxy.call("__setitem__", (slice.into(), items))
    }

    /// `list.append(item)`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn append(&self, item: &T) -> Result<()> {
        self.proxy.call("append", (item,))
    }

    /// `list.extend(items)`, `list += items`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    #[doc(alias = "__iadd__")]
    pub fn extend(&self, items: &[T]) -> Result<()> {
        self.proxy.call("extend", (items,))
    }

    /// A copy of it with these behind: `list + items`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn add(&self, items: &[T]) -> Result<Vec<T>>
    where
        T: DeserializeOwned,
    {
        self.proxy.call("__add__", (items,))
    }

    /// Puts an item before that index: `list.insert(index, item)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn insert(&self, index: isize, item: &T) -> Result<()> {
        self.proxy.call("insert", (index, item))
    }

    /// Takes the first item out that is equal: `list.remove(item)`.
    ///
    /// # Errors
    /// [`is_value_error`](crate::manager::RemoteError::is_value_error) where there is none.
    pub fn remove(&self, item: &T) -> Result<()> {
        self.proxy.call("remove", (item,))
    }

    /// `item in list`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn contains(&self, item: &T) -> Result<bool> {
        self.proxy.call("__contains__", (item,))
    }

    /// How many items are equal: `list.count(item)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn count(&self, item: &T) -> Result<usize> {
        let Count(n) = self.proxy.call("count", (item,))?;
        Ok(n)
    }

    /// Where the first item is that is equal: `list.index(item)`.
    ///
    /// # Errors
    /// [`is_value_error`](crate::manager::RemoteError::is_value_error) where there is none.
    pub fn index(&self, item: &T) -> Result<usize> {
        let Count(n) = self.proxy.call("index", (item,))?;
        Ok(n)
    }

    /// The same from one index on, and before another: `list.index(item, start, stop)`.
    ///
    /// # Errors
    /// As [`index`](Self::index).
    pub fn index_in(&self, item: &T, start: isize, stop: isize) -> Result<usize> {
        let Count(n) = self.proxy.call("index", (item, start, stop))?;
        Ok(n)
    }
}
