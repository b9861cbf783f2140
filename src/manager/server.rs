//! What a manager does itself: its server-level calls.

use std::sync::Arc;

use mpconn_proto::manager::message::{Count, Name, names};
use mpconn_proto::manager::{Args, Keywords, Kwargs, Positional};
use serde::de::DeserializeOwned;

use super::arrival;
use super::builder::Builder;
use super::inner::{Inner, lock};
use super::object::Recipe;
use super::proxy::Proxy;
use crate::Address;
use crate::IntoAuthKey;
use crate::error::{Error, Result};
use crate::pickle::types::{PickledProxy as Pickled, Token};
use crate::pickle::{Value, to_value};

/// A manager in another process: `multiprocessing.managers.BaseManager`, connected.
///
/// Clones are one and the same. [The module](super) tells the whole story.
///
/// # Examples
/// ```no_run
/// use mpconn::manager::{Manager, Proxy};
///
/// let manager = Manager::connect("localhost:6000", "secret password")?;
/// let config: Proxy = manager.create("config", ())?;
/// let threads: u32 = config.call("get", ("threads",))?;
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Manager(Arc<Inner>);

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

    /// With timeouts, a policy for when it is lost, and so on.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn from_inner(inner: Arc<Inner>) -> Manager {
        Manager(inner)
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.0.settings.address
    }

    /// Creates an object of a registered type, or fetches the one that its callable returns:
    /// `manager.typeid(*args)`.
    ///
    /// `P` is a [`Proxy`], or a type with methods such as [`Queue`](super::Queue).
    ///
    /// # Errors
    /// [`remote`](Error::remote) where the type is not registered (a `KeyError`) or cannot be made
    /// so, and as [`Proxy::call`].
    pub fn create<P: From<Proxy>>(&self, typeid: &str, args: impl Args) -> Result<P> {
        self.create_kw(typeid, args, ())
    }

    /// The same with keyword arguments: `manager.typeid(*args, **kwds)`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_kw<P: From<Proxy>>(
        &self,
        typeid: &str,
        args: impl Args,
        kwds: impl Kwargs,
    ) -> Result<P> {
        let args = to_value(&Positional(&args)).map_err(Error::codec)?;
        let kwds = to_value(&Keywords(&kwds)).map_err(Error::codec)?;
        let recipe = Recipe { args, kwds };
        Proxy::create(&self.0, typeid, recipe, &self.0.patience()).map(P::from)
    }

    /// The proxy that came inside of a value, with a reference of its own: what Python's
    /// `RebuildProxy` does. Its manager is this one, or another one where
    /// [`allow_other_managers`](super::Builder::allow_other_managers) is set.
    ///
    /// # Errors
    /// When the value is no proxy, when the object is gone, and where its manager is another one
    /// that is not allowed: [`other_manager`](Error::other_manager).
    pub fn proxy<P: From<Proxy>>(&self, value: &Value) -> Result<P> {
        let pickled = Pickled::try_from(value).map_err(Error::codec)?;
        arrival::rebuild(&self.0, pickled, &self.0.patience()).map(P::from)
    }

    /// Any call of the server itself by its name, such as `track_segment` of a
    /// `SharedMemoryManager`: `dispatch(conn, None, method, args, kwds)`.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn server_call<T: DeserializeOwned>(
        &self,
        method: &str,
        args: impl Args,
        kwds: impl Kwargs,
    ) -> Result<T> {
        self.0.serve(method, &args, &kwds, &self.0.patience())
    }

    /// Does nothing but answer: is it there, and does the key fit?
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn dummy(&self) -> Result<()> {
        self.server_call("dummy", (), ())
    }

    /// How many shared objects it has. Python 2.7 counts what callables share among them, later
    /// ones count what somebody refers to.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn number_of_objects(&self) -> Result<usize> {
        let Count(n) = self.server_call("number_of_objects", (), ())?;
        Ok(n)
    }

    /// A text for a person: each shared object with the number of its references.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn debug_info(&self) -> Result<String> {
        let Name(text) = self.server_call("debug_info", (), ())?;
        Ok(text)
    }

    /// The methods that an object exposes.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn get_methods(&self, token: &Token) -> Result<Vec<String>> {
        let exposed: Vec<Name> = self.server_call("get_methods", (token,), ())?;
        Ok(names(exposed))
    }

    /// Counts one reference more to an object. [`Proxy`] does this by itself.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn incref(&self, token: &Token) -> Result<()> {
        self.server_call("incref", (token.id.as_str(),), ())
    }

    /// Counts one reference less to an object, which goes with the last one. [`Proxy`] does this by
    /// itself.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn decref(&self, token: &Token) -> Result<()> {
        self.server_call("decref", (token.id.as_str(),), ())
    }

    /// Ends the manager's process, for everybody.
    ///
    /// # Errors
    /// As [`Proxy::call`].
    pub fn shutdown(&self) -> Result<()> {
        self.server_call::<()>("shutdown", (), ())?;
        self.0.ended();
        Ok(())
    }

    /// Looks for it once, and has objects made again as they are called, if it was lost: see
    /// [`Reconnect`](super::Reconnect).
    ///
    /// # Errors
    /// When it is not there.
    pub fn reconnect(&self) -> Result<()> {
        let generation = lock(&self.0.health).generation;
        self.0.find(generation, &self.0.patience())
    }
}
