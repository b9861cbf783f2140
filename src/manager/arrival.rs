//! Proxies that come with answers: which manager they are of is not in the bytes.
//!
//! While an answer is read its manager is known to the thread, as `current_process()` is to
//! Python's `RebuildProxy`.

use std::cell::RefCell;
use std::sync::Arc;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};

use super::proxy::Proxy;
use super::{Inner, Returned};
use crate::error::{Error, Result};
use crate::pickle::types::Proxy as Pickled;
use crate::pickle::{Instance, Value, from_value};

thread_local! {
    static CURRENT: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

struct Place {
    manager: Arc<Inner>,
    /// The object that the answer is, with the reference that the manager counts as ours.
    arrived: Option<Proxy>,
}

struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        let place = CURRENT.try_with(|places| places.borrow_mut().pop());
        drop(place);
    }
}

/// Has proxies that are read in `read` belong to this manager.
pub(super) fn with<R>(manager: &Arc<Inner>, read: impl FnOnce() -> R) -> R {
    enter(manager, None, read)
}

fn enter<R>(manager: &Arc<Inner>, arrived: Option<Proxy>, read: impl FnOnce() -> R) -> R {
    let manager = Arc::clone(manager);
    let place = Place { manager, arrived };
    // Where the variables of the thread are gone already, as it ends, only plain answers come: what
    // it says as its last is that it drops a proxy.
    let entered = CURRENT.try_with(|places| places.borrow_mut().push(place));
    let _leave = entered.is_ok().then_some(Leave);
    read()
}

/// Makes what the caller wants of an object that a method returned.
pub(super) fn convert<T: DeserializeOwned>(manager: &Arc<Inner>, proxy: Proxy) -> Result<T> {
    let value = Value::from(proxy.pickled());
    let typeid = proxy.typeid().to_owned();
    enter(manager, Some(proxy), || {
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
    let take = |places: &mut Vec<Place>| {
        let arrived = &mut places.last_mut()?.arrived;
        match id {
            Some(id) if arrived.as_ref()?.token().id.as_str() != id => None,
            _ => arrived.take(),
        }
    };
    CURRENT
        .try_with(|places| take(&mut places.borrow_mut()))
        .ok()?
}

/// The proxy that a value is, with a reference of our own: `RebuildProxy`.
pub(super) fn rebuild(manager: &Arc<Inner>, pickled: Pickled) -> Result<Proxy> {
    let manager = manager.manager_at(&pickled.token.address)?;
    Proxy::rebuilt(&manager, pickled)
}

fn rebuild_here<E: serde::de::Error>(pickled: Pickled) -> Result<Proxy, E> {
    if let Some(arrived) = take_arrived(Some(pickled.token.id.as_str())) {
        return Ok(arrived);
    }
    let current = |places: &RefCell<Vec<Place>>| {
        let places = places.borrow();
        places.last().map(|place| Arc::clone(&place.manager))
    };
    let manager = CURRENT.try_with(current).ok().flatten();
    let manager = manager.ok_or_else(|| {
        E::custom(
            "a manager::Proxy is read from answers of a manager; elsewhere read a \
             pickle::types::Proxy and give it to Manager::proxy",
        )
    })?;
    rebuild(&manager, pickled).map_err(E::custom)
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        rebuild_here(Pickled::deserialize(deserializer)?)
    }
}

impl<'de> Deserialize<'de> for Returned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let is_proxy =
            |instance: &Instance| instance.is("multiprocessing.managers", "RebuildProxy");
        match value.as_instance().is_some_and(is_proxy) {
            true => {
                let pickled = Pickled::try_from(&value).map_err(D::Error::custom)?;
                rebuild_here(pickled).map(Returned::Proxy)
            }
            false => Ok(Returned::Value(value)),
        }
    }
}
