//! Events.

use super::blocking::{Waited, wait};
use super::typed::typed;
use crate::error::Result;
use crate::manager::{Manager, Wait};

typed! {
    /// A flag that can be waited for: `threading.Event` at the manager, whose proxies Python calls
    /// `EventProxy`.
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
    /// A new event that is not set: `manager.Event()`.
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

    /// The same for a time or until it is cancelled: `event.wait(timeout)`. Whether it was set in
    /// time.
    ///
    /// What can be cancelled, or has a [`call_timeout`](crate::manager::Builder::call_timeout) of
    /// the manager's to keep, waits in pieces. An event that is set and cleared right away may do
    /// so between two of them, and is missed then; and Python 2.7 tells those that it wakes so
    /// that it is not set, whoever waits. What everybody is to notice stays set.
    ///
    /// # Errors
    /// [`is_cancelled`](crate::Error::is_cancelled), and as
    /// [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait_with(&self, how_long: impl Into<Wait>) -> Result<bool> {
        let waited = wait(&self.proxy, &how_long.into(), |seconds, limit| {
            let args = (seconds,);
            let is_set: bool = self.proxy.call_within("wait", &args, &(), limit)?;
            // Without a timeout, whatever it answers was woken by a `set`.
            Ok(match is_set || seconds.is_none() {
                true => Waited::Done(()),
                false => Waited::NotYet(()),
            })
        });
        Ok(matches!(waited?, Waited::Done(())))
    }
}
