//! A room: one role and one transport with one Python, and ways to connect the two ends.

use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use interop_tests::{Answer, PATIENCE, Peer, PythonError, Scratch};
use mpconn::handshake::{HandshakeError, Policy};
use mpconn::listener::ListenerEvent;
use mpconn::{Address, Connect, Connection, Listener};
use serde_json::{Value as Json, json};

use crate::record;

/// The role of the Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    PythonClient,
    PythonListener,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp4,
    Tcp6,
    Unix,
    Abstract,
}

/// The keys and digests of both ends.
#[derive(Debug, Clone)]
pub(crate) struct Terms<'a> {
    pub(crate) rust_key: Option<&'a [u8]>,
    pub(crate) python_key: Option<&'a [u8]>,
    pub(crate) policy: Policy,
    /// The digest named in Python's challenge, if it is chosen.
    pub(crate) python_digest: Option<&'a str>,
    pub(crate) handshake_timeout: Duration,
}

impl Terms<'_> {
    pub(crate) fn same_key(key: Option<&[u8]>) -> Terms<'_> {
        Terms::keys(key, key)
    }

    pub(crate) fn keys<'a>(rust: Option<&'a [u8]>, python: Option<&'a [u8]>) -> Terms<'a> {
        Terms {
            rust_key: rust,
            python_key: python,
            policy: Policy::default(),
            python_digest: None,
            handshake_timeout: PATIENCE,
        }
    }
}

/// A Python and the cells tested with it.
pub(crate) struct Room {
    pub(crate) peer: Peer,
    pub(crate) role: Role,
    pub(crate) transport: Transport,
    scratch: Scratch,
    feature: &'static str,
    /// The current cell, for failure messages.
    cell: String,
    held: u32,
    note: Option<String>,
}

impl Room {
    /// Runs the checks of a feature and records how many passed.
    pub(crate) fn test(
        role: Role,
        transport: Transport,
        feature: &'static str,
        run: fn(&mut Room),
    ) {
        let mut room = Room::new(role, transport, feature);
        let name = room.name();
        let release = room.peer.about().release.clone();
        record::forget(&release, &name);
        if transport == Transport::Tcp6 && !has_ipv6() {
            return record::note(&release, &name, 0, Some("this machine has no IPv6"));
        }
        run(&mut room);
        assert!(room.held > 0, "{name}: nothing was checked");
        record::note(&release, &name, room.held, room.note.as_deref());
    }

    pub(crate) fn new(role: Role, transport: Transport, feature: &'static str) -> Self {
        Room {
            peer: Peer::start(),
            role,
            transport,
            scratch: Scratch::new(),
            feature,
            cell: "the beginning".to_owned(),
            held: 0,
            note: None,
        }
    }

    pub(crate) fn name(&self) -> String {
        let role = match self.role {
            Role::PythonClient => "python_client",
            Role::PythonListener => "python_listener",
        };
        let transport = match self.transport {
            Transport::Tcp4 => "tcp4",
            Transport::Tcp6 => "tcp6",
            Transport::Unix => "unix",
            Transport::Abstract => "abstract",
        };
        format!("{role}/{transport}/{}", self.feature)
    }

    /// Checks one cell.
    pub(crate) fn check<R>(
        &mut self,
        cell: impl Into<String>,
        check: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.cell = cell.into();
        let result = check(self);
        self.held += 1;
        result
    }

    /// Adds a remark about this Python to the table.
    pub(crate) fn remark(&mut self, note: &str) {
        self.note = Some(note.to_owned());
    }

    pub(crate) fn is(&self, role: Role) -> bool {
        self.role == role
    }

    /// Returns an unused address.
    fn fresh_address(&self) -> Address {
        match self.transport {
            Transport::Tcp4 => Address::tcp("127.0.0.1", 0),
            Transport::Tcp6 => Address::tcp("::1", 0),
            Transport::Unix => Address::unix(self.scratch.fresh_path()),
            Transport::Abstract => Address::abstract_name(self.scratch.fresh_name()),
        }
    }

    /// Connects the two ends. [`Peer::answer`] returns the result on Python's side, which may
    /// still be waiting.
    pub(crate) fn attempt(&mut self, terms: &Terms<'_>) -> Result<Connection, HandshakeError> {
        self.attempt_then(terms, Json::Null)
    }

    /// Same as `attempt`. Once connected, Python runs `next` unless it is null.
    pub(crate) fn attempt_then(
        &mut self,
        terms: &Terms<'_>,
        next: Json,
    ) -> Result<Connection, HandshakeError> {
        let result = match self.role {
            Role::PythonClient => self.accept(terms, next),
            Role::PythonListener => self.connect(terms, next),
        };
        if let Ok(connection) = &result {
            connection.set_recv_timeout(Some(PATIENCE));
            connection.set_send_timeout(Some(PATIENCE));
        }
        result
    }

