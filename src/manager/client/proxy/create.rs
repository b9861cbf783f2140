//! How a program gets its first proxies.

use mpconn_proto::manager::{Args, Keywords, Kwargs, Positional};
use serde::de::DeserializeOwned;

use super::{Proxy, Recipe, adoption, reach};
use crate::error::{Error, Result};
use crate::manager::client::manager::Manager;
use crate::pickle::types::PickledProxy as Pickled;
use crate::pickle::{Value, to_value};

impl Manager {
    /// Creates an object of a registered type, or fetches the one that its callable returns:
    /// `manager.typeid(*args)`.
    ///
    /// `P` is a [`Proxy`], or a type with methods such as [`Queue`](super::super::Queue).
    ///
    /// # Errors
    /// Fails with a [`remote`](Error::remote) error if the type is not registered
    /// ([`is_not_registered`](crate::manager::RemoteError::is_not_registered)) or takes other arguments,
    /// and as [`Proxy::call`].
    pub fn create<P: From<Proxy>>(&self, typeid: &str, args: impl Args) -> Result<P> {
        self.create_kw(typeid, args, ())
    }

    /// Creates an object, also with keyword arguments: `manager.typeid(*args, **kwds)`.
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
        let session = self.session();
        let limit = session.usual_limit();
        let generation = session.generation(&limit)?;
        let object = reach::create(session, generation, typeid, &recipe, &limit)?;
        Ok(Proxy::new(session, typeid.into(), object, Some(recipe)).into())
    }

    /// Returns the proxy that came in a value, with a reference of its own: what Python's
    /// `RebuildProxy` does. Its manager is this one, or another one where
    /// [`other_managers`](super::super::Builder::other_managers) allows that.
    ///
    /// # Errors
    /// Fails if the value is no proxy, if the object is gone, and if its manager is another one that is
    /// not allowed: [`other_manager`](Error::other_manager).
    pub fn proxy<P: From<Proxy>>(&self, value: &Value) -> Result<P> {
        let pickled = Pickled::try_from(value).map_err(Error::codec)?;
        let session = self.session();
        adoption::rebuild(session, pickled, &session.usual_limit()).map(P::from)
    }

    /// Calls any method of the server itself by its name, such as `track_segment` of a
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
        let session = self.session();
        let limit = session.usual_limit();
        let generation = session.generation(&limit)?;
        let answer = session.ask_server(generation, method, &args, &kwds, &limit)?;
        adoption::read(session, method, answer, &limit)?.value()
    }
}
