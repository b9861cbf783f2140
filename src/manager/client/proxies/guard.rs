//! Guards: each holds a lock until it is dropped.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::manager::client::call_limit::CallLimit;
use crate::manager::client::event::ManagerEvent;
use crate::manager::client::object::Object;
use crate::manager::client::proxy::Proxy;
use crate::transport::readiness::Deadline;

/// How long dropping a guard may wait for a manager that does not answer.
const LONGEST_DROP: Duration = Duration::from_secs(5);

/// An object that is acquired.
struct Held {
    proxy: Proxy,
    /// The object that was acquired: one that was created again at a later manager is not ours to release.
    object: Object,
    /// The process that holds it: a child made by `fork` has a copy of the guard.
    process: u32,
}

impl Held {
    fn new(proxy: &Proxy, object: Object) -> Self {
        Held {
            proxy: proxy.clone(),
            object,
            process: std::process::id(),
        }
    }

    fn release(&self, limit: &CallLimit) -> Result<()> {
        let connection = self.proxy.reach_again(&self.object, limit)?;
        let object = &self.object;
        self.proxy
            .call_over(&connection, object, "release", &(), &(), limit)
    }

    fn abandon(&self) {
        if self.process != std::process::id() {
            return;
        }
        // Others wait for it, so that it cannot be left to a thread of its own: an `RLock` has to be
        // released over this thread's connection, and the next call of this thread may need it.
        let mut limit = self.proxy.usual_limit();
        limit.deadline = limit.deadline.earlier(Deadline::after(Some(LONGEST_DROP)));
        if let Err(error) = self.release(&limit) {
            let (typeid, error): (_, &Error) = (self.proxy.typeid(), &error);
            if let Ok(session) = self.proxy.session() {
                session.tell(&ManagerEvent::UnlockFailed { typeid, error });
            }
        }
    }
}

macro_rules! guard {
    ($(#[$doc:meta])* $name:ident, $marker:ty) => {
        $(#[$doc])*
        #[must_use = "it is released at once where the guard is not kept"]
        pub struct $name {
            /// `None` once it is released.
            held: Option<Held>,
            marker: PhantomData<$marker>,
        }

        impl $name {
            pub(super) fn new(proxy: &Proxy, object: Object) -> Self {
                let held = Some(Held::new(proxy, object));
                $name { held, marker: PhantomData }
            }

            /// Releases it now.
            ///
            /// # Errors
            /// Fails as [`Proxy::call`]. It is not tried again: the guard is gone.
            pub fn release(mut self) -> Result<()> {
                match self.held.take() {
                    Some(held) => held.release(&held.proxy.usual_limit()),
                    None => Ok(()),
                }
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(held) = self.held.take() {
                    held.abandon();
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let proxy = self.held.as_ref().map(|held| &held.proxy);
                f.debug_tuple(stringify!($name)).field(&proxy).finish()
            }
        }
    };
}

guard! {
    /// Holds a [`Lock`](super::Lock), a [`Semaphore`](super::Semaphore) or a
    /// [`BoundedSemaphore`](super::BoundedSemaphore) until it is dropped.
    ///
    /// Any thread may drop it. Dropping it asks the manager to release the lock and waits for the answer,
    /// within the manager's `call_timeout` and for five seconds at most: after it, the lock is free. A
    /// failure is told as [`UnlockFailed`](ManagerEvent::UnlockFailed); [`release`](Self::release) returns
    /// it.
    ///
    /// ```no_run
    /// use mpconn::manager::{Lock, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let lock: Lock = manager.lock()?;
    /// let guard = lock.lock()?;
    /// std::thread::spawn(move || drop(guard)).join().unwrap();
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    Guard, ()
}

guard! {
    /// Holds an [`RLock`](super::RLock) or a [`Condition`](super::Condition) until it is dropped,
    /// in the thread that acquired it.
    ///
    /// The server thread at the other end of this thread's connection owns such a lock. No other thread can
    /// release it, so the guard stays in its thread. Otherwise it is like a [`Guard`].
    ///
    /// If this thread's connection closes while the lock is held, nobody can release it any more: its owner
    /// is gone, as after the death of a Python client. A call closes the connection if it times out, or if
    /// it is cancelled by its [`CallOptions`](crate::manager::CallOptions). A cancelled
    /// [`Wait`](crate::manager::Wait) does not.
    ///
    /// ```no_run
    /// use mpconn::manager::{Manager, RLock};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let lock: RLock = manager.rlock()?;
    /// let outer = lock.lock()?;
    /// let inner = lock.lock()?;
    /// inner.release()?;
    /// outer.release()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # fn main() -> Result<(), mpconn::Error> {
    /// # let manager = mpconn::manager::Manager::connect("localhost:6000", None)?;
    /// let guard = manager.rlock()?.lock()?;
    /// std::thread::spawn(move || drop(guard));
    /// # Ok(())
    /// # }
    /// ```
    ThreadGuard, *const ()
}
