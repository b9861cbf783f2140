//! Sets.

use mpconn_proto::manager::wire::Count;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::forms::{AsSet, Walk};
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
    /// How many items it has: `len(set)`.
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

    /// `set.clear()`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn clear(&self) -> Result<()> {
        self.proxy.call("clear", ())
    }
}

impl<T: Serialize> SetProxy<T> {
    /// `item in set`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn contains(&self, item: &T) -> Result<bool> {
        self.proxy.call("__contains__", (item,))
    }

    /// `set.add(item)`
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn add(&self, item: &T) -> Result<()> {
        self.proxy.call("add", (item,))
    }

    /// `set.remove(item)`
    ///
    /// # Errors
    /// [`is_key_error`](crate::manager::RemoteError::is_key_error) where it is not in it.
    pub fn remove(&self, item: &T) -> Result<()> {
        self.proxy.call("remove", (item,))
    }

    /// Removes an item if it is in it: `set.discard(item)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn discard(&self, item: &T) -> Result<()> {
        self.proxy.call("discard", (item,))
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

    /// The same: `set.copy()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn copy(&self) -> Result<Vec<T>> {
        self.proxy.call("copy", ())
    }

    /// One item after the other: `iter(set)`. Python 3.14's `SetProxy` sends a copy; where
    /// `__iter__` is registered to return an `Iterator`, each item is a call.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn iter(&self) -> Result<impl Iterator<Item = Result<T>> + use<T>> {
        self.proxy.call::<Walk<T>>("__iter__", ())
    }

    /// Takes any item: `set.pop()`.
    ///
    /// # Errors
    /// [`is_key_error`](crate::manager::RemoteError::is_key_error) where there is none.
    pub fn pop(&self) -> Result<T> {
        self.proxy.call("pop", ())
    }
}

/// Methods that take whatever Python iterates over.
macro_rules! with_iterables {
    ($($name:ident $python:literal $returns:ty;)*) => {$(
        #[doc = concat!("`set.", $python, "(other)`, of anything that Python iterates over: a `Vec`, an array, another")]
        /// shared object.
        ///
        /// # Errors
        /// As [`Proxy::call`](crate::manager::Proxy::call).
        pub fn $name(&self, other: &(impl Serialize + ?Sized)) -> Result<$returns> {
            self.proxy.call($python, (other,))
        }
    )*};
}

/// Operators, which take a set and nothing else.
macro_rules! operators {
    ($($name:ident $method:literal $python:literal $returns:ty;)*) => {$(
        #[doc = concat!("`", $python, "`: the items of the other one are sent as a set.")]
        ///
        /// # Errors
        /// As [`Proxy::call`](crate::manager::Proxy::call).
        pub fn $name<'a>(&self, other: impl IntoIterator<Item = &'a T>) -> Result<$returns>
        where
            T: Serialize + 'a,
        {
            self.proxy.call($method, (as_set(other),))
        }
    )*};
}

/// Operators that change the set, and return all of it.
macro_rules! in_place {
    ($($name:ident $method:literal $python:literal;)*) => {$(
        #[doc = concat!("`", $python, "`: the items of the other one are sent as a set.")]
        ///
        /// # Errors
        /// As [`Proxy::call`](crate::manager::Proxy::call).
        pub fn $name<'a>(&self, other: impl IntoIterator<Item = &'a T>) -> Result<()>
        where
            T: Serialize + 'a,
        {
            self.proxy.call::<IgnoredAny>($method, (as_set(other),)).map(drop)
        }
    )*};
}

fn as_set<'a, T>(items: impl IntoIterator<Item = &'a T>) -> AsSet<&'a T> {
    AsSet(items.into_iter().collect())
}

impl<T: DeserializeOwned> SetProxy<T> {
    with_iterables! {
        difference "difference" Vec<T>;
        intersection "intersection" Vec<T>;
        symmetric_difference "symmetric_difference" Vec<T>;
        union "union" Vec<T>;
    }

    operators! {
        and "__and__" "set & other" Vec<T>;
        or "__or__" "set | other" Vec<T>;
        sub "__sub__" "set - other" Vec<T>;
        xor "__xor__" "set ^ other" Vec<T>;
        rand "__rand__" "other & set" Vec<T>;
        ror "__ror__" "other | set" Vec<T>;
        rsub "__rsub__" "other - set" Vec<T>;
        rxor "__rxor__" "other ^ set" Vec<T>;
    }
}

impl<T> SetProxy<T> {
    with_iterables! {
        difference_update "difference_update" ();
        intersection_update "intersection_update" ();
        isdisjoint "isdisjoint" bool;
        issubset "issubset" bool;
        issuperset "issuperset" bool;
        symmetric_difference_update "symmetric_difference_update" ();
        update "update" ();
    }

    operators! {
        ge "__ge__" "set >= other" bool;
        gt "__gt__" "set > other" bool;
        le "__le__" "set <= other" bool;
        lt "__lt__" "set < other" bool;
    }

    in_place! {
        iand "__iand__" "set &= other";
        ior "__ior__" "set |= other";
        isub "__isub__" "set -= other";
        ixor "__ixor__" "set ^= other";
    }
}
