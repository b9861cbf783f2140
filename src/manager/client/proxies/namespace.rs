//! Namespaces.

use super::typed::typed;
use crate::error::Result;
use crate::manager::{Kwargs, Manager};

typed! {
    /// An object with attributes of any name: `multiprocessing.managers.Namespace` at the manager.
    ///
    /// A Python proxy keeps attributes whose name begins with `_` to itself. They can be shared
    /// here, but it does not see them.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Manager, Namespace};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let settings: Namespace = manager.namespace([("threads", 4)])?;
    /// settings.set("name", "a run")?;
    /// let threads: u32 = settings.get("threads")?;
    /// settings.delete("threads")?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    Namespace
}

impl Manager {
    /// Creates a namespace with these attributes, `()` for none: `manager.Namespace(**attributes)`.
    ///
    /// Python before 3.9 does not take attributes named `self`, `c` or `typeid` here, which are parameters of
    /// its own: [`set`](Namespace::set) them.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn namespace(&self, attributes: impl Kwargs) -> Result<Namespace> {
        self.create_kw("Namespace", (), attributes)
    }
}
