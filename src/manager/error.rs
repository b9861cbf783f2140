//! The questions that calls of a manager add to [`Error`].

use mpconn_proto::manager::RemoteError;

use crate::Address;
use crate::error::{Error, Kind};

/// Errors of calls at a manager.
///
/// | Python | question |
/// |---|---|
/// | the exception that the method raised | [`remote`](Self::remote), [`is`](Self::is) |
/// | `queue.Empty`, `queue.Full` | [`is_empty`](Self::is_empty), [`is_full`](Self::is_full) |
/// | `KeyError`, `IndexError`, `ValueError` | [`is_key_error`](Self::is_key_error), [`is_index_error`](Self::is_index_error), [`is_value_error`](Self::is_value_error) |
/// | `RemoteError` | [`remote`](Self::remote), with [`traceback`](RemoteError::traceback) |
/// | a proxy of another manager, which Python connects to | [`other_manager`](Self::other_manager) |
/// | `EOFError`, `ConnectionError` of a call | [`is_lost`](Self::is_lost), [`may_have_run`](Self::may_have_run) |
impl Error {
    /// Of a call that got no answer that could be used.
    pub(super) fn call(what: String, lost: bool, may_have_run: bool, source: Error) -> Self {
        let source = Box::new(source);
        Kind::Call {
            what,
            lost,
            may_have_run,
            source,
        }
        .into()
    }

    /// Of a manager, or an object, that is lost: the call did not run.
    pub(super) fn lost(what: String, source: Error) -> Self {
        Error::call(what, true, false, source)
    }

    /// What the manager answered in place of a result: an exception or a traceback.
    pub fn remote(&self) -> Option<&RemoteError> {
        match self.kind() {
            Kind::Remote(error) => Some(error),
            _ => None,
        }
    }

    /// The method raised an exception of this class, by name: `is("shop.OutOfStock")`,
    /// `is("KeyError")`. See [`RemoteError::is`].
    pub fn is(&self, name: &str) -> bool {
        self.remote().is_some_and(|remote| remote.is(name))
    }

    /// The queue had nothing in time: Python's `queue.Empty`.
    pub fn is_empty(&self) -> bool {
        self.remote().is_some_and(RemoteError::is_empty)
    }

    /// The queue had no room in time: Python's `queue.Full`.
    pub fn is_full(&self) -> bool {
        self.remote().is_some_and(RemoteError::is_full)
    }

    /// The method raised a `KeyError`.
    pub fn is_key_error(&self) -> bool {
        self.remote().is_some_and(RemoteError::is_key_error)
    }

    /// The method raised an `IndexError`.
    pub fn is_index_error(&self) -> bool {
        self.remote().is_some_and(RemoteError::is_index_error)
    }

    /// The method raised a `ValueError`.
    pub fn is_value_error(&self) -> bool {
        self.remote().is_some_and(RemoteError::is_value_error)
    }

    /// The manager is lost: the connection to it broke, nobody listens there any more, or it was
    /// lost before and no [`Reconnect`](super::Reconnect) was asked for.
    pub fn is_lost(&self) -> bool {
        matches!(self.kind(), Kind::Call { lost: true, .. })
    }

    /// The manager of a proxy that an answer had, where that is another one than the manager that
    /// was called, and [`allow_other_managers`](super::Builder::allow_other_managers) is not set.
    /// Nothing was connected to.
    pub fn other_manager(&self) -> Option<&Address> {
        match self.root() {
            Kind::OtherManager { address, .. } => Some(address),
            _ => None,
        }
    }

    /// Whether the call that failed may have run at the manager: the request went out whole and
    /// no answer came, or none that could be used. False where it is known that it did not run;
    /// an exception that the method raised is an answer.
    pub fn may_have_run(&self) -> bool {
        match self.kind() {
            Kind::Call { may_have_run, .. } => *may_have_run,
            _ => false,
        }
    }
}
