//! Shared values.

use serde::Serialize;

use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// One value that all see: `multiprocessing.managers.Value` at the manager, whose proxies
    /// Python calls `ValueProxy`.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Manager, ValueProxy};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let loss: ValueProxy<f64> = manager.value("d", &1.0)?;
    /// loss.set(&0.5)?;
    /// assert_eq!(loss.get()?, 0.5);
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "Value")]
    ValueProxy<T>
}

impl Manager {
    /// A new value: `manager.Value(typecode, value)`. Python keeps the typecode, and does not look
    /// at it: the value may be anything.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn value<T: Serialize>(&self, typecode: &str, value: &T) -> Result<ValueProxy<T>> {
        self.create("Value", (typecode, value))
    }
}
