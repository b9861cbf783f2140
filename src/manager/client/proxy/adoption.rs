//! Proxies that come with answers: how a value becomes one, and how its reference is counted.
//!
//! Which manager an answer is of is not in its bytes. While a thread decodes an answer, that manager is
//! known to the thread, as `current_process()` is to Python's `RebuildProxy`. Decoding does no I/O: the
//! proxies that it makes are noted. When it has succeeded, those that the result still has are
//! [adopted](adopt) within the limit of the call.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::wire::proxy::is_proxy;
use mpconn_proto::manager::wire::token;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};

use super::{Adopted, Proxy, Returned};
use crate::error::{Cause, Error, Result};
use crate::manager::client::answer::Answer;
use crate::manager::client::call_limit::CallLimit;
use crate::manager::client::object::Object;
use crate::manager::client::other_managers::Key;
use crate::manager::client::reference::Reference;
use crate::manager::client::session::Session;
use crate::pickle::python_names::REBUILD_PROXY;
use crate::pickle::types::{PickledProxy as Pickled, Token};
use crate::pickle::{Str, Value, from_value};

thread_local! {
    static READING: RefCell<Vec<Reading>> = const { RefCell::new(Vec::new()) };
}

/// The answer that this thread decodes.
struct Reading {
    session: Arc<Session>,
    /// The object that the answer is (`#PROXY`), for which the manager has counted a reference.
    returned: Option<Proxy>,
    /// Proxies that were made, each time that a part of the answer was decoded.
    made: Vec<Proxy>,
}

/// Takes the last entry away when it is dropped, also by a panic in a `Deserialize` of the user's.
struct Decoding;

impl Drop for Decoding {
    fn drop(&mut self) {
        let reading = READING.try_with(|reading| reading.borrow_mut().pop());
        drop(reading);
    }
}

/// Calls a function with the answer that this thread decodes, if it decodes one.
fn current<R>(get: impl FnOnce(&mut Reading) -> R) -> Option<R> {
    READING
        .try_with(|reading| reading.borrow_mut().last_mut().map(get))
        .ok()?
}

/// Decodes an answer. Returns the proxies that were made, and whether the object that the answer is was
/// not taken.
fn decoding<T>(
    session: &Arc<Session>,
    returned: Option<Proxy>,
    decode: impl FnOnce() -> Result<T>,
) -> (Result<T>, Vec<Proxy>, bool) {
    let reading = Reading {
        session: Arc::clone(session),
        returned,
        made: Vec::new(),
    };
    // Where the thread-locals are destroyed already, as the thread ends, only plain answers come.
    let entered = READING.try_with(|all| all.borrow_mut().push(reading));
    let _decoding = entered.is_ok().then_some(Decoding);
    let decoded = decode();
    let left = current(|reading| {
        (
            std::mem::take(&mut reading.made),
            reading.returned.is_some(),
        )
    });
    let (mut made, is_left) = left.unwrap_or_default();
    // Decoding may have begun anew, or passed over a part.
    made.retain(|proxy| Arc::strong_count(&proxy.0) > 1);
    (decoded, made, is_left)
}

/// Reads an answer, and adopts the proxies in it.
///
/// # Errors
/// Fails if the answer cannot be read, with what the manager says in place of a result, and if a proxy
/// cannot be adopted: then all that were are given back, and the error has the value.
pub(super) fn read<T: DeserializeOwned>(
    session: &Arc<Session>,
    what: &str,
    message: Vec<u8>,
    limit: &CallLimit,
) -> Result<Answer<T>> {
    let kept = may_hold_proxies(&message).then(|| message.clone());
    let (answer, made, _) = decoding(session, None, || session.decode(what, message));
    let answer = answer?;
    match adopt(&made, limit) {
        Ok(()) => Ok(answer),
        Err(refused) => {
            drop((answer, made));
            let value = kept.and_then(|message| session.decode::<Value>(what, message).ok());
            let value = value.and_then(|answer| answer.value().ok());
            Err(refused.of_answer(session, what, value))
        }
    }
}

fn may_hold_proxies(message: &[u8]) -> bool {
    memchr::memmem::find(message, REBUILD_PROXY.as_bytes()).is_some()
}

/// Makes what the caller wants of an object that a method returned.
pub(super) fn convert<T: DeserializeOwned>(
    session: &Arc<Session>,
    proxy: Proxy,
    limit: &CallLimit,
) -> Result<T> {
    let value = Value::from(proxy.pickled());
    let typeid = OneLine(proxy.typeid()).to_string();
    let (converted, made, is_left) = decoding(session, Some(proxy), || {
        from_value(value).map_err(Error::codec)
    });
    match converted {
        Ok(converted) if !is_left => {
            adopt(&made, limit).map_err(|refused| refused.source)?;
            Ok(converted)
        }
        _ => Err(Error::codec(format!(
            "the answer is a proxy of a shared {typeid}: take it as a manager::Proxy, as the type \
             for a {typeid}, or as manager::Returned"
        ))),
    }
}

