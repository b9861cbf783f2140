//! How to reach a manager, and how patiently.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Event, Inner, Manager, Reconnect};
use crate::Address;
use crate::AuthKey;
use crate::client::Connect;
use crate::codec;
use crate::error::{Error, Result};
use crate::handshake::Policy;
use crate::pickle::ReadOptions;

/// How requests and answers are written: the `serializer` of `BaseManager`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Serializer {
    /// `'pickle'`
    #[default]
    Pickle,
    /// `'xmlrpclib'`: None, bool, int of 32 bits, float, str, bytes, lists and dicts.
    #[cfg(feature = "xmlrpc")]
    XmlRpc,
}

impl Serializer {
    /// Python's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Serializer::Pickle => "pickle",
            #[cfg(feature = "xmlrpc")]
            Serializer::XmlRpc => "xmlrpclib",
        }
    }
}

impl Serializer {
    /// What to do where an answer was clearly written by another one.
    pub(super) fn not_of(self, answer: &[u8]) -> Option<&'static str> {
        match (self, answer.first()?) {
            (Serializer::Pickle, b'<') => Some(
                "the answer is no pickle but XML: a manager with serializer='xmlrpclib' wants \
                 Serializer::XmlRpc (feature `xmlrpc`)",
            ),
            #[cfg(feature = "xmlrpc")]
            (Serializer::XmlRpc, 0x80) => Some(
                "the answer is no XML but a pickle: a manager without serializer='xmlrpclib' wants \
                 Serializer::Pickle",
            ),
            _ => None,
        }
    }
}

type Hook = dyn Fn(&Event<'_>) + Send + Sync;

/// What all calls of a manager go by.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) address: Address,
    pub(super) connect: Connect,
    pub(super) call_timeout: Option<Duration>,
    pub(super) serializer: Serializer,
    pub(super) codec: codec::Pickle,
    pub(super) reconnect: Reconnect,
    /// Whether proxies in answers may lead to other managers.
    pub(super) allows_others: bool,
    pub(super) on_event: Option<Arc<Hook>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("call_timeout", &self.call_timeout)
            .field("serializer", &self.serializer)
            .field("reconnect", &self.reconnect)
            .field("allows_others", &self.allows_others)
            .finish_non_exhaustive()
    }
}

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
    pub(super) fn new() -> Self {
        Builder(Settings {
            address: Address::tcp("", 0),
            connect: Connect::new(),
            call_timeout: None,
            serializer: Serializer::default(),
            codec: codec::Pickle::new(),
            reconnect: Reconnect::never(),
            allows_others: false,
            on_event: None,
        })
    }

    fn with_connect(mut self, change: impl FnOnce(Connect) -> Connect) -> Self {
        self.0.connect = change(self.0.connect);
        self
    }

    /// The key that both ends have. Every CPython manager has one.
    pub fn authkey(self, key: impl Into<AuthKey>) -> Self {
        let key = key.into();
        self.with_connect(|connect| connect.authkey(key))
    }

    /// Which digests are good enough.
    pub fn policy(self, policy: Policy) -> Self {
        self.with_connect(|connect| connect.policy(policy))
    }

    /// How long to wait for a connection to be taken: see [`Connect::timeout`].
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.with_connect(|connect| connect.timeout(timeout))
    }

    /// How long a handshake may take: 20 seconds unless told, `None` for ever.
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
    /// Calls that wait by themselves, such as [`Queue::get`](super::Queue::get), may wait as long
    /// as they like: they are asked for in pieces, and this is how long the manager may be late
    /// with each. So nothing is taken from a queue that nobody waits for any more, unless a manager
    /// that was late goes on: an error that [`may_have_run`](Error::may_have_run) says so.
    pub fn call_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.0.call_timeout = timeout.into();
        self
    }

    /// How requests and answers are written: pickles, unless told.
    pub fn serializer(mut self, serializer: Serializer) -> Self {
        self.0.serializer = serializer;
        self
    }

    /// How answers are read: limits, which classes may come, what becomes of Python 2's `str`.
    pub fn read_options(mut self, options: ReadOptions) -> Self {
        self.0.codec = self.0.codec.options(options);
        self
    }

    /// What is done when the manager is lost: nothing, unless told.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.0.reconnect = reconnect;
        self
    }

    /// Allows proxies of other managers in answers: reading one connects to the address that it
    /// names, with this manager's key and settings, as Python does.
    ///
    /// By default such a proxy is an error ([`other_manager`](Error::other_manager)), and nothing
    /// connects anywhere, because an answer can name any address: a service that trusts this
    /// machine, or one that collects answers to challenges. Set this where every object of the
    /// manager comes from somebody you trust. All managers need the same key; there is no limit to
    /// how many are connected to.
    ///
    /// A manager that is reached through a tunnel or another translation of addresses calls itself
    /// by an address that is not the one it was reached by, and counts as another one until an
    /// answer has told which address that is.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{List, Manager, Proxy};
    ///
    /// let manager = Manager::builder()
    ///     .authkey("secret password")
    ///     .allow_other_managers()
    ///     .connect("localhost:6000")?;
    /// let directory: Proxy = manager.create("directory", ())?;
    /// let orders: List<u32> = directory.call("find", ("orders",))?;
    /// println!("{} orders at {}", orders.len()?, orders.proxy().manager().address());
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn allow_other_managers(mut self) -> Self {
        self.0.allows_others = true;
        self
    }

    /// Is told what happens beside the answers. It runs in whatever thread that happens in, and
    /// must not call the manager.
    pub fn on_event(mut self, hook: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.0.on_event = Some(Arc::new(hook));
        self
    }

    /// Connects, and asks the manager for a first answer, as `BaseManager.connect` does.
    ///
    /// # Errors
    /// When nobody listens there, when the handshake fails
    /// ([`is_authentication`](Error::is_authentication)), and when what listens there is no
    /// manager.
    pub fn connect<A>(mut self, address: A) -> Result<Manager>
    where
        A: TryInto<Address>,
        A::Error: Into<Error>,
    {
        self.0.address = address.try_into().map_err(Into::into)?;
        let manager = Manager::from_inner(Inner::new(self.0));
        manager.dummy()?;
        Ok(manager)
    }
}