    /// Connects the two ends; both must succeed.
    pub(crate) fn meet(&mut self, terms: &Terms<'_>) -> Connection {
        let connection = self.attempt(terms).expect("a connection in Rust");
        self.peer.answer().expect("a connection in Python");
        connection
    }

    /// Connects the two ends; both must fail. Returns Rust's and Python's errors.
    pub(crate) fn clash(&mut self, terms: &Terms<'_>) -> (HandshakeError, PythonError) {
        let rust = self.attempt(terms).expect_err("an error in Rust");
        let python = self.peer.answer().expect_err("an exception in Python");
        self.part();
        (rust, python)
    }

    /// Closes Python's end, whatever its state.
    pub(crate) fn part(&mut self) {
        self.ask(json!({"do": "close"})).expect("closes");
        if self.is(Role::PythonListener) {
            self.ask(json!({"do": "unlisten"}))
                .expect("closes its listener");
        }
    }

    pub(crate) fn ask(&mut self, command: Json) -> Answer {
        self.peer.ask(command)
    }

    fn tell_next(&mut self, next: Json) {
        if !next.is_null() {
            self.peer.tell(next);
        }
    }

    fn accept(&mut self, terms: &Terms<'_>, next: Json) -> Result<Connection, HandshakeError> {
        let (failed, failures) = mpsc::channel();
        let (handles, handle) = mpsc::channel::<mpconn::listener::ListenerHandle>();
        let mut builder = Listener::builder()
            .address(self.fresh_address())
            .policy(terms.policy.clone())
            .handshake_timeout(terms.handshake_timeout)
            .on_event(move |event| {
                let ListenerEvent::HandshakeFailed { error, .. } = event else {
                    return;
                };
                let _ = failed.send(error.handshake_error().cloned());
                // The only client has failed: `accept` has nothing to wait for.
                handle.recv().expect("a handle").cancel();
            });
        if let Some(key) = terms.rust_key {
            builder = builder.authkey(key);
        }
        let mut listener = builder.bind().expect("a listener");
        handles.send(listener.handle()).expect("on_event is there");
        let address = python_address(listener.address());
        self.peer.tell(json!({
            "do": "connect",
            "address": address,
            "authkey": terms.python_key.map(hex),
            "digest": terms.python_digest,
            // Python's Client does not support IPv6.
            "own_socket": self.transport == Transport::Tcp6,
        }));
        self.tell_next(next);
        match listener.accept_timeout(PATIENCE) {
            Ok(accepted) => Ok(accepted.connection),
            Err(error) => match failures.try_recv() {
                Ok(Some(failure)) => Err(failure),
                _ => panic!("no client: {error}"),
            },
        }
    }

    fn connect(&mut self, terms: &Terms<'_>, next: Json) -> Result<Connection, HandshakeError> {
        let address = self.fresh_address();
        let port = self.ask(json!({
            "do": "listen",
            "address": python_address(&address),
            "authkey": terms.python_key.map(hex),
            "digest": terms.python_digest,
        }));
        let address = match (address, port.expect("listens").as_u64()) {
            (Address::Tcp { host, .. }, Some(port)) => {
                Address::tcp(host, u16::try_from(port).expect("a port"))
            }
            (address, _) => address,
        };
        self.peer
            .tell(json!({"do": "accept", "digest": terms.python_digest}));
        self.tell_next(next);
        let mut connect = Connect::new()
            .policy(terms.policy.clone())
            .timeout(PATIENCE)
            .handshake_timeout(terms.handshake_timeout);
        if let Some(key) = terms.rust_key {
            connect = connect.authkey(key);
        }
        connect.connect(address).map_err(|error| {
            let failure = error.handshake_error().cloned();
            failure.unwrap_or_else(|| panic!("no connection: {error}"))
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let release = &self.peer.about().release;
            eprintln!(
                "Python {release}, {}: failed in the cell: {}",
                self.name(),
                self.cell
            );
        }
    }
}

/// Without IPv6 the test is skipped with a message; a CI without it fails.
fn has_ipv6() -> bool {
    let Err(error) = TcpListener::bind("[::1]:0") else {
        return true;
    };
    assert_ne!(
        std::env::var("CI").as_deref(),
        Ok("true"),
        "no IPv6 on this machine: {error}"
    );
    println!("NOT TESTED: this machine has no IPv6: {error}");
    false
}

fn python_address(address: &Address) -> Json {
    match address {
        Address::Tcp { host, port, .. } => json!([address.family().name(), host, port]),
        Address::Unix(path) => json!(["AF_UNIX", path]),
        Address::Abstract(name) => {
            json!(["AF_UNIX", format!("\0{}", String::from_utf8_lossy(name))])
        }
        other => panic!("no Python takes {other}"),
    }
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
