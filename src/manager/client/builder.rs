//! Connecting to a manager.

use std::sync::Arc;
use std::time::Duration;

use super::event::ManagerEvent;
use super::manager::Manager;
use super::other_managers::OtherManagers;
use super::other_sessions::OtherSessions;
use super::reconnect::Reconnect;
use super::session::Session;
use super::settings::{Serializer, Settings};
use crate::client::Connect;
use crate::error::{Error, Result};
use crate::handshake::Policy;
use crate::pickle::ReadOptions;
use crate::{Address, AuthKey, IntoAuthKey};

/// Connects to a manager, with the settings that Python lacks.
///
/// # Examples
/// ```no_run
/// use std::time::Duration;
/// use mpconn::manager::{Manager, Reconnect};
///
/// let manager = Manager::builder()
///     .authkey("secret password")
///     .call_timeout(Duration::from_secs(10))
///     .reconnect(Reconnect::attempts(20))
///     .on_event(|event| eprintln!("{event}"))
///     .connect("localhost:6000")?;
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it connects when `connect` is called"]
pub struct Builder(Settings);

impl Builder {
    fn with_connect(mut self, change: impl FnOnce(Connect) -> Connect) -> Self {
        self.0.connect = change(self.0.connect);
        self
    }

    /// Sets the key that both ends have. Every CPython manager has one.
    pub fn authkey(self, key: impl Into<AuthKey>) -> Self {
        let key = key.into();
        self.with_connect(|connect| connect.authkey(key))
    }

    /// Sets which digests are accepted.
    pub fn policy(self, policy: Policy) -> Self {
        self.with_connect(|connect| connect.policy(policy))
    }

    /// Sets how long to wait for a connection: see [`Connect::timeout`].
    pub fn connect_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        let timeout = timeout.into();
        self.with_connect(|connect| connect.timeout(timeout))
    }

    /// Sets how long a handshake may take: 20 seconds by default, `None` is without limit.
    pub fn handshake_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        let timeout = timeout.into();
        self.with_connect(|connect| connect.handshake_timeout(timeout))
    }

    /// Sets the longest answer to take, in bytes: by default 1 GiB with a key and 64 MiB without,
    /// as [`Connect::max_message_len`] says. A longer one is an error
    /// ([`frame_error`](Error::frame_error)), and its connection is closed.
    pub fn max_message_len(self, max: u64) -> Self {
        self.with_connect(|connect| connect.max_message_len(max))
    }

    /// Sets how long a call may take: connecting where that is due, the answer, and adopting the
    /// proxies in it, all together. There is no limit by default.
    ///
    /// Calls that wait at the manager, such as [`Queue::get`](super::Queue::get), have no limit: each
    /// is cut into short waits, and this is how late the manager may be with the end of each. So
    /// nothing is taken from a queue after the caller has given up, except by a manager that was
    /// late and goes on: then the error says [`may_have_run`](Error::may_have_run).
    pub fn call_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.0.call_timeout = timeout.into();
        self
    }

    /// Sets how requests and answers are written: as pickles by default.
    pub fn serializer(mut self, serializer: Serializer) -> Self {
        self.0.serializer = serializer;
        self
    }

    /// Sets how answers are read: limits, which classes may come, what becomes of Python 2's `str`.
    pub fn read_options(mut self, options: ReadOptions) -> Self {
        self.0.codec = self.0.codec.options(options);
        self
    }

    /// Sets what is done when the manager is lost: nothing by default.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.0.reconnect = reconnect;
        self
    }

    /// Sets which other managers may be connected to for proxies in answers, and with which keys: none by
    /// default. See [`OtherManagers`].
    pub fn other_managers(mut self, others: OtherManagers) -> Self {
        self.0.other_managers = others;
        self
    }

    /// Sets a function that is called with each [`ManagerEvent`]. It runs on the thread in which that
    /// happens, which may be the one that gives references back, and must not call the manager.
    pub fn on_event(mut self, hook: impl Fn(&ManagerEvent<'_>) + Send + Sync + 'static) -> Self {
        self.0.on_event = Some(Arc::new(hook));
        self
    }

    /// Connects, and asks the manager for a first answer, as `BaseManager.connect` does.
    ///
    /// # Errors
    /// Fails if nobody listens there, if the handshake fails
    /// ([`is_authentication`](Error::is_authentication)), and if what listens there is no manager.
    pub fn connect<A>(mut self, address: A) -> Result<Manager>
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        self.0.address = address.try_into().map_err(Into::into)?;
        let address = self.0.address.clone();
        let others = Arc::new(OtherSessions::default());
        let session = Session::new(self.0, Arc::clone(&others));
        others.add(address, &session);
        let manager = Manager::of_session(session);
        manager.dummy()?;
        Ok(manager)
    }
}

impl Default for Builder {
    fn default() -> Self {
        Builder(Settings::new())
    }
}

impl Manager {
    /// Connects to a manager: `m = BaseManager(address, authkey); m.connect()`.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub fn connect<A>(address: A, authkey: impl IntoAuthKey) -> Result<Manager>
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        let builder = Manager::builder();
        match authkey.into_authkey() {
            Some(key) => builder.authkey(key).connect(address),
            None => builder.connect(address),
        }
    }

    /// Returns a builder, which has timeouts, what happens when the manager is lost, and so on.
    pub fn builder() -> Builder {
        Builder::default()
    }
}