/// Returns the proxy that a value is, with a reference of its own: `RebuildProxy`.
pub(super) fn rebuild(
    session: &Arc<Session>,
    pickled: Pickled,
    limit: &CallLimit,
) -> Result<Proxy> {
    let proxy = Proxy::arrived(pickled, session);
    adopt(std::slice::from_ref(&proxy), limit).map_err(|refused| refused.source)?;
    Ok(proxy)
}

/// Why a proxy was not adopted.
struct Refused {
    typeid: Str,
    source: Error,
}

impl Refused {
    fn of_answer(self, session: &Session, what: &str, value: Option<Value>) -> Error {
        let mut what = format!("{what} at {}", session.settings.address);
        // That one says which object it is by itself.
        if self.source.other_manager().is_none() {
            let typeid = OneLine(&self.typeid);
            what.push_str(&format!(": cannot use the shared {typeid} in the answer"));
        }
        Error::not_adopted(what, self.source, value)
    }
}

/// Has the managers count a reference for each proxy: for all, or for none.
fn adopt(proxies: &[Proxy], limit: &CallLimit) -> std::result::Result<(), Refused> {
    // An answer may have one object many times.
    let mut counted: HashMap<(*const Session, Str), Arc<Reference>> = HashMap::new();
    let mut adopted = Vec::new();
    for proxy in proxies {
        let Some((pickled, answering)) = proxy.arrival() else {
            continue;
        };
        let refused = |source| Refused {
            typeid: proxy.0.typeid.clone(),
            source,
        };
        let session = session_of(&answering, &pickled.token).map_err(refused)?;
        let exposed: Option<Vec<_>> = pickled
            .exposed()
            .map(|names| names.map(str::to_owned).collect());
        let Token { typeid, id, .. } = pickled.token;
        let known = (Arc::as_ptr(&session), id.clone());
        let reference = match counted.get(&known) {
            Some(reference) => Arc::clone(reference),
            None => Reference::count(&session, typeid, id, limit).map_err(refused)?,
        };
        counted.insert(known, Arc::clone(&reference));
        let exposed = exposed.map(Arc::from);
        adopted.push((proxy, session, Object { reference, exposed }));
    }
    for (proxy, session, object) in adopted {
        proxy.adopt(Adopted {
            session,
            object: object.into(),
        });
    }
    Ok(())
}

/// Returns the session with the manager of a token that came with an answer: with the manager that
/// answered, or with another one where the settings allow that. An answer may name any address.
fn session_of(answering: &Arc<Session>, token: &Token) -> Result<Arc<Session>> {
    let told = &token.address;
    if answering.learned.is_own_address(told) {
        return Ok(Arc::clone(answering));
    }
    let address = token::from_value(told)
        .ok_or_else(|| Error::codec(format!("{} is no address of a manager", OneLine(told))))?;
    let own = &answering.settings.address;
    let address = token::reachable(address, own);
    if address == *own {
        return Ok(Arc::clone(answering));
    }
    let allowed = &answering.settings.other_managers;
    let Some(key) = allowed.allowed(&address) else {
        let typeid = OneLine(&token.typeid).to_string();
        return Err(Error::elsewhere(typeid, address));
    };
    let mut settings = answering.settings.clone();
    settings.address = address.clone();
    if let Key::Own(key) = key {
        settings.connect = settings.connect.authkey(key);
    }
    let others = &answering.others;
    others
        .get_or_make(&address, allowed.max_at_once(), || {
            Session::new(settings, Arc::clone(others))
        })
        .map_err(|_| {
            let max = allowed.max_at_once();
            Cause::Usage(format!(
                "{address} is one more manager than the {max} others that \
                 manager::OtherManagers::max allows at once"
            ))
            .into()
        })
}

/// Makes a proxy of what came in the value that this thread decodes.
fn arrive<E: serde::de::Error>(pickled: Pickled) -> Result<Proxy, E> {
    let proxy = current(|reading| {
        let id = pickled.token.id.as_str();
        let is_returned = |proxy: &&mut Proxy| proxy.token().id.as_str() == id;
        if reading.returned.as_mut().filter(is_returned).is_some() {
            return reading.returned.take();
        }
        let proxy = Proxy::arrived(pickled, &reading.session);
        reading.made.push(proxy.clone());
        Some(proxy)
    });
    proxy.flatten().ok_or_else(|| {
        E::custom(
            "a manager::Proxy is read from answers of a manager; elsewhere read a \
             pickle::types::PickledProxy and give it to Manager::proxy",
        )
    })
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        arrive(Pickled::deserialize(deserializer)?)
    }
}

impl<'de> Deserialize<'de> for Returned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match is_proxy(&value) {
            true => {
                let pickled = Pickled::try_from(&value).map_err(D::Error::custom)?;
                arrive(pickled).map(Returned::Proxy)
            }
            false => Ok(Returned::Value(value)),
        }
    }
}
