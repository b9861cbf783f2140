//! Rust's side of the demo, in both roles.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use mpconn::handshake::Outcome;
use mpconn::listener::ListenerHandle;
use mpconn::{Address, AuthKey, Connect, Connection, Listener, Value};

use super::objects;
use super::python::{Python, Running, left};
use crate::exit_codes::Ended;
use crate::relay::{Event, Relay};
use crate::slots::Slots;

const CLIENT: &str = include_str!("client.py");
const LISTENER: &str = include_str!("listener.py");

/// Number of timed round trips.
const ROUNDS: u32 = 200;
/// Interval of checks whether Python is still running.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);
/// Longest message that is decoded; all objects of the demo are shorter.
const DECODE_MAX: u64 = 64 * 1024;
/// Limit of connections; the demo needs one.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// What both directions share.
pub(crate) struct Demo {
    pub(crate) python: Python,
    /// Hex digits, so that it is ASCII for every Python.
    key: String,
    objects: Vec<Value>,
    deadline: Instant,
}

/// What happened in one direction.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Events of the relay.
    pub(crate) events: Vec<Event>,
    pub(crate) authentication: Outcome,
    /// Objects exchanged, and how many of them each side found equal to its own.
    pub(crate) objects: usize,
    pub(crate) equal_in_rust: usize,
    pub(crate) equal_in_python: usize,
    /// Time to connect and authenticate, without the relay, on the connecting side.
    pub(crate) connected: Duration,
    /// Time of one round trip, without the relay.
    pub(crate) round_trip: Duration,
}

impl Exchange {
    pub(crate) fn is_equal(&self) -> bool {
        self.objects == self.equal_in_rust && self.objects == self.equal_in_python
    }
}

impl Demo {
    pub(crate) fn new(python: Python, deadline: Instant) -> anyhow::Result<Demo> {
        Ok(Demo {
            python,
            key: format!("{:032x}", rand::random::<u128>()),
            objects: objects::values()?,
            deadline,
        })
    }

    /// Lets a Python `Client` connect to a Rust listener.
    pub(crate) fn python_connects(&self) -> anyhow::Result<Exchange> {
        let mut direct = self.listener()?;
        let mut relayed = self.listener()?;
        let relay = WatchedRelay::start(relayed.address(), self.deadline)?;
        let args = [
            port(direct.address())?.to_string(),
            port(&relay.address)?.to_string(),
            ROUNDS.to_string(),
        ];
        let mut python = self
            .python
            .start(&objects::insert(CLIENT), &args, &self.key)?;

        let connection = self.accept(&mut direct, &mut python)?;
        self.answer_rounds(&connection)?;
        let times: Value = connection.recv()?;

        let connection = self.accept(&mut relayed, &mut python)?;
        let mut equal_in_rust = 0;
        for mine in &self.objects {
            let theirs: Value = connection.recv()?;
            equal_in_rust += usize::from(theirs == *mine);
            connection.send(mine)?;
        }
        let report: Value = connection.recv()?;
        python
            .end(self.deadline)
            .context(self.python.name.clone())?;
        Ok(Exchange {
            authentication: authentication(&connection)?,
            objects: self.objects.len(),
            equal_in_rust,
            equal_in_python: count(&report, "equal")?,
            connected: seconds(&times, "connected")?,
            round_trip: seconds(&times, "exchanged")? / ROUNDS,
            events: relay.events(connection),
        })
    }

    /// Connects Rust to a Python `Listener`.
    pub(crate) fn rust_connects(&self) -> anyhow::Result<Exchange> {
        let mut python =
            self.python
                .start(&objects::insert(LISTENER), &[ROUNDS.to_string()], &self.key)?;
        let port: u16 = python.line(self.deadline)?.trim().parse()?;
        let address = Address::tcp("127.0.0.1", port);

        let start = Instant::now();
        let connection = self.connect(&address)?;
        let connected = start.elapsed();
        let start = Instant::now();
        for number in 0..ROUNDS {
            connection.send(&number)?;
            let _: Value = connection.recv()?;
        }
        let round_trip = start.elapsed() / ROUNDS;

        let relay = WatchedRelay::start(&address, self.deadline)?;
        let connection = self.connect(&relay.address)?;
        let mut equal_in_rust = 0;
        for mine in &self.objects {
            connection.send(mine)?;
            let theirs: Value = connection.recv()?;
            equal_in_rust += usize::from(theirs == *mine);
        }
        let report: Value = connection.recv()?;
        python
            .end(self.deadline)
            .context(self.python.name.clone())?;
        Ok(Exchange {
            authentication: authentication(&connection)?,
            objects: self.objects.len(),
            equal_in_rust,
            equal_in_python: count(&report, "equal")?,
            connected,
            round_trip,
            events: relay.events(connection),
        })
    }

