//! Rust and unmodified Python on one wire: the protocols of CPython's
//! `multiprocessing.connection` and `multiprocessing.managers`, byte for byte.
//!
//! | Python | Rust |
//! |---|---|
//! | `Client(address, authkey=key)` | [`connect(address, key)`](connect), [`Connect`] |
//! | `Listener(address, family, backlog, authkey)` | [`Listener::builder()`](Listener::builder) |
//! | `listener.accept()`, `.address`, `.last_accepted`, `.close()` | [`accept`](Listener::accept), [`address`](Listener::address), [`last_accepted`](Listener::last_accepted), [`close`](Listener::close) |
//! | `Pipe()`, `Pipe(duplex=False)` | [`Connection::pair`], [`Connection::one_way_pair`] |
//! | `Connection(handle, readable, writable)` | [`from_fd_with`](os::unix::ConnectionExt::from_fd_with) |
//! | `conn.send(obj)`, `conn.recv()` | [`send`](Connection::send), [`recv`](Connection::recv) |
//! | `conn.send_bytes(buf)`, `conn.recv_bytes(maxlength)` | [`send_bytes`](Connection::send_bytes), [`recv_bytes`](Connection::recv_bytes), [`recv_bytes_max`](Connection::recv_bytes_max) |
//! | `conn.recv_bytes_into(buf)`, `BufferTooShort` | [`recv_bytes_into`](Connection::recv_bytes_into), [`Error::into_message`] |
//! | `conn.poll(timeout)`, `wait([...], timeout)` | [`poll`](Connection::poll), [`wait`](fn@wait) |
//! | `conn.fileno()`, `.readable`, `.writable`, `.close()` | [`AsFd`](std::os::fd::AsFd), [`readable`](Connection::readable), [`writable`](Connection::writable), drop |
//! | `reduction.send_handle(conn, handle, pid)`, `reduction.recv_handle(conn)` | [`send_fd`](os::unix::SendFd::send_fd), [`recv_fd`](os::unix::ReceiveFd::recv_fd) |
//! | `deliver_challenge`, `answer_challenge` | [`handshake::Deliver`], [`handshake::Answer`] |
//! | any object | what serde knows, or a [`Value`] |
//! | `datetime`, `Decimal`, `deque`, exceptions, numpy arrays | [`pickle::types`] |
//! | `pickle.Unpickler(file).load()`, `pickle.Pickler(file).dump(obj)` | [`Unpickler::load`], [`Pickler::dump`] |
//! | `repr(obj)`, `ast.literal_eval(text)` | `Value`'s `Display` and `FromStr` |
//! | `m = BaseManager(address, authkey); m.connect()` | [`Manager::connect`](manager::Manager::connect) |
//! | `m.typeid(...)`, `proxy.method(...)` | [`Manager::create`](manager::Manager::create), [`Proxy::call`](manager::Proxy::call) |
//! | the types of a `SyncManager` | [`manager`] |
//! | `EOFError`, `AuthenticationError`, `OSError` | [`Error`] and its questions |
//!
//! # Python connects to Rust
//!
//! ```
//! use mpconn::{Listener, Value};
//!
//! let mut listener = Listener::builder().address(("127.0.0.1", 0)).authkey("secret").bind()?;
//! # let address = listener.address().clone();
//! // In Python: Client(("127.0.0.1", port), authkey=b"secret").send({"n": 1})
//! # let client = std::thread::spawn(move || {
//! #     let value: Value = "{'n': 1}".parse().unwrap();
//! #     mpconn::connect(address, "secret")?.send(&value)
//! # });
//! let connection = listener.accept()?;
//! let received: Value = connection.recv()?;
//! assert_eq!(received.to_string(), "{'n': 1}");
//! # client.join().unwrap()?;
//! # Ok::<(), mpconn::Error>(())
//! ```
//!
//! # Rust connects to Python
//!
//! ```no_run
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Answer {
//!     n: i64,
//! }
//!
//! // In Python: Listener(("localhost", 6000), authkey=b"secret").accept().send({"n": 2})
//! let connection = mpconn::connect("localhost:6000", "secret")?;
//! let answer: Answer = connection.recv()?;
//! # Ok::<(), mpconn::Error>(())
//! ```
//!
//! # Rust works on a Python manager
//!
//! ```no_run
//! use mpconn::manager::{Manager, Queue};
//!
//! // In Python: class Jobs(BaseManager): pass
//! // Jobs.register("jobs", callable=lambda: jobs)
//! // Jobs(("localhost", 6000), b"secret").get_server().serve_forever()
//! let manager = Manager::connect("localhost:6000", "secret")?;
//! let jobs: Queue<String> = manager.create("jobs", ())?;
//! println!("{}", jobs.get()?);
//! jobs.task_done()?;
//! # Ok::<(), mpconn::Error>(())
//! ```
//!
//! # Several at once
//!
//! [`wait`](fn@wait) takes connections, listeners and other descriptors. A connection
//! [`split`](Connection::split)s into halves for two threads. A
//! [`ListenerHandle`](listener::ListenerHandle) cancels, pauses and drains a listener from another
//! thread.
//!
//! # Own payloads
//!
//! Framing and authentication work without pickles:
//! [`send_bytes`](Connection::send_bytes) and [`recv_bytes`](Connection::recv_bytes) carry any
//! bytes, and a [`Codec`](codec::Codec) of your own turns objects into bytes and back.
//!
//! Without the feature `pickle` (`default-features = false`) no code for pickles is compiled.
//!
//! # Without I/O
//!
//! This crate does the I/O. The rules are in crates that touch no socket, clock or thread, so that other
//! drivers can be built on them: `mpconn-proto` ([`frame`], [`handshake`]
//! and more) and `mpconn-pickle` ([`pickle`], [`codec`]). The program `mpconn` is the crate
//! `mpconn-cli`.
//!
//! # Features
//!
//! - `pickle` (on by default): objects as pickles, [`Connection::send`] and
//!   [`recv`](Connection::recv), [`Value`], [`codec`].
//! - `manager` (on by default): the module [`manager`].
//! - `json`: [`Value`] from and to JSON.
//! - `unicode-names`: characters by their names in literals, `'\N{EN DASH}'`; the table takes 0.9 MB.
//! - `uuid`, `chrono`, `jiff`, `rust_decimal`: types of these crates from and to Python's.
//! - `numpy`: elements of numpy arrays where they lie in a message; `ndarray`: arrays from and to those
//!   of that crate.
//! - `xmlrpc`: values as XML-RPC, for `BaseManager(serializer='xmlrpclib')`: the module `xmlrpc` and
//!   a [`codec`].
//! - `serde-pickle`: the crate serde-pickle as a second [`codec`].
//! - `stacker`: types that contain themselves are read as deep as pickles may be, as the stack that is
//!   left is measured; without it, [`pickle::TYPED_DEPTH`] levels deep.
//!
//! # Platforms
//!
//! Unix; it is tested on Linux. Elsewhere only the re-exports of the crates without I/O are there:
//! Windows, and Windows pipes, are not supported yet.

#[cfg(unix)]
mod client;
#[cfg(unix)]
mod connection;
mod error;
#[cfg(unix)]
pub mod listener;
#[cfg(all(unix, feature = "manager"))]
pub mod manager;
pub mod os;
#[cfg(unix)]
mod sys;
#[cfg(unix)]
mod transport;
#[cfg(unix)]
mod wait;

#[cfg(unix)]
pub use client::{Connect, connect};
#[cfg(unix)]
pub use connection::{Connection, Direction, Receiver, Sender};
pub use error::{Error, ErrorKind, Result};
#[cfg(unix)]
pub use listener::Listener;
#[cfg(feature = "xmlrpc")]
pub use mpconn_pickle::xmlrpc;
#[cfg(feature = "pickle")]
pub use mpconn_pickle::{self as pickle, Pickler, Unpickler, Value, codec, stream};
pub use mpconn_proto::connection::Budget;
pub use mpconn_proto::{
    Address, AuthKey, Family, HANDSHAKE_TIMEOUT, IntoAuthKey, ParseAddressError, escaped, frame,
    handshake,
};
#[cfg(unix)]
pub use wait::{Waitable, wait};
