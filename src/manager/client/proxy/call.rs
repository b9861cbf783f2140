//! Calls of a shared object.

use std::sync::Arc;
use std::time::Duration;

use mpconn_proto::manager::{Args, Kwargs};
use serde::de::DeserializeOwned;

use super::{Proxy, adoption};
use crate::error::Result;
use crate::manager::client::answer::Answer;
use crate::manager::client::call_limit::CallLimit;
use crate::manager::client::connections::ThreadConnection;
use crate::manager::client::exchange::exchange;
use crate::manager::client::lock;
use crate::manager::client::object::Object;
use crate::manager::client::options::CallOptions;
use crate::pickle::types::Token;

impl Proxy {
    /// Calls a method with positional arguments: `proxy.method(*args)`.
    ///
    /// `T` is what serde reads of the result: a type of yours, a [`Value`](crate::Value) for
    /// anything, `()` for `None`, a [`Proxy`] or a type like [`Queue`](super::super::Queue) for a shared
    /// object, also in other types (a `Vec<Proxy>`), and [`Returned`](super::Returned) for either.
    ///
    /// A proxy in an answer names the address of its manager, which can be any. One of the manager
    /// that answers is adopted: the manager is told of one more reference. One of another manager
    /// is an error by default; see [`OtherManagers`](super::super::OtherManagers). All of that
    /// belongs to the call and its timeout. A [`Value`](crate::Value) connects to nothing: take
    /// that, and [`Manager::proxy`](super::super::Manager::proxy) for the parts that you need.
    ///
    /// # Errors
    /// Ask in this order:
    ///
    /// 1. [`remote`](crate::Error::remote): the manager answered with an exception. Its questions
    ///    exclude each other, see [`RemoteError`](crate::manager::RemoteError).
    /// 2. [`returned_value`](crate::Error::returned_value): the method ran and returned this value, but a
    ///    proxy in it could not be adopted. [`kind`](crate::Error::kind) says why.
    /// 3. [`is_cancelled`](crate::Error::is_cancelled), [`is_timed_out`](crate::Error::is_timed_out),
    ///    [`is_authentication`](crate::Error::is_authentication), [`is_lost`](crate::Error::is_lost): there
    ///    was no answer, or none in time. [`may_have_run`](crate::Error::may_have_run) says whether the
    ///    call can be made again without risk.
    /// 4. Otherwise the arguments could not be written, or the result is not what `T` reads
    ///    ([`has_run`](crate::Error::has_run)).
    pub fn call<T: DeserializeOwned>(&self, method: &str, args: impl Args) -> Result<T> {
        self.call_within(method, &args, &(), &self.usual_limit())
    }

    /// Calls a method, also with keyword arguments: `proxy.method(*args, **kwds)`.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_kw<T: DeserializeOwned>(
        &self,
        method: &str,
        args: impl Args,
        kwds: impl Kwargs,
    ) -> Result<T> {
        self.call_within(method, &args, &kwds, &self.usual_limit())
    }

    /// Calls a method with a timeout, or a way to cancel it.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_with<T: DeserializeOwned>(
        &self,
        method: &str,
        args: impl Args,
        kwds: impl Kwargs,
        options: &CallOptions,
    ) -> Result<T> {
        let limit = options.limit(self.call_timeout());
        self.call_within(method, &args, &kwds, &limit)
    }

    pub(in crate::manager::client) fn call_within<T: DeserializeOwned>(
        &self,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        limit: &CallLimit,
    ) -> Result<T> {
        let (object, connection) = self.reach(limit)?;
        self.call_over(&connection, &object, method, args, kwds, limit)
    }

    /// Calls a method of an object that was reached.
    pub(in crate::manager::client) fn call_over<T: DeserializeOwned>(
        &self,
        connection: &Arc<ThreadConnection>,
        object: &Object,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        limit: &CallLimit,
    ) -> Result<T> {
        let session = self.session()?;
        let generation = object.reference.generation;
        let request = session.request(Some(&object.reference.ident), method, args, kwds)?;
        let answer = exchange(connection.connection(), &request, limit);
        if answer.is_err() || limit.is_cancelled() {
            // It is out of step, or was shut down by the cancelling thread.
            session.connections.hang_up(connection);
        }
        let answer = answer.map_err(|failed| session.no_answer(generation, method, failed))?;
        connection.touch();
        match adoption::read(session, method, answer, limit)? {
            Answer::Value(value) => Ok(value),
            Answer::Proxy(exposed, token) => {
                let proxy = Proxy::of_answer(session, generation, exposed, token);
                adoption::convert(session, proxy, limit)
            }
        }
    }

    /// Returns the limit of a call without options of its own.
    pub(in crate::manager::client) fn usual_limit(&self) -> CallLimit {
        self.nearest_session().usual_limit()
    }

    pub(in crate::manager::client) fn call_timeout(&self) -> Option<Duration> {
        self.nearest_session().settings.call_timeout
    }

    /// Calls without a time limit: `call_timeout` does not apply.
    pub(in crate::manager::client) fn call_unlimited<T: DeserializeOwned>(
        &self,
        method: &str,
        args: &impl Args,
    ) -> Result<T> {
        self.call_within(method, args, &(), &CallLimit::NONE)
    }

    /// Calls the very object that was called before, if there was one, never one that was created again
    /// since: for a method that goes on where the last call ended.
    pub(in crate::manager::client) fn call_same<T: DeserializeOwned>(
        &self,
        same: &mut Option<Object>,
        method: &str,
        args: &impl Args,
        limit: &CallLimit,
    ) -> Result<T> {
        let (object, connection) = match same {
            Some(object) => (object.clone(), self.reach_again(object, limit)?),
            None => self.reach(limit)?,
        };
        let object = same.insert(object);
        self.call_over(&connection, object, method, args, &(), limit)
    }

    /// Returns the methods that can be called: `proxy._exposed_`. The manager is asked with `get_methods`
    /// where they did not come with the object.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn exposed(&self) -> Result<Vec<String>> {
        let adopted = self.adopted()?;
        if let Some(exposed) = &lock(&adopted.object).exposed {
            return Ok(exposed.to_vec());
        }
        // Never those of another object, which has its id at a later manager.
        let object = self.object(&adopted.session.usual_limit())?;
        let id = object.reference.ident.clone();
        let mut exposed = self.manager().get_methods(&Token { id, ..self.token() })?;
        exposed.sort_unstable();
        lock(&adopted.object).exposed = Some(exposed.clone().into());
        Ok(exposed)
    }

    /// Returns a copy of the object itself: `proxy._getvalue()`.
    ///
    /// # Errors
    /// Fails as [`call`](Self::call), and if the object cannot be pickled.
    pub fn get_value<T: DeserializeOwned>(&self) -> Result<T> {
        self.call("#GETVALUE", ())
    }

    /// Returns `str()` of the object itself.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn str(&self) -> Result<String> {
        self.call("__str__", ())
    }

    /// Returns `repr()` of the object itself, which is what Python's `str(proxy)` returns.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn repr(&self) -> Result<String> {
        self.call("__repr__", ())
    }
}
