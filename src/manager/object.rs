//! What stands for a proxy at the manager, and how it is reached: made again, where the manager was
//! lost and may be looked for.

use std::sync::Arc;

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::message::{Name, names};

use super::exchange::Patience;
use super::inner::lock;
use super::line::Line;
use super::proxy::Proxy;
use super::reference::Reference;
use super::{Event, Inner};
use crate::error::{Error, Kind, Result};
use crate::pickle::Value;

/// The arguments of `create`.
pub(super) struct Recipe {
    pub(super) args: Value,
    pub(super) kwds: Value,
}

/// What stands for it at the manager right now.
#[derive(Clone)]
pub(super) struct Object {
    pub(super) reference: Arc<Reference>,
    pub(super) exposed: Option<Arc<[String]>>,
}

impl Proxy {
    /// The object as it is now, and a connection to it: made again where the manager was lost and
    /// may be looked for. Nothing has been asked of the object yet.
    pub(super) fn reach(&self, patience: &Patience) -> Result<(Object, Arc<Line>)> {
        let manager = &self.0.manager;
        let reach = || {
            let object = self.object(patience)?;
            let line = manager.line(object.reference.generation, patience)?;
            Ok((object, line))
        };
        match reach() {
            Err(error) if Error::is_lost(&error) && !manager.settings.reconnect.is_never() => {
                reach()
            }
            reached => reached,
        }
    }

    /// The very object that was reached before, never one that was made again since.
    pub(super) fn reach_again(&self, object: &Object, patience: &Patience) -> Result<Arc<Line>> {
        let generation = object.reference.generation;
        match self.0.manager.is_current(generation) {
            true => self.0.manager.line(generation, patience),
            false => Err(self.gone("the manager that had it was lost since")),
        }
    }

    pub(super) fn object(&self, patience: &Patience) -> Result<Object> {
        let manager = &self.0.manager;
        let object = lock(&self.0.object).clone();
        if manager.is_current(object.reference.generation) {
            return Ok(object);
        }
        let generation = manager.generation(patience)?;
        let typeid = self.typeid();
        let recipe = self.0.recipe.as_ref().ok_or_else(|| {
            self.gone(
                "it was lost with its manager, and cannot be made again: it was not created here, \
                 but came with an answer",
            )
        })?;
        let made = make(manager, generation, typeid, recipe, patience)?;
        let mut current = lock(&self.0.object);
        if current.reference.generation >= generation {
            // Another thread was faster, maybe with a later manager still; ours is given back,
            // behind the lock.
            let current = current.clone();
            return Ok(current);
        }
        let old = std::mem::replace(&mut *current, made.clone());
        drop(current);
        drop(old);
        manager.tell(&Event::Recreated { typeid });
        Ok(made)
    }

    fn gone(&self, why: &str) -> Error {
        let typeid = OneLine(self.typeid());
        let what = format!("{typeid} at {}", self.0.manager.settings.address);
        Error::lost(what, Kind::Usage(why.to_owned()).into())
    }
}

/// Asks the manager for the object.
pub(super) fn make(
    manager: &Arc<Inner>,
    generation: u64,
    typeid: &str,
    recipe: &Recipe,
    patience: &Patience,
) -> Result<Object> {
    let mut args = vec![Value::from(typeid)];
    args.extend(recipe.args.items().unwrap_or_default().iter().cloned());
    let kwds = recipe.kwds.as_dict().cloned().unwrap_or_default();
    let (Name(ident), exposed): (Name, Vec<Name>) =
        manager.serve_as(generation, "create", &args, &kwds, patience)?;
    let reference = Reference::adopt(manager, generation, typeid.into(), ident.into());
    let exposed = Some(names(exposed).into());
    Ok(Object { reference, exposed })
}
