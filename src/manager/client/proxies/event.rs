//! Events.

use super::blocking::{Waited, wait};
use super::typed::typed;
use crate::error::Result;
use crate::manager::{Manager, Wait};

typed! {
    /// A flag that can be waited for: `threading.Event` at the manager.
    ///
    /// # Examples
    /// ```no_run
    /// use std::time::Duration;
    /// use mpconn::manager::{EventProxy, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let stop: EventProxy = manager.create("stop", ())?;
    /// while !stop.wait_with(Duration::from_secs(1))? {
    ///     println!("still working");
    /// }
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "Event")]
    EventProxy
}

impl Manager {
    /// Creates an event that is not set: `manager.Event()`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn event(&self) -> Result<EventProxy> {
        self.create("Event", ())
    }
}

impl EventProxy {
    /// Waits until it is set: `event.wait()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait(&self) -> Result<()> {
        while !self.wait_with(Wait::new())? {}
        Ok(())
    }

    /// Waits until it is set, for a limited time, or until the wait is cancelled: `event.wait(timeout)`.
    /// Returns whether it was set in time.
    ///
    /// A wait that can be cancelled, or a manager with a
    /// [`call_timeout`](crate::manager::Builder::call_timeout), is cut into short waits. An event that is
    /// set and cleared between two of them is missed. Python 2.7 reports a wake-up by an event that is
    /// cleared at once as not set, to any client. Leave an event set that everybody has to notice.
    ///
    /// # Errors
    /// Fails if the wait is cancelled, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait_with(&self, how_long: impl Into<Wait>) -> Result<bool> {
        let waited = wait(&self.proxy, &how_long.into(), |seconds, limit| {
            let args = (seconds,);
            let is_set: bool = self.proxy.call_within("wait", &args, &(), limit)?;
            // A wait without a timeout ends by a `set`, whatever it answers.
            Ok(match is_set || seconds.is_none() {
                true => Waited::Done(()),
                false => Waited::NotYet(()),
            })
        });
        Ok(matches!(waited?, Waited::Done(())))
    }
}
