//! Iterators that stay at the manager.

use mpconn_proto::manager::RemoteError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blocking::{Waited, wait};
use super::typed::typed;
use crate::error::{Error, Result};
use crate::manager::Wait;
use crate::manager::client::call_limit::CallLimit;
use crate::manager::client::object::Object;

typed! {
    /// An iterator or generator at the manager, as a Rust iterator: `SyncManager` registers it as `Iterator`.
    /// Each item is a call.
    ///
    /// It ends with Python's `StopIteration`. An exception is an item that is an error; a generator has no
    /// item after it. If the manager is lost, that error is the last item.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{IteratorProxy, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let squares: IteratorProxy<u64> = manager.create("squares", (10,))?;
    /// let sum: u64 = squares.sum::<Result<_, _>>()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "Iterator")]
    #[must_use = "nothing is called until it is iterated over"]
    IteratorProxy<T> { is_over: bool, next: NextMethod, pace: Pace, begun: Option<Object> }
}

/// The name of the method that gives the next item.
#[derive(Clone, Copy, Default, PartialEq)]
enum NextMethod {
    #[default]
    Unknown,
    Python2,
    Python3,
}

impl NextMethod {
    fn name(self) -> &'static str {
        match self {
            NextMethod::Python2 => "next",
            _ => "__next__",
        }
    }
}

/// The time limit of an item.
#[derive(Clone, Copy, Default)]
pub(super) enum Pace {
    /// That of any call.
    #[default]
    Usual,
    /// None: it takes as long as its task. The object's `next` has a timeout.
    Timed,
    /// None: it takes as long as its task.
    Endless,
}

impl<T> IteratorProxy<T> {
    pub(super) fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Returns the method for the next item: Python 2 has `next`, Python 3 `__next__`, and both may be
    /// exposed.
    fn next_method(&mut self) -> Result<NextMethod> {
        if self.next == NextMethod::Unknown {
            let exposed = self.proxy.exposed()?;
            let has = |name: &str| exposed.iter().any(|exposed| exposed == name);
            self.next = match has("next") && !has("__next__") {
                true => NextMethod::Python2,
                false => NextMethod::Python3,
            };
        }
        Ok(self.next)
    }
}

impl<T: DeserializeOwned> IteratorProxy<T> {
    /// Returns the next item, or `None` at the end; waits for a limited time, or until it is cancelled:
    /// `iterator.next(timeout)`. Iterators of [`Pool::imap`](super::Pool::imap) and
    /// [`Pool::imap_unordered`](super::Pool::imap_unordered) have this, if their chunks have one item.
    ///
    /// # Errors
    /// Fails with [`is("multiprocessing.TimeoutError")`](Error::is) if there was none in time, in which
    /// case a later call returns it; if it is cancelled; with the exception of the task; and with a
    /// `TypeError` if the iterator has no timeouts.
    pub fn next_with(&mut self, how_long: impl Into<Wait>) -> Result<Option<T>> {
        if self.is_over {
            return Ok(None);
        }
        let next = self.next_timed(&how_long.into());
        self.or_end(next)
    }

    fn next_timed(&mut self, how_long: &Wait) -> Result<T> {
        self.next_method()?;
        let proxy = self.proxy.clone();
        let waited = wait(&proxy, how_long, |seconds, limit| {
            let next = match seconds {
                None => self.ask(&[], limit),
                Some(seconds) => self.ask(&[seconds], limit),
            };
            Waited::told(next, is_not_yet)
        })?;
        waited.in_time()
    }

    /// Asks for the next item. If both methods are exposed and the object lacks one, nothing has been
    /// called, and the other one is.
    fn ask(&mut self, args: &[f64], limit: &CallLimit) -> Result<T> {
        let method = self.next_method()?;
        let begun = &mut self.begun;
        let next = self.proxy.call_same(begun, method.name(), &args, limit);
        let is_missing =
            |error: &Error| error.remote().is_some_and(|remote| remote.is_not_exposed());
        match (method, next) {
            (NextMethod::Python3, Err(error)) if is_missing(&error) => {
                let name = NextMethod::Python2.name();
                if !self.proxy.exposed()?.iter().any(|exposed| exposed == name) {
                    return Err(error);
                }
                self.next = NextMethod::Python2;
                self.proxy.call_same(&mut self.begun, name, &args, limit)
            }
            (_, next) => next,
        }
    }

    fn or_end(&mut self, next: Result<T>) -> Result<Option<T>> {
        match next {
            Ok(item) => Ok(Some(item)),
            Err(error) if error.is("StopIteration") => {
                self.is_over = true;
                Ok(None)
            }
            Err(error) => {
                // A re-created iterator would start over, so stop here.
                self.is_over = error.is_lost();
                Err(error)
            }
        }
    }

    /// Resumes a generator with this as the value of its `yield`, and returns the next item:
    /// `generator.send(value)`.
    ///
    /// # Errors
    /// Fails with [`is("StopIteration")`](Error::is) if it ends instead, and as [`close`](Self::close).
    pub fn send(&self, value: &(impl Serialize + ?Sized)) -> Result<T> {
        self.proxy.call("send", (value,))
    }

    /// Resumes a generator with this exception at its `yield`, and returns the next item:
    /// `generator.throw(exception)`.
    ///
    /// A `BaseException` that is no `Exception`, such as `GeneratorExit`, ends the manager's thread if the
    /// generator does not catch it: see [`ManagerEvent::Lost`](crate::manager::ManagerEvent::Lost).
    /// [`close`](Self::close) is safe.
    ///
    /// # Errors
    /// Fails with the exception if the generator does not catch it, and as [`send`](Self::send).
    pub fn throw(&self, exception: &crate::pickle::types::Exception) -> Result<T> {
        self.proxy.call("throw", (exception,))
    }
}

impl<T: DeserializeOwned> Iterator for IteratorProxy<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.is_over {
            return None;
        }
        let usual = self.proxy.usual_limit();
        let next = match self.pace {
            Pace::Usual => self.ask(&[], &usual),
            Pace::Timed => self.next_timed(&Wait::new()),
            Pace::Endless => self.ask(&[], &CallLimit::NONE),
        };
        self.or_end(next).transpose()
    }
}

impl<T: DeserializeOwned> std::iter::FusedIterator for IteratorProxy<T> {}

/// Returns whether a pool tells that the time is over. With arguments the exception is the task's own.
pub(super) fn is_not_yet(remote: &RemoteError) -> bool {
    remote.is("multiprocessing.TimeoutError") && remote.args().is_empty()
}