    fn listener(&self) -> anyhow::Result<Listener> {
        let builder = Listener::builder()
            .address(("127.0.0.1", 0))
            .authkey(self.key.as_str());
        Ok(builder.bind()?)
    }

    /// Accepts a connection while Python is running.
    fn accept(&self, listener: &mut Listener, python: &mut Running) -> anyhow::Result<Connection> {
        loop {
            match listener.accept_timeout(CHECK_INTERVAL.min(left(self.deadline))) {
                Ok(accepted) => {
                    self.bound(&accepted.connection);
                    return Ok(accepted.connection);
                }
                Err(error) if !error.is_timed_out() => return Err(error.into()),
                Err(_) if left(self.deadline).is_zero() => {
                    return Err(
                        Ended::timed_out("the Python Client did not connect in time").into(),
                    );
                }
                Err(_) => python.check_alive(self.deadline)?,
            }
        }
    }

    fn connect(&self, address: &Address) -> anyhow::Result<Connection> {
        let connection = Connect::new()
            .authkey(AuthKey::new(self.key.as_bytes()))
            .timeout(left(self.deadline))
            .handshake_timeout(left(self.deadline))
            .connect(address)?;
        self.bound(&connection);
        Ok(connection)
    }

    fn bound(&self, connection: &Connection) {
        connection.set_recv_timeout(Some(left(self.deadline)));
        connection.set_send_timeout(Some(left(self.deadline)));
    }

    fn answer_rounds(&self, connection: &Connection) -> anyhow::Result<()> {
        for _ in 0..ROUNDS {
            connection.send_bytes(&connection.recv_bytes()?)?;
        }
        Ok(())
    }
}

/// A relay that records its events.
struct WatchedRelay {
    address: Address,
    handle: ListenerHandle,
    seen: Receiver<Event>,
    thread: thread::JoinHandle<()>,
}

impl WatchedRelay {
    fn start(target: &Address, deadline: Instant) -> anyhow::Result<WatchedRelay> {
        let mut listener = Listener::builder().address(("127.0.0.1", 0)).bind()?;
        let (sender, seen) = channel();
        let sender = Mutex::new(sender);
        let relay = Relay {
            target: target.clone(),
            timeout: left(deadline),
            decode_max: DECODE_MAX,
            slots: Slots::new(CONNECTIONS),
            watch: Arc::new(move |event| {
                if let Ok(sender) = sender.lock() {
                    // After the end of the demo events are dropped.
                    let _ = sender.send(event);
                }
            }),
        };
        Ok(WatchedRelay {
            address: listener.address().clone(),
            handle: listener.handle(),
            seen,
            thread: thread::spawn(move || {
                // If the relay fails, so does the exchange.
                let _ = relay.serve(&mut listener);
            }),
        })
    }

    /// Closes `connection`, ends the relay, and returns all events.
    fn events(self, connection: Connection) -> Vec<Event> {
        drop(connection);
        self.handle.cancel();
        let _ = self.thread.join();
        self.seen.try_iter().collect()
    }
}

fn port(address: &Address) -> anyhow::Result<u16> {
    match address {
        Address::Tcp { port, .. } => Ok(*port),
        other => anyhow::bail!("{other} has no port"),
    }
}

fn authentication(connection: &Connection) -> anyhow::Result<Outcome> {
    connection
        .authentication()
        .copied()
        .context("no authentication took place")
}

fn count(report: &Value, name: &str) -> anyhow::Result<usize> {
    let count = report.get(name).and_then(Value::as_i64);
    count
        .and_then(|n| usize::try_from(n).ok())
        .with_context(|| format!("Python's report has no {name}: {report}"))
}

fn seconds(report: &Value, name: &str) -> anyhow::Result<Duration> {
    let seconds = report.get(name).and_then(Value::as_f64);
    seconds
        .and_then(|s| Duration::try_from_secs_f64(s).ok())
        .with_context(|| format!("Python's report has no {name}: {report}"))
}
