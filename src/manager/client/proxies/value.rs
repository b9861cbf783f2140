//! Shared values.

use serde::Serialize;

use super::typed::typed;
use crate::error::Result;
use crate::manager::Manager;

typed! {
    /// One value that all clients see: `multiprocessing.managers.Value` at the manager.
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
    /// Creates a value: `manager.Value(typecode, value)`. Python keeps the type code and does not check it:
    /// the value may be of any type.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn value<T: Serialize>(&self, typecode: &str, value: &T) -> Result<ValueProxy<T>> {
        self.create("Value", (typecode, value))
    }
}
