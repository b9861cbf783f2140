//! The questions that calls of a manager add to [`Error`].

use mpconn_escape::escaped;
use mpconn_proto::manager::RemoteError;

use crate::Address;
use crate::error::{Error, ErrorKind, Kind};

/// What is known of a call that failed.
#[derive(Debug)]
struct Fate {
    lost: bool,
    may_have_run: bool,
}

/// A proxy in an answer that is of another manager.
#[derive(Debug, thiserror::Error)]
#[error(
    "a shared {} of another manager, at {address}, which is not connected to unless \
     manager::Builder::allow_other_managers is set",
    escaped(typeid)
)]
struct OtherManager {
    typeid: String,
    address: Address,
}

/// Errors of calls at a manager.
///
/// | Python | question |
/// |---|---|
/// | the exception that the method raised | [`remote`](Self::remote), [`is`](Self::is) |
/// | `queue.Empty`, `KeyError` and other exceptions of Python | the questions of [`RemoteError`]: `error.remote().is_some_and(RemoteError::is_empty)` |
/// | `RemoteError` | [`remote`](Self::remote), with [`traceback`](RemoteError::traceback) |
/// | a proxy of another manager, which Python connects to | [`other_manager`](Self::other_manager) |
/// | `EOFError`, `ConnectionError` of a call | [`is_lost`](Self::is_lost), [`may_have_run`](Self::may_have_run) |
impl Error {
    /// Of a call that got no answer that could be used.
    pub(super) fn call(what: String, lost: bool, may_have_run: bool, source: Error) -> Self {
        Kind::Within {
            context: what,
            note: if may_have_run {
                "; the call may have run"
            } else {
                ""
            },
            detail: Box::new(Fate { lost, may_have_run }),
            source: Box::new(source),
        }
        .into()
    }

    /// What the manager answered in place of a result.
    pub(super) fn remotely(error: RemoteError) -> Self {
        Kind::Boxed {
            kind: ErrorKind::Remote,
            source: Box::new(error),
        }
        .into()
    }

    /// Of an object of another manager, to which nothing connects.
    pub(super) fn elsewhere(typeid: String, address: Address) -> Self {
        Kind::Boxed {
            kind: ErrorKind::OtherManager,
            source: Box::new(OtherManager { typeid, address }),
        }
        .into()
    }

    /// What is known of the call that failed, if it was one.
    fn fate(&self) -> Option<&Fate> {
        match self.outermost() {
            Kind::Within { detail, .. } => detail.downcast_ref(),
            _ => None,
        }
    }

    /// Of a manager, or an object, that is lost: the call did not run.
    pub(super) fn lost(what: String, source: Error) -> Self {
        Error::call(what, true, false, source)
    }

    /// What the manager answered in place of a result: an exception or a traceback.
    pub fn remote(&self) -> Option<&RemoteError> {
        match self.outermost() {
            Kind::Boxed { source, .. } => source.downcast_ref(),
            _ => None,
        }
    }

    /// The method raised an exception of this class, by name: `is("shop.OutOfStock")`,
    /// `is("KeyError")`. See [`RemoteError::is`].
    pub fn is(&self, name: &str) -> bool {
        self.remote().is_some_and(|remote| remote.is(name))
    }

    /// The manager is lost: the connection to it broke, nobody listens there any more, or it was
    /// lost before and no [`Reconnect`](super::Reconnect) was asked for.
    pub fn is_lost(&self) -> bool {
        self.fate().is_some_and(|fate| fate.lost)
    }

    /// The manager of a proxy that an answer had, where that is another one than the manager that
    /// was called, and [`allow_other_managers`](super::Builder::allow_other_managers) is not set.
    /// Nothing was connected to.
    pub fn other_manager(&self) -> Option<&Address> {
        match self.root() {
            Kind::Boxed { source, .. } => {
                let other: &OtherManager = source.downcast_ref()?;
                Some(&other.address)
            }
            _ => None,
        }
    }

    /// Whether the call that failed may have run at the manager: the request went out whole and
    /// no answer came, or none that could be used. False where it is known that it did not run;
    /// an exception that the method raised is an answer.
    pub fn may_have_run(&self) -> bool {
        self.fate().is_some_and(|fate| fate.may_have_run)
    }
}
