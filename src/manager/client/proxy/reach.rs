//! How an object is reached: it is created again where the manager was lost and may be looked for.

use std::sync::Arc;

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::wire::{Name, names};

use super::{Proxy, Recipe};
use crate::error::{Cause, Error, Result};
use crate::manager::client::call_limit::CallLimit;
use crate::manager::client::connections::ThreadConnection;
use crate::manager::client::event::ManagerEvent;
use crate::manager::client::lock;
use crate::manager::client::object::Object;
use crate::manager::client::reference::Reference;
use crate::manager::client::session::Session;
use crate::pickle::Value;

impl Proxy {
    /// Returns the object as it is now, and a connection to it. The object is created again where the
    /// manager was lost and may be looked for. Nothing has been asked of it yet.
    pub(in crate::manager::client) fn reach(
        &self,
        limit: &CallLimit,
    ) -> Result<(Object, Arc<ThreadConnection>)> {
        let session = self.session()?;
        let reach = || {
            let object = self.object(limit)?;
            let connection = session.thread_connection(object.reference.generation, limit)?;
            Ok((object, connection))
        };
        match reach() {
            Err(error) if Error::is_lost(&error) && !session.settings.reconnect.is_never() => {
                reach()
            }
            reached => reached,
        }
    }

    /// Returns a connection to the very object that was reached before, never to one that was created
    /// again since.
    pub(in crate::manager::client) fn reach_again(
        &self,
        object: &Object,
        limit: &CallLimit,
    ) -> Result<Arc<ThreadConnection>> {
        let session = self.session()?;
        let generation = object.reference.generation;
        match session.liveness.is_current(generation) {
            true => session.thread_connection(generation, limit),
            false => Err(self.gone("the manager that had it was lost since")),
        }
    }

    pub(super) fn object(&self, limit: &CallLimit) -> Result<Object> {
        let adopted = self.adopted()?;
        let session = &adopted.session;
        let object = lock(&adopted.object).clone();
        if session.liveness.is_current(object.reference.generation) {
            return Ok(object);
        }
        let generation = session.generation(limit)?;
        let typeid = self.typeid();
        let recipe = self.0.recipe.as_ref().ok_or_else(|| {
            self.gone(
                "it was lost with its manager, and cannot be created again: it was not created \
                 here, but came with an answer",
            )
        })?;
        let created = create(session, generation, typeid, recipe, limit)?;
        let mut current = lock(&adopted.object);
        if current.reference.generation >= generation {
            // Another thread was faster, maybe with a later manager still.
            let current = current.clone();
            return Ok(current);
        }
        let old = std::mem::replace(&mut *current, created.clone());
        drop(current);
        drop(old);
        session.tell(&ManagerEvent::Recreated { typeid });
        Ok(created)
    }

    fn gone(&self, why: &str) -> Error {
        let typeid = OneLine(self.typeid());
        let what = format!("{typeid} at {}", self.nearest_session().settings.address);
        Error::lost(what, Cause::Usage(why.to_owned()).into())
    }
}

/// Has the manager create the object.
pub(super) fn create(
    session: &Arc<Session>,
    generation: u64,
    typeid: &str,
    recipe: &Recipe,
    limit: &CallLimit,
) -> Result<Object> {
    let mut args = vec![Value::from(typeid)];
    args.extend(recipe.args.items().unwrap_or_default().iter().cloned());
    let kwds = recipe.kwds.as_dict().cloned().unwrap_or_default();
    let (Name(ident), exposed): (Name, Vec<Name>) =
        session.ask_server_for(generation, "create", &args, &kwds, limit)?;
    let reference = Reference::counted(session, generation, typeid.into(), ident.into());
    let exposed = Some(names(exposed).into());
    Ok(Object { reference, exposed })
}
