//! A shared object, from afar.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::{Args, Kwargs};
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::exchange::{Patience, exchange_on_line};
use super::inner::lock;
use super::line::Line;
use super::object::{Object, Recipe, make};
use super::reference::Reference;
use super::{CallOptions, Inner, Manager, arrival};
use crate::error::Result;
use crate::pickle::types::{PickledProxy as Pickled, Token};
use crate::pickle::{Class, Str};

/// A shared object of a manager: `multiprocessing.managers.BaseProxy`.
///
/// Any method that the object's type exposes can be [`call`](Self::call)ed by its name. Types that
/// Python registers have counterparts with methods, such as [`Queue`](super::Queue), which a proxy
/// turns into with `into()`.
///
/// The manager counts a proxy and all its clones as one reference, and keeps the object as long as
/// that lives. Each thread that calls has a connection of its own, as in Python, which closes with
/// the thread.
///
/// As an argument of a call, or anywhere in a value that is sent to a Python, a proxy becomes one
/// there. A Python that is not the manager needs the key as its `current_process().authkey` and
/// has to read it while this proxy, or another reference to the object, still lives.
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
pub struct Proxy(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) manager: Arc<Inner>,
    pub(super) typeid: Str,
    /// Its class in Python, for those to whom it is sent.
    class: Mutex<Option<Class>>,
    /// How it was made, and can be made again. None for what a method returned.
    pub(super) recipe: Option<Recipe>,
    pub(super) object: Mutex<Object>,
    has_no_timeout: AtomicBool,
}

impl Proxy {
    /// Creates the object: `manager.typeid(*args, **kwds)`.
    pub(super) fn create(
        manager: &Arc<Inner>,
        typeid: &str,
        recipe: Recipe,
        patience: &Patience,
    ) -> Result<Proxy> {
        let generation = manager.generation(patience)?;
        let object = make(manager, generation, typeid, &recipe, patience)?;
        Ok(Proxy::new(manager, typeid.into(), object, Some(recipe)))
    }

    fn new(manager: &Arc<Inner>, typeid: Str, object: Object, recipe: Option<Recipe>) -> Proxy {
        Proxy(Arc::new(Shared {
            manager: Arc::clone(manager),
            typeid,
            class: Mutex::default(),
            recipe,
            object: Mutex::new(object),
            has_no_timeout: AtomicBool::new(false),
        }))
    }

    /// Of an answer of the kind `#PROXY`, for which the manager counts a reference.
    fn arrived(manager: &Arc<Inner>, generation: u64, exposed: Vec<String>, token: Token) -> Proxy {
        let reference = Reference::adopt(manager, generation, token.typeid.clone(), token.id);
        let exposed = Some(exposed.into());
        Proxy::new(manager, token.typeid, Object { reference, exposed }, None)
    }

    /// Of a proxy that came in a value: `RebuildProxy`.
    pub(super) fn rebuilt(
        manager: &Arc<Inner>,
        pickled: Pickled,
        patience: &Patience,
    ) -> Result<Proxy> {
        let exposed: Option<Vec<_>> = pickled
            .exposed()
            .map(|names| names.map(str::to_owned).collect());
        let Token { typeid, id, .. } = pickled.token;
        let reference = Reference::count(manager, typeid.clone(), id, patience)?;
        let exposed = exposed.map(Arc::from);
        let proxy = Proxy::new(manager, typeid, Object { reference, exposed }, None);
        *lock(&proxy.0.class) = Some(pickled.proxy_type);
        Ok(proxy)
    }

    /// Calls a method with positional arguments: `proxy.method(*args)`.
    ///
    /// `T` is what serde reads of the result: a type of yours, a [`Value`](crate::Value) for
    /// anything, `()` for `None`, a [`Proxy`] or a type like [`Queue`](super::Queue) for a shared
    /// object, also inside of other types (a `Vec<Proxy>`), and [`Returned`](super::Returned) for
    /// either.
    ///
    /// A proxy in an answer names the address of its manager, which can be any. One
    /// of the manager that answers is adopted, for which it is told of one more reference. One of
    /// another manager is an error, unless
    /// [`allow_other_managers`](super::Builder::allow_other_managers) is set. All of that belongs
    /// to the call and its timeout. A [`Value`](crate::Value) connects to nothing: take that, and
    /// [`Manager::proxy`] for what is of use.
    ///
    /// # Errors
    /// [`remote`](crate::Error::remote) where the method raised an exception;
    /// [`is_lost`](crate::Error::is_lost) and [`may_have_run`](crate::Error::may_have_run) where
    /// the manager did not answer; and when the result is not what `T` wants.
    pub fn call<T: DeserializeOwned>(&self, method: &str, args: impl Args) -> Result<T> {
        self.call_patiently(method, &args, &(), &self.0.manager.patience())
    }

