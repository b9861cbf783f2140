//! What is acquired and released: `multiprocessing.managers.AcquirerProxy`.

use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use mpconn_proto::manager::Args;
use mpconn_proto::manager::RemoteError;

use super::blocking::{Waited, wait};
use super::truth::Truth;
use crate::error::{Error, Result};
use crate::manager::client::call_limit::CallLimit;
use crate::manager::client::object::Object;
use crate::manager::{Proxy, Wait};
use crate::transport::readiness::Deadline;

/// Acquires a lock. Returns the object that was acquired, or `None` if the time was over first.
pub(super) fn acquire(proxy: &Proxy, how_long: &Wait) -> Result<Option<Object>> {
    let mut pause = FIRST_PAUSE;
    let acquired = wait(proxy, how_long, |seconds, limit| {
        let Some(seconds) = seconds else {
            // Ignore the result: user classes may return anything.
            let (_, object) = ask(proxy, &(), limit)?;
            return Ok(Waited::Done(object));
        };
        if !proxy.has_no_timeout().load(Relaxed) {
            match ask(proxy, &(true, seconds), limit) {
                Err(error) if is_type_error(&error) => proxy.has_no_timeout().store(true, Relaxed),
                asked => return asked.map(waited),
            }
        }
        poll(proxy, seconds, &mut pause, limit)
    });
    match acquired? {
        Waited::Done(object) => Ok(Some(object)),
        Waited::NotYet(()) => Ok(None),
    }
}

/// Acquires a lock if nobody else has it.
pub(super) fn acquire_nowait(proxy: &Proxy) -> Result<Option<Object>> {
    match ask(proxy, &(false,), &proxy.usual_limit())? {
        (Truth(true), object) => Ok(Some(object)),
        (Truth(false), _) => Ok(None),
    }
}

fn ask(proxy: &Proxy, args: &impl Args, limit: &CallLimit) -> Result<(Truth, Object)> {
    let (object, connection) = proxy.reach(limit)?;
    let told = proxy.call_over(&connection, &object, "acquire", args, &(), limit)?;
    Ok((told, object))
}

fn waited((Truth(is_acquired), object): (Truth, Object)) -> Waited<Object> {
    match is_acquired {
        true => Waited::Done(object),
        false => Waited::NotYet(()),
    }
}

/// Returns whether Python 2 refused the timeout: its `acquire` takes one argument.
fn is_type_error(error: &Error) -> bool {
    error.remote().is_some_and(RemoteError::is_type_error)
}

/// The pause between two attempts at a lock without timeouts: the first and the longest one, as in
/// Python 2's own conditions.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Tries to acquire a lock that has no timeouts, for that many seconds.
fn poll(
    proxy: &Proxy,
    seconds: f64,
    pause: &mut Duration,
    limit: &CallLimit,
) -> Result<Waited<Object>> {
    let end = Deadline::after(Duration::try_from_secs_f64(seconds).ok());
    loop {
        let tried = waited(ask(proxy, &(false,), limit)?);
        if matches!(tried, Waited::Done(_)) || end.has_passed() {
            return Ok(tried);
        }
        thread::sleep(end.remaining().map_or(*pause, |left| left.min(*pause)));
        *pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

/// Implements the methods of locks, with the guard that holds them.
macro_rules! acquirer {
    ($name:ident, $guard:ident) => {
        impl $name {
            /// Waits for it, and holds it until the guard is dropped: Python's `with`.
            ///
            /// # Errors
            /// As [`Proxy::call`](crate::manager::Proxy::call).
            pub fn lock(&self) -> $crate::Result<$crate::manager::$guard> {
                loop {
                    if let Some(guard) = self.lock_with($crate::manager::Wait::new())? {
                        return Ok(guard);
                    }
                }
            }

            /// Does the same as [`lock`](Self::lock) for a limited time, or until it is cancelled. Returns
            /// `None` if the time was over first.
            ///
            /// # Errors
            /// As [`acquire_with`](Self::acquire_with).
            pub fn lock_with(
                &self,
                how_long: impl Into<$crate::manager::Wait>,
            ) -> $crate::Result<Option<$crate::manager::$guard>> {
                let acquired = super::acquire::acquire(&self.proxy, &how_long.into())?;
                Ok(acquired.map(|object| $crate::manager::$guard::new(&self.proxy, object)))
            }

            /// Does the same as [`lock`](Self::lock) without waiting. Returns `None` if somebody else has it.
            ///
            /// # Errors
            /// As [`Proxy::call`](crate::manager::Proxy::call).
            pub fn try_lock(&self) -> $crate::Result<Option<$crate::manager::$guard>> {
                let acquired = super::acquire::acquire_nowait(&self.proxy)?;
                Ok(acquired.map(|object| $crate::manager::$guard::new(&self.proxy, object)))
            }

            /// Waits for it and acquires it without a guard: `acquire()`.
            ///
            /// # Errors
            /// As [`Proxy::call`](crate::manager::Proxy::call).
            pub fn acquire(&self) -> $crate::Result<()> {
                while !self.acquire_with($crate::manager::Wait::new())? {}
                Ok(())
            }

            /// Does the same as [`acquire`](Self::acquire) for a limited time, or until it is cancelled:
            /// `acquire(True, timeout)`. Returns whether it was acquired; a wait that is over or was
            /// cancelled has taken nothing.
            ///
            /// Python 2.7 has no timeout here. The lock is then tried up to twenty times a second.
            ///
            /// # Errors
            /// Fails if the wait is cancelled, and as [`Proxy::call`](crate::manager::Proxy::call).
            pub fn acquire_with(
                &self,
                how_long: impl Into<$crate::manager::Wait>,
            ) -> $crate::Result<bool> {
                super::acquire::acquire(&self.proxy, &how_long.into())
                    .map(|object| object.is_some())
            }

            /// Does the same as [`acquire`](Self::acquire) without waiting: `acquire(False)`. Returns whether it
            /// was acquired.
            ///
            /// # Errors
            /// As [`Proxy::call`](crate::manager::Proxy::call).
            pub fn acquire_nowait(&self) -> $crate::Result<bool> {
                super::acquire::acquire_nowait(&self.proxy).map(|object| object.is_some())
            }

            /// Releases what was acquired without a guard: `release()`.
            ///
            /// # Errors
            /// Fails with [`remote`](crate::Error::remote) if Python refuses: a `RuntimeError` for locks (a
            /// `_thread.error` for Python 2.7's `Lock`), a `ValueError` for a `BoundedSemaphore`.
            pub fn release(&self) -> $crate::Result<()> {
                self.proxy.call("release", ())
            }
        }
    };
}
pub(super) use acquirer;
