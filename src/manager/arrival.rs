//! Proxies that come with answers: which manager they are of is not in the bytes.
//!
//! While an answer is read its manager is known to the thread, as `current_process()` is to
//! Python's `RebuildProxy`, and so is how long the call may still take: adopting the proxies of an
//! answer is a part of the call that it answers.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use mpconn_proto::manager::excerpt::{FirstLine, OneLine};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};

use super::exchange::Patience;
use super::inner::FAREWELL;
use super::proxy::Proxy;
use super::{Inner, Returned};
use crate::error::{Error, Result};
use crate::pickle::python_names::{MANAGERS, REBUILD_PROXY};
use crate::pickle::types::PickledProxy as Pickled;
use crate::pickle::{Instance, Value, from_value};
use crate::transport::readiness::Deadline;

thread_local! {
    static CURRENT: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// The time that a call without any left has for giving back the proxies of its answer.
const GRACE: Duration = Duration::from_millis(500);

/// The answer that this thread reads.
struct Place {
    manager: Arc<Inner>,
    /// That of the call.
    patience: Patience,
    /// The object that the answer is, with the reference that the manager counts as ours.
    arrived: Option<Proxy>,
    /// Why a proxy could not be adopted. serde keeps no more of it than a text.
    refused: Option<Error>,
    /// When references that were adopted meanwhile have to be given back.
    farewell: Option<Deadline>,
}

impl Place {
    /// One for all references: of a thousand that a slow manager takes back, each with time of its
    /// own, the caller would wait for all.
    fn farewell(&mut self) -> Deadline {
        let left = self.patience.deadline.remaining();
        let time = left.unwrap_or(FAREWELL).clamp(GRACE, FAREWELL);
        *self
            .farewell
            .get_or_insert_with(|| Deadline::after(Some(time)))
    }
}

struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        let place = CURRENT.try_with(|places| places.borrow_mut().pop());
        drop(place);
    }
}

/// Calls a function with the answer that this thread reads, if it reads one.
fn current<R>(get: impl FnOnce(&mut Place) -> R) -> Option<R> {
    CURRENT
        .try_with(|places| places.borrow_mut().last_mut().map(get))
        .ok()?
}

/// Reads an answer, whose proxies are adopted within that patience.
///
/// # Errors
/// Those of `read`, or in their place the reason why a proxy was not adopted.
pub(super) fn reading<T>(
    manager: &Arc<Inner>,
    patience: &Patience,
    read: impl FnOnce() -> Result<T>,
) -> Result<T> {
    enter(manager, patience, None, read)
}

fn enter<T>(
    manager: &Arc<Inner>,
    patience: &Patience,
    arrived: Option<Proxy>,
    read: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let place = Place {
        manager: Arc::clone(manager),
        patience: patience.clone(),
        arrived,
        refused: None,
        farewell: None,
    };
    // Where the variables of the thread are gone already, as it ends, only plain answers come: what
    // it says as its last is that it drops a proxy.
    let entered = CURRENT.try_with(|places| places.borrow_mut().push(place));
    let _leave = entered.is_ok().then_some(Leave);
    let refused = || current(|place| place.refused.take()).flatten();
    read().map_err(|error| refused().unwrap_or(error))
}

/// Makes what the caller wants of an object that a method returned.
pub(super) fn convert<T: DeserializeOwned>(
    manager: &Arc<Inner>,
    proxy: Proxy,
    patience: &Patience,
) -> Result<T> {
    let value = Value::from(proxy.pickled());
    let typeid = OneLine(proxy.typeid()).to_string();
    enter(manager, patience, Some(proxy), || {
        let made = from_value(value).map_err(Error::codec);
        let is_left = take_arrived(None).is_some();
        match made {
            Ok(made) if !is_left => Ok(made),
            _ => Err(Error::codec(format!(
                "the answer is a proxy of a shared {typeid}: take it as a manager::Proxy, as the \
                 type for a {typeid}, or as manager::Returned"
            ))),
        }
    })
}

fn take_arrived(id: Option<&str>) -> Option<Proxy> {
    current(|place| match id {
        Some(id) if place.arrived.as_ref()?.token().id.as_str() != id => None,
        _ => place.arrived.take(),
    })
    .flatten()
}

/// Returns when a reference has to be given back that has that time by itself: sooner where it is
/// one of many that came with an answer which cannot be used.
pub(super) fn farewell(usual: Duration) -> Deadline {
    let own = Deadline::after(Some(usual));
    current(Place::farewell).map_or(own, |shared| shared.earlier(own))
}

/// The proxy that a value is, with a reference of our own: `RebuildProxy`.
pub(super) fn rebuild(
    manager: &Arc<Inner>,
    pickled: Pickled,
    patience: &Patience,
) -> Result<Proxy> {
    let manager = manager.manager_of(&pickled.token)?;
    Proxy::rebuilt(&manager, pickled, patience)
}

fn rebuild_here<E: serde::de::Error>(pickled: Pickled) -> Result<Proxy, E> {
    if let Some(arrived) = take_arrived(Some(pickled.token.id.as_str())) {
        return Ok(arrived);
    }
    let known = current(|place| (Arc::clone(&place.manager), place.patience.clone()));
    let (manager, patience) = known.ok_or_else(|| {
        E::custom(
            "a manager::Proxy is read from answers of a manager; elsewhere read a \
             pickle::types::PickledProxy and give it to Manager::proxy",
        )
    })?;
    let typeid = pickled.token.typeid.clone();
    rebuild(&manager, pickled, &patience).map_err(|error| {
        let error = explained(typeid.as_str(), error);
        let told = E::custom(&error);
        current(|place| place.refused = Some(error));
        told
    })
}

/// Names the object that was not adopted.
fn explained(typeid: &str, error: Error) -> Error {
    let typeid = OneLine(typeid);
    match error.remote() {
        // The call itself has raised nothing.
        Some(remote) => Error::codec(format!(
            "the shared {typeid} in the answer cannot be had: {}",
            FirstLine(remote)
        )),
        None if error.other_manager().is_some() => error,
        None => Error::call(
            format!("getting hold of the shared {typeid} in the answer"),
            false,
            false,
            error,
        ),
    }
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        rebuild_here(Pickled::deserialize(deserializer)?)
    }
}

impl<'de> Deserialize<'de> for Returned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let is_proxy = |instance: &Instance| instance.is(MANAGERS, REBUILD_PROXY);
        match value.as_instance().is_some_and(is_proxy) {
            true => {
                let pickled = Pickled::try_from(&value).map_err(D::Error::custom)?;
                rebuild_here(pickled).map(Returned::Proxy)
            }
            false => Ok(Returned::Value(value)),
        }
    }
}
