//! Arrays.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;
use crate::pickle::types::{self};

typed! {
    /// An array of numbers: `array.array` at the manager, which `SyncManager` registers as `Array`.
    ///
    /// Each method is a call. A negative index counts from the end, as in Python.
    /// [`get_value`](Self::get_value) fetches all items at once.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{ArrayProxy, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let array: ArrayProxy<f64> = manager.array('d', [0.5, 1.5])?;
    /// array.set(-1, &2.5)?;
    /// assert_eq!(array.get(1)?, 2.5);
    /// assert_eq!(array.get_value()?.to_vec::<f64>(), Some(vec![0.5, 2.5]));
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "Array")]
    ArrayProxy<T>
}

impl Manager {
    /// Creates an array with a type code of Python's `array`, such as `'i'` or `'d'`:
    /// `manager.Array(typecode, items)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn array<T: Serialize>(
        &self,
        typecode: char,
        items: impl IntoIterator<Item = T>,
    ) -> Result<ArrayProxy<T>> {
        let items: Vec<T> = items.into_iter().collect();
        self.create("Array", (typecode, items))
    }
}

impl<T> ArrayProxy<T> {
    /// Returns whether it has no items.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|len| len == 0)
    }

    /// Returns all items.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get_value(&self) -> Result<types::Array> {
        self.proxy.get_value()
    }
}

impl<T: DeserializeOwned> ArrayProxy<T> {
    /// Iterates over the items, each with a call of its own, as Python iterates over a proxy of an array.
    pub fn iter(&self) -> impl Iterator<Item = Result<T>> + use<T> {
        super::forms::by_index(self.proxy.clone())
    }
}
