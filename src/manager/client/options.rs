//! How long one call may take, and who may end it.

use std::time::Duration;

use super::call_limit::CallLimit;
use super::cancel::Cancel;

/// How long one call may take, and who may end it.
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
    /// `None`: the manager's default.
    timeout: Option<Option<Duration>>,
    cancel: Option<Cancel>,
}

impl CallOptions {
    /// Returns the default: the manager's [`call_timeout`](super::Builder::call_timeout).
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// Sets how long the call may take: connecting where that is due, the answer, and adopting the
    /// proxies in it, all together; `None` is without limit. A call that timed out may have run, and goes on at
    /// the manager.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// Lets another thread end it. A call that was cancelled may have run.
    pub fn cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    pub(super) fn limit(&self, usual: Option<Duration>) -> CallLimit {
        CallLimit::new(self.timeout.unwrap_or(usual), self.cancel.clone())
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
    /// Waits without a limit.
    pub fn new() -> Self {
        Wait::default()
    }

    /// Waits that long at most; `None` is without limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// Waits until it is cancelled: then nothing has happened at the manager.
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
