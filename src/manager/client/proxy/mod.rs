//! A shared object, from afar.

mod adoption;
mod call;
mod create;
mod pickled;
mod python_class;
mod reach;
mod returned;

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};

use mpconn_proto::manager::excerpt::OneLine;

use super::lock;
use super::manager::Manager;
use super::object::Object;
use super::reference::Reference;
use super::session::Session;
use crate::error::{Cause, Result};
use crate::pickle::types::{PickledProxy as Pickled, Token};
use crate::pickle::{Class, Str, Value};

pub use returned::Returned;

/// A shared object of a manager: `multiprocessing.managers.BaseProxy`.
///
/// Any method that the object's type exposes can be [`call`](Self::call)ed by its name. Types that
/// Python registers have counterparts with methods, such as [`Queue`](super::Queue), which a proxy
/// turns into with `into()`.
///
/// The manager counts a proxy and all its clones as one reference, and keeps the object as long as
/// that lives. Dropping the last clone queues the reference to be given back: it never waits for the
/// manager, see [`Manager::flush`]. Each thread that calls has a connection of its own, as in Python,
/// which closes with the thread.
///
/// As an argument of a call, or anywhere in a value that is sent to a Python, a proxy becomes one
/// there. A Python that is not the manager needs the key as its `current_process().authkey` and
/// has to read it while this proxy, or another reference to the object, still lives.
///
/// A proxy is read from an answer of a manager, on its own or in other types (`Vec<Proxy>`). The
/// answer is decoded first; then the manager is told of one more reference to each of its proxies.
/// Until then, in a `Deserialize` of yours, a proxy cannot be called.
///
/// # Examples
/// ```no_run
/// use mpconn::manager::{Manager, Proxy};
///
/// let manager = Manager::connect("localhost:6000", "secret")?;
/// let maths: Proxy = manager.create("Maths", ())?;
/// let sum: i64 = maths.call("add", (2, 3))?;
/// let rounded: f64 = maths.call_kw("round", (2.718,), [("ndigits", 1)])?;
/// println!("{sum} {rounded} {:?}", maths.exposed()?);
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Clone)]
pub struct Proxy(Arc<Shared>);

struct Shared {
    typeid: Str,
    /// Its class in a Python that it is sent to.
    class: Mutex<Option<Class>>,
    /// How the object was created, and can be created again; `None` for one that came with an answer.
    recipe: Option<Recipe>,
    /// Whether its `acquire` is known to take no timeout, as in Python 2.
    has_no_timeout: AtomicBool,
    /// Set at once for what this process created or was given by the manager itself, and by adoption for
    /// what came in a value.
    adopted: OnceLock<Adopted>,
    /// As it came in a value, and the manager whose answer that was, until it is adopted.
    arrived: Mutex<Option<(Pickled, Arc<Session>)>>,
}

/// A proxy whose reference is counted.
struct Adopted {
    session: Arc<Session>,
    object: Mutex<Object>,
}

/// The arguments of `create`.
struct Recipe {
    args: Value,
    kwds: Value,
}

impl Proxy {
    /// Returns the proxy of an object for which a reference is counted.
    fn new(session: &Arc<Session>, typeid: Str, object: Object, recipe: Option<Recipe>) -> Proxy {
        let adopted = OnceLock::new();
        let _ = adopted.set(Adopted {
            session: Arc::clone(session),
            object: Mutex::new(object),
        });
        Proxy(Arc::new(Shared {
            typeid,
            class: Mutex::default(),
            recipe,
            has_no_timeout: AtomicBool::new(false),
            adopted,
            arrived: Mutex::default(),
        }))
    }

    /// Returns the proxy of an answer of the kind `#PROXY`, for which the manager counts a reference.
    fn of_answer(
        session: &Arc<Session>,
        generation: u64,
        exposed: Vec<String>,
        token: Token,
    ) -> Proxy {
        let reference = Reference::counted(session, generation, token.typeid.clone(), token.id);
        let exposed = Some(exposed.into());
        Proxy::new(session, token.typeid, Object { reference, exposed }, None)
    }

    /// Returns a proxy that came in a value, to be adopted.
    fn arrived(pickled: Pickled, session: &Arc<Session>) -> Proxy {
        Proxy(Arc::new(Shared {
            typeid: pickled.token.typeid.clone(),
            class: Mutex::new(Some(pickled.proxy_type.clone())),
            recipe: None,
            has_no_timeout: AtomicBool::new(false),
            adopted: OnceLock::new(),
            arrived: Mutex::new(Some((pickled, Arc::clone(session)))),
        }))
    }

    /// Returns what it came as, if it is not adopted yet.
    fn arrival(&self) -> Option<(Pickled, Arc<Session>)> {
        lock(&self.0.arrived).clone()
    }

    fn adopt(&self, adopted: Adopted) {
        // Another answer cannot have it: each is made for one.
        let _ = self.0.adopted.set(adopted);
        let arrived = lock(&self.0.arrived).take();
        drop(arrived);
    }

    fn adopted(&self) -> Result<&Adopted> {
        self.0.adopted.get().ok_or_else(|| {
            let reason = "the proxy is a part of an answer that was not read to its end";
            Cause::Usage(reason.to_owned()).into()
        })
    }

    /// Returns the session with the object's manager.
    pub(super) fn session(&self) -> Result<&Arc<Session>> {
        Ok(&self.adopted()?.session)
    }

    /// Returns the session with its manager, or before it is adopted with the manager whose answer it
    /// came with.
    fn nearest_session(&self) -> Arc<Session> {
        loop {
            if let Some(adopted) = self.0.adopted.get() {
                return Arc::clone(&adopted.session);
            }
            // Another thread may adopt it right now.
            if let Some((_, session)) = self.arrival() {
                return session;
            }
        }
    }

    /// Returns the class that it was given, and the methods that are known.
    fn class_and_exposed(&self) -> (Option<Class>, Option<Arc<[String]>>) {
        let adopted = self.0.adopted.get();
        let exposed = adopted.and_then(|adopted| lock(&adopted.object).exposed.clone());
        (lock(&self.0.class).clone(), exposed)
    }

    pub(super) fn has_no_timeout(&self) -> &AtomicBool {
        &self.0.has_no_timeout
    }

    /// Returns the name under which its type is registered.
    pub fn typeid(&self) -> &str {
        &self.0.typeid
    }

    /// Returns which object it is: `proxy._token`.
    pub fn token(&self) -> Token {
        if let Some((pickled, _)) = self.arrival() {
            return pickled.token;
        }
        let id = self.0.adopted.get();
        Token {
            typeid: self.0.typeid.clone(),
            address: self.nearest_session().token_address(),
            id: id.map_or_else(
                || Str::from(""),
                |adopted| lock(&adopted.object).reference.ident.clone(),
            ),
        }
    }

    /// Returns the manager that has the object.
    pub fn manager(&self) -> Manager {
        Manager::of_session(self.nearest_session())
    }

    /// Sets the class that it has in a Python that it is sent to. By default it is the one that
    /// `SyncManager` registers for its typeid, such as `ListProxy`, and `AutoProxy` for others.
    pub fn set_proxy_type(&self, class: Class) {
        *lock(&self.0.class) = Some(class);
    }
}

/// Compares which objects they are.
impl PartialEq for Proxy {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.token() == other.token()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token();
        write!(
            f,
            "<{} {} at {}>",
            OneLine(token.typeid),
            OneLine(token.id),
            OneLine(&self.nearest_session().settings.address)
        )
    }
}
