//! The questions that calls of a manager add to [`Error`].

use mpconn_escape::escaped;
use mpconn_proto::manager::RemoteError;

use crate::Address;
use crate::error::{Cause, Error, ErrorKind};
use crate::pickle::Value;

/// What is known of a call that failed.
#[derive(Debug)]
struct Fate {
    lost: bool,
    ran: Ran,
    /// What the method returned, where a proxy in it could not be adopted.
    returned: Option<Value>,
}

/// Whether a call has run at the manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ran {
    /// It was not sent, or not whole.
    No,
    /// It was sent, and no answer came.
    Maybe,
    /// Its answer came.
    Yes,
}

impl Ran {
    /// Returns what an error says of it.
    fn note(self) -> &'static str {
        match self {
            Ran::No => "",
            Ran::Maybe => "; the call may have run",
            Ran::Yes => "; the call has run",
        }
    }
}

/// A proxy in an answer that is of another manager.
#[derive(Debug, thiserror::Error)]
#[error(
    "a shared {} of another manager, at {address}, which is not connected to unless \
     manager::Builder::other_managers allows it",
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
/// | a proxy of another manager, which Python connects to | [`other_manager`](Self::other_manager), [`returned_value`](Self::returned_value) |
/// | `EOFError`, `ConnectionError` of a call | [`is_lost`](Self::is_lost), [`may_have_run`](Self::may_have_run) |
impl Error {
    /// Returns the error of a call that got no answer, or none that could be used.
    pub(super) fn call(what: String, lost: bool, ran: Ran, source: Error) -> Self {
        let fate = Fate {
            lost,
            ran,
            returned: None,
        };
        Error::within(what, fate, source)
    }

    /// Returns the error of a call whose answer has a proxy that was not adopted.
    pub(super) fn not_adopted(what: String, source: Error, returned: Option<Value>) -> Self {
        let fate = Fate {
            lost: false,
            ran: Ran::Yes,
            returned,
        };
        Error::within(what, fate, source)
    }

    fn within(context: String, fate: Fate, source: Error) -> Self {
        Cause::Within {
            context,
            note: fate.ran.note(),
            detail: Box::new(fate),
            source: Box::new(source),
        }
        .into()
    }

    /// Returns the error that the manager answered in place of a result.
    pub(super) fn remotely(error: RemoteError) -> Self {
        Cause::Boxed {
            kind: ErrorKind::Remote,
            source: Box::new(error),
        }
        .into()
    }

    /// Returns the error of an object of another manager, to which nothing connects.
    pub(super) fn elsewhere(typeid: String, address: Address) -> Self {
        Cause::Boxed {
            kind: ErrorKind::OtherManager,
            source: Box::new(OtherManager { typeid, address }),
        }
        .into()
    }

    /// Returns what is known of the call that failed, if it was one.
    fn fate(&self) -> Option<&Fate> {
        match self.outermost() {
            Cause::Within { detail, .. } => detail.downcast_ref(),
            _ => None,
        }
    }

    /// Returns the error of a manager, or an object, that is lost: the call did not run.
    pub(super) fn lost(what: String, source: Error) -> Self {
        Error::call(what, true, Ran::No, source)
    }

    /// Returns what the manager answered in place of a result: an exception or a traceback.
    pub fn remote(&self) -> Option<&RemoteError> {
        match self.outermost() {
            Cause::Boxed { source, .. } => source.downcast_ref(),
            _ => None,
        }
    }

    /// Returns whether the method raised an exception of this class, by name: `is("shop.OutOfStock")`,
    /// `is("KeyError")`. See [`RemoteError::is`].
    pub fn is(&self, name: &str) -> bool {
        self.remote().is_some_and(|remote| remote.is(name))
    }

    /// Returns whether the manager was there and is lost: the connection to it broke, nobody listens there
    /// any more, or it was lost before and no [`Reconnect`](super::Reconnect) was asked for.
    ///
    /// A first connection that is refused is no loss: [`io_error`](Self::io_error) has the reason.
    pub fn is_lost(&self) -> bool {
        self.fate().is_some_and(|fate| fate.lost)
    }

    /// Returns the address of another manager, which a proxy in an answer is of, where
    /// [`other_managers`](super::Builder::other_managers) does not allow to connect to it. Nothing was
    /// connected to.
    pub fn other_manager(&self) -> Option<&Address> {
        match self.root() {
            Cause::Boxed { source, .. } => {
                let other: &OtherManager = source.downcast_ref()?;
                Some(&other.address)
            }
            _ => None,
        }
    }

    /// Returns what the method returned, where a proxy in it could not be adopted: its manager refused the
    /// key, did not answer or is not allowed, or the object is gone. In the value such a proxy is what
    /// [`Manager::proxy`](super::Manager::proxy) takes. References of the other proxies are given back.
    pub fn returned_value(&self) -> Option<&Value> {
        self.fate()?.returned.as_ref()
    }

    /// Returns whether the call that failed may have run at the manager: the request went out whole, and no
    /// answer came, or one that could not be used ([`has_run`](Self::has_run)). False where it is known
    /// that it did not run, and for an exception that the method raised, which is an answer.
    pub fn may_have_run(&self) -> bool {
        self.fate().is_some_and(|fate| fate.ran != Ran::No)
    }

    /// Returns whether the call that failed has run at the manager: its answer came, but is not what the
    /// caller reads, or has a proxy that could not be adopted.
    pub fn has_run(&self) -> bool {
        self.fate().is_some_and(|fate| fate.ran == Ran::Yes)
    }
}
