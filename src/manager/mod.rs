//! Working with the shared objects of a Python manager: the client side of
//! `multiprocessing.managers`.
//!
//! | Python | here |
//! |---|---|
//! | `m = BaseManager(address, authkey); m.connect()` | [`Manager::connect`], [`Manager::builder`] |
//! | `m.typeid(*args, **kwds)` | [`Manager::create`], [`Manager::create_kw`] |
//! | `proxy.method(*args, **kwds)` | [`Proxy::call`], [`Proxy::call_kw`] |
//! | `proxy._getvalue()`, `str(proxy)` | [`Proxy::get_value`], [`Proxy::repr`] |
//! | `m._number_of_objects()`, `m._debug_info()` | [`Manager::number_of_objects`], [`Manager::debug_info`] |
//! | `m.shutdown()` | [`Manager::shutdown`] |
//! | `m.Queue()` of a `SyncManager`, and the other types | [`Queue`] and the other types here |
//! | `m.Event()`, `m.Value()` | [`EventProxy`], [`ValueProxy`] |
//! | `m.list()`, `m.dict()`, `m.set()`, `m.Array()` | [`ListProxy`], [`DictProxy`], [`SetProxy`], [`ArrayProxy`] |
//! | an iterator that a method returned | [`IteratorProxy`] |
//! | `m.Pool()`, and its results | [`Pool`], [`AsyncResult`]; a [`Function`] is given by its name |
//! | `m.Lock()`, `with lock:` | [`Lock`], and the guard of [`lock`](Lock::lock) |
//! | `RemoteError`, an exception of the method | [`RemoteError`], by [`Error::remote`](crate::Error::remote) |
//! | `BaseManager(serializer='xmlrpclib')` | [`Builder::serializer`] |
//!
//! The Python side is the "remote manager" of Python's documentation, and stays as it is:
//!
//! ```python
//! from multiprocessing.managers import BaseManager
//! import queue
//!
//! jobs, results = queue.Queue(), queue.Queue()
//!
//! class Jobs(BaseManager): pass
//!
//! Jobs.register("jobs", callable=lambda: jobs)
//! Jobs.register("results", callable=lambda: results)
//! Jobs(("localhost", 6000), b"secret password").get_server().serve_forever()
//! ```
//!
//! A worker in Rust:
//!
//! ```no_run
//! use mpconn::manager::{Manager, Queue};
//!
//! let manager = Manager::connect("localhost:6000", "secret password")?;
//! let jobs: Queue<(u64, f64)> = manager.create("jobs", ())?;
//! let results: Queue<(u64, f64)> = manager.create("results", ())?;
//! loop {
//!     let (number, x) = jobs.get()?;
//!     results.put(&(number, x.sqrt()))?;
//!     jobs.task_done()?;
//! }
//! # #[allow(unreachable_code)]
//! # Ok::<(), mpconn::Error>(())
//! ```
//!
//! # Threads, references, processes
//!
//! A [`Manager`] and its proxies are cheap to clone and can be used by all threads at once. Each
//! thread that calls gets a connection of its own, which closes with the thread. This is as in Python,
//! where the server thread at the other end owns an `RLock` that is acquired over it.
//!
//! The manager keeps an object as long as somebody refers to it. A [`Proxy`] with all its clones is
//! one reference. When the last clone is dropped the reference is queued, and a thread named
//! `mpconn-release` gives it back: dropping never waits for the manager. [`Manager::flush`] does, and so
//! does the end of the process.
//!
//! A child made by `fork` opens connections of its own. Its copies of proxies are not counted: they
//! work as long as the parent or another client keeps the objects.
//!
//! # When something goes wrong
//!
//! An exception of a method arrives with its class, arguments and attributes:
//! [`Error::remote`](crate::Error::remote). If no answer comes,
//! [`may_have_run`](crate::Error::may_have_run) tells whether the call may have run. No call is ever made
//! twice. [`Proxy::call`] has the order in which to ask an error.
//!
//! [`Reconnect`] decides whether a manager that was lost is looked for again, [`Cancel`] ends a
//! call from another thread, and [`Builder::call_timeout`] limits how long a call may take.
//!
//! # What a manager cannot do
//!
//! No part of an answer runs code. Beyond that:
//!
//! - A proxy in an answer may be of another manager, whose address is in the answer. By default
//!   that is an error, and nothing connects there: [`OtherManagers`].
//! - Connecting, the handshake, the answer and adopting the proxies in it have one deadline, that of the
//!   call. Without [`Builder::call_timeout`] or [`CallOptions::timeout`] there is none.
//! - An answer has at most [`Builder::max_message_len`] bytes, and its pickle keeps to the
//!   [`Limits`](crate::pickle::Limits) of [`Builder::read_options`].
//! - [`RemoteError`] and [`ManagerEvent`] print text of the manager escaped, in one line, and of what is
//!   long the beginning.

pub(crate) mod client;
mod error;

#[doc(hidden)]
pub use client::read_answer;
pub use client::{
    ArrayProxy, AsyncResult, Barrier, BoundedSemaphore, Builder, CallOptions, Cancel, Condition,
    DictProxy, EventProxy, Function, Guard, IteratorProxy, ListProxy, Lock, Manager, ManagerEvent,
    Namespace, OtherManagers, Pool, Proxy, Queue, RLock, Reconnect, Returned, Semaphore,
    Serializer, SetProxy, SortOrder, ThreadGuard, ValueProxy, Wait,
};
pub use mpconn_proto::manager::{Args, Kwargs, RemoteError, Report, methods};