    /// The same with keyword arguments: `proxy.method(*args, **kwds)`.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_kw<T: DeserializeOwned>(
        &self,
        method: &str,
        args: impl Args,
        kwds: impl Kwargs,
    ) -> Result<T> {
        self.call_patiently(method, &args, &kwds, &self.0.manager.patience())
    }

    /// The same with a timeout, or a way to cancel it.
    ///
    /// # Errors
    /// As [`call`](Self::call); [`is_timed_out`](crate::Error::is_timed_out) and
    /// [`is_cancelled`](crate::Error::is_cancelled).
    pub fn call_with<T: DeserializeOwned>(
        &self,
        method: &str,
        args: impl Args,
        kwds: impl Kwargs,
        options: &CallOptions,
    ) -> Result<T> {
        let patience = options.patience(self.0.manager.settings.call_timeout);
        self.call_patiently(method, &args, &kwds, &patience)
    }

    pub(super) fn call_patiently<T: DeserializeOwned>(
        &self,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        patience: &Patience,
    ) -> Result<T> {
        let (object, line) = self.reach(patience)?;
        self.call_over(&line, &object, method, args, kwds, patience)
    }

    /// The call itself, of what was reached.
    pub(super) fn call_over<T: DeserializeOwned>(
        &self,
        line: &Arc<Line>,
        object: &Object,
        method: &str,
        args: &impl Args,
        kwds: &impl Kwargs,
        patience: &Patience,
    ) -> Result<T> {
        let manager = &self.0.manager;
        let generation = object.reference.generation;
        let request = manager.request(Some(&object.reference.ident), method, args, kwds)?;
        let answer = exchange_on_line(line, &request, patience);
        let is_cancelled = patience
            .cancel
            .as_ref()
            .is_some_and(|cancel| cancel.is_cancelled());
        if answer.is_err() || is_cancelled {
            // Out of step, or shut down by whoever cancelled.
            manager.hang_up(line);
        }
        let answer = answer.map_err(|failed| manager.failed(generation, method, failed))?;
        line.touch();
        match manager.answer(method, answer, patience)? {
            Answer::Value(value) => Ok(value),
            Answer::Proxy(exposed, token) => {
                let proxy = Proxy::arrived(manager, generation, exposed, token);
                arrival::convert(manager, proxy, patience)
            }
        }
    }

    /// A call that waits at the manager as long as it takes: the manager's `call_timeout` is not
    /// meant for it.
    pub(super) fn call_without_end<T: DeserializeOwned>(
        &self,
        method: &str,
        args: &impl Args,
    ) -> Result<T> {
        self.call_patiently(method, args, &(), &Patience::new(None, None))
    }

    /// A call of the very object that was called before, if there was one, never of one that was
    /// made again since: for what goes on where the last call ended.
    pub(super) fn call_same<T: DeserializeOwned>(
        &self,
        same: &mut Option<Object>,
        method: &str,
        args: &impl Args,
        patience: &Patience,
    ) -> Result<T> {
        let (object, line) = match same {
            Some(object) => (object.clone(), self.reach_again(object, patience)?),
            None => self.reach(patience)?,
        };
        let object = same.insert(object);
        self.call_over(&line, object, method, args, &(), patience)
    }

    pub(super) fn call_timeout(&self) -> Option<Duration> {
        self.0.manager.settings.call_timeout
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.0.manager
    }

    /// The class that it was given, and the methods that are known.
    pub(super) fn class_and_exposed(&self) -> (Option<Class>, Option<Arc<[String]>>) {
        let exposed = lock(&self.0.object).exposed.clone();
        (lock(&self.0.class).clone(), exposed)
    }

    /// Whether its `acquire` is known to take no timeout, as in Python 2.
    pub(super) fn has_no_timeout(&self) -> &AtomicBool {
        &self.0.has_no_timeout
    }

    /// The name under which its type is registered.
    pub fn typeid(&self) -> &str {
        &self.0.typeid
    }

    /// Which object it is: `proxy._token`.
    pub fn token(&self) -> Token {
        Token {
            typeid: self.0.typeid.clone(),
            address: self.0.manager.token_address(),
            id: lock(&self.0.object).reference.ident.clone(),
        }
    }

    /// The manager that has the object.
    pub fn manager(&self) -> Manager {
        Manager::from_inner(Arc::clone(&self.0.manager))
    }

    /// The methods that can be called: `proxy._exposed_`, asked for with `get_methods` where they
    /// did not come with the object.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn exposed(&self) -> Result<Vec<String>> {
        if let Some(exposed) = &lock(&self.0.object).exposed {
            return Ok(exposed.to_vec());
        }
        // Never that of another object, which has its id at the manager that came after.
        let object = self.object(&self.0.manager.patience())?;
        let id = object.reference.ident.clone();
        let mut exposed = self.manager().get_methods(&Token { id, ..self.token() })?;
        exposed.sort_unstable();
        lock(&self.0.object).exposed = Some(exposed.clone().into());
        Ok(exposed)
    }

    /// A copy of the object itself: `proxy._getvalue()`.
    ///
    /// # Errors
    /// As [`call`](Self::call); also when the object cannot be pickled.
    pub fn get_value<T: DeserializeOwned>(&self) -> Result<T> {
        self.call("#GETVALUE", ())
    }

    /// `str()` of the object itself.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn str(&self) -> Result<String> {
        self.call("__str__", ())
    }

    /// `repr()` of the object itself, which is what Python's `str(proxy)` says.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn repr(&self) -> Result<String> {
        self.call("__repr__", ())
    }

    /// Which class it has in a Python that it is sent to. Unless told it is the one that
    /// `SyncManager` registers for its typeid, such as `ListProxy`, and `AutoProxy` otherwise.
    pub fn set_proxy_type(&self, class: Class) {
        *lock(&self.0.class) = Some(class);
    }
}

/// The same object.
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
            OneLine(&self.0.manager.settings.address)
        )
    }
}
