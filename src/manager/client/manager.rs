//! A manager, and the calls of the server itself.

use std::sync::Arc;

use mpconn_proto::manager::Args;
use mpconn_proto::manager::wire::{Count, Name, names};
use serde::de::DeserializeOwned;

use super::call_limit::CallLimit;
use super::options::Wait;
use super::releasing;
use super::session::Session;
use crate::Address;
use crate::error::Result;
use crate::pickle::types::Token;

/// A manager in another process: `multiprocessing.managers.BaseManager`, connected.
///
/// Clones are the same manager. See [the module](crate::manager) for how it is used.
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
pub struct Manager(Arc<Session>);

impl Manager {
    pub(super) fn of_session(session: Arc<Session>) -> Manager {
        Manager(session)
    }

    pub(super) fn session(&self) -> &Arc<Session> {
        &self.0
    }

    /// Calls a method of the server that returns a plain value.
    fn ask<T: DeserializeOwned>(&self, method: &str, args: &impl Args) -> Result<T> {
        self.0.call_server(method, args, &(), &self.0.usual_limit())
    }

    /// Returns its address.
    pub fn address(&self) -> &Address {
        &self.0.settings.address
    }

    /// Asks for an answer and nothing else: it shows that the manager is there and that the key is right.
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn dummy(&self) -> Result<()> {
        self.ask("dummy", &())
    }

    /// Returns how many shared objects it has. Python 2.7 counts the objects of callables among them,
    /// later ones count what somebody refers to. Proxies that were just dropped may count until
    /// [`flush`](Self::flush).
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn number_of_objects(&self) -> Result<usize> {
        let Count(n) = self.ask("number_of_objects", &())?;
        Ok(n)
    }

    /// Returns a text for a person: each shared object with the number of its references.
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn debug_info(&self) -> Result<String> {
        let Name(text) = self.ask("debug_info", &())?;
        Ok(text)
    }

    /// Returns the methods that an object exposes.
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn get_methods(&self, token: &Token) -> Result<Vec<String>> {
        let exposed: Vec<Name> = self.ask("get_methods", &(token,))?;
        Ok(names(exposed))
    }

    /// Counts one reference more to an object. A [`Proxy`](super::Proxy) does this by itself.
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn incref(&self, token: &Token) -> Result<()> {
        self.ask("incref", &(token.id.as_str(),))
    }

    /// Counts one reference less to an object, which goes with the last one. A
    /// [`Proxy`](super::Proxy) does this by itself.
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn decref(&self, token: &Token) -> Result<()> {
        self.ask("decref", &(token.id.as_str(),))
    }

    /// Ends the manager's process, for all clients.
    ///
    /// # Errors
    /// As [`Proxy::call`](super::Proxy::call).
    pub fn shutdown(&self) -> Result<()> {
        self.ask::<()>("shutdown", &())?;
        self.0.end();
        Ok(())
    }

    /// Gives back the references of all proxies that were dropped before, and returns whether all are
    /// given back within that time.
    ///
    /// Dropping a proxy does not wait for the manager: its reference is queued, and a thread named
    /// `mpconn-release` gives it back right after (`decref`). That thread begins with the first proxy that is
    /// dropped, and ends after a second without another one. A manager that does not answer is told later.
    /// The queue has room for 65,536 objects;
    /// [`ReleasesLost`](super::ManagerEvent::ReleasesLost) tells of more. At the end of the process the
    /// references of all proxies are given back, as in Python; a manager that does not answer delays
    /// that by five seconds at most.
    ///
    /// # Errors
    /// Fails if the wait is cancelled.
    ///
    /// # Examples
    /// ```no_run
    /// use std::time::Duration;
    /// use mpconn::manager::{ListProxy, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret password")?;
    /// let list: ListProxy<u32> = manager.list([1, 2])?;
    /// drop(list);
    /// assert!(manager.flush(Duration::from_secs(5))?);
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn flush(&self, how_long: impl Into<Wait>) -> Result<bool> {
        let Wait { timeout, cancel } = how_long.into();
        releasing::flush(&self.0.releases, &CallLimit::new(timeout, cancel))
    }

    /// Looks once for a manager that was lost. Its objects are created again as they are called: see
    /// [`Reconnect`](super::Reconnect).
    ///
    /// # Errors
    /// Fails if it is not there.
    pub fn reconnect(&self) -> Result<()> {
        let generation = self.0.liveness.generation();
        self.0.find(generation, &self.0.usual_limit())
    }
}
