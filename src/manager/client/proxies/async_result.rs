//! Results that a pool has not got yet.

use serde::de::DeserializeOwned;

use super::blocking::{Waited, wait};
use super::iterator::is_not_yet;
use super::typed::typed;
use crate::error::{Error, Result};
use crate::manager::Wait;

typed! {
    /// The future result of a function that a pool runs: `multiprocessing.pool.AsyncResult`.
    ///
    /// # Examples
    /// ```no_run
    /// use std::time::Duration;
    /// use mpconn::manager::{AsyncResult, Function, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let pool = manager.pool(4)?;
    /// let root: AsyncResult<f64> = pool.apply_async(&Function::new("math", "sqrt"), (2.0,))?;
    /// println!("{}", root.get_with(Duration::from_secs(10))?);
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    AsyncResult<T>
}

impl<T: DeserializeOwned> AsyncResult<T> {
    /// Waits for the function and returns its result: `result.get()`.
    ///
    /// # Errors
    /// Fails with what the function raised, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn get(&self) -> Result<T> {
        self.get_with(Wait::new())
    }

    /// Does the same as [`get`](Self::get) for a limited time, or until it is cancelled:
    /// `result.get(timeout)`. The function goes on after that.
    ///
    /// # Errors
    /// Fails with [`is("multiprocessing.TimeoutError")`](Error::is) if it takes longer, if it is cancelled, and
    /// as [`get`](Self::get).
    pub fn get_with(&self, how_long: impl Into<Wait>) -> Result<T> {
        let waited = wait(&self.proxy, &how_long.into(), |seconds, limit| {
            let got = match seconds {
                None => self.proxy.call_within("get", &(), &(), limit),
                Some(seconds) => self.proxy.call_within("get", &(seconds,), &(), limit),
            };
            match got {
                Err(error) if error.remote().is_some_and(is_not_yet) => self.late(error),
                got => got.map(Waited::Done),
            }
        })?;
        waited.in_time()
    }

    /// Finds out what a `TimeoutError` is: the time is over, or the function raised it, or it has returned
    /// just now.
    fn late(&self, error: Error) -> Result<Waited<T, Error>> {
        match self.ready()? {
            false => Ok(Waited::NotYet(error)),
            true => self.proxy.call("get", (0,)).map(Waited::Done),
        }
    }
}

impl<T> AsyncResult<T> {
    /// Waits until the function has returned or raised: `result.wait()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait(&self) -> Result<()> {
        self.wait_with(Wait::new()).map(drop)
    }

    /// Waits for the function for a limited time, or until the wait is cancelled: `result.wait(timeout)`. Returns
    /// whether it is [`ready`](Self::ready).
    ///
    /// # Errors
    /// Fails if the wait is cancelled, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn wait_with(&self, how_long: impl Into<Wait>) -> Result<bool> {
        let waited = wait(&self.proxy, &how_long.into(), |seconds, limit| {
            let Some(seconds) = seconds else {
                return self
                    .proxy
                    .call_within("wait", &(), &(), limit)
                    .map(Waited::Done);
            };
            self.proxy
                .call_within::<()>("wait", &(seconds,), &(), limit)?;
            Ok(match self.ready()? {
                true => Waited::Done(()),
                false => Waited::NotYet(()),
            })
        })?;
        Ok(matches!(waited, Waited::Done(())))
    }
}
