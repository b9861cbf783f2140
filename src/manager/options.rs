//! How patiently one call is made.

use std::time::Duration;

use super::Cancel;
use super::exchange::Patience;

/// What one call may take, and who may end it.
///
/// ```no_run
/// use std::time::Duration;
/// use mpconn::manager::{CallOptions, Manager, Proxy};
///
/// let manager = Manager::connect("localhost:6000", "secret")?;
/// let model: Proxy = manager.create("Model", ())?;
/// let options = CallOptions::new().timeout(Duration::from_secs(60));
/// let loss: f64 = model.call_with("train", (100,), (), &options)?;
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    timeout: Option<Duration>,
    cancel: Option<Cancel>,
}

impl CallOptions {
    /// As patient as the manager's [`call_timeout`](super::Builder::call_timeout).
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// Sets how long the call may take: connecting where that is due, the answer, and adopting the
    /// proxies in it, all together. A call that timed out may have run, and goes on at the manager.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Who may end it from another thread. A call that was cancelled may have run.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    pub(super) fn patience(&self, usual: Option<Duration>) -> Patience {
        Patience::new(self.timeout.or(usual), self.cancel.clone())
    }
}

/// How long to wait for something to happen, and who may end the waiting: for calls such as
/// [`Queue::get_with`](super::Queue::get_with) that wait at the manager.
///
/// Made of a `Duration`, a [`Cancel`], or both:
///
/// ```
/// use std::time::Duration;
/// use mpconn::manager::{Cancel, Wait};
///
/// let cancel = Cancel::new();
/// let wait = Wait::new().timeout(Duration::from_secs(30)).cancel(&cancel);
/// # let _: [Wait; 3] = [wait, Duration::from_secs(30).into(), (&cancel).into()];
/// ```
#[derive(Clone, Debug, Default)]
pub struct Wait {
    pub(super) timeout: Option<Duration>,
    pub(super) cancel: Option<Cancel>,
}

impl Wait {
    /// For ever.
    pub fn new() -> Self {
        Wait::default()
    }

    /// That long at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Until it is cancelled: then nothing has happened at the manager.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }
}

impl From<Duration> for Wait {
    fn from(timeout: Duration) -> Self {
        Wait::new().timeout(timeout)
    }
}

impl From<Option<Duration>> for Wait {
    fn from(timeout: Option<Duration>) -> Self {
        Wait {
            timeout,
            cancel: None,
        }
    }
}

impl From<&Cancel> for Wait {
    fn from(cancel: &Cancel) -> Self {
        Wait::new().cancel(cancel)
    }
}
