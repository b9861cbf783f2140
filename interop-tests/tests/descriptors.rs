//! Open pipes pass between Rust and Python's `reduction.send_handle` and `recv_handle`,
//! either way.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};

use interop_tests::{PATIENCE, Peer, Scratch};
use mpconn::os::unix::{ReceiveFd, SendFd};
use mpconn::{Address, AuthKey, Connect, Connection, Listener};
use serde_json::{Value as Json, json};

const KEY: &[u8] = b"descriptors";

/// Returns the socket's name in Python.
fn named(address: &Address) -> Json {
    match address {
        Address::Unix(path) => json!(["AF_UNIX", path]),
        Address::Abstract(name) => {
            json!(["AF_UNIX", format!("\0{}", String::from_utf8_lossy(name))])
        }
        other => panic!("no Unix socket: {other}"),
    }
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn prepared(connection: Connection) -> Connection {
    connection.set_read_ahead(false);
    connection.set_recv_timeout(Some(PATIENCE));
    connection.set_send_timeout(Some(PATIENCE));
    connection
}

/// Accepts a Python client, which is told to run `next` first.
fn accepted(python: &mut Peer, address: Address, key: Option<&[u8]>, next: Json) -> Connection {
    let mut builder = Listener::builder().address(address);
    if let Some(key) = key {
        builder = builder.authkey(key);
    }
    let mut listener = builder.bind().expect("a listener");
    python.tell(json!({
        "do": "connect",
        "address": named(listener.address()),
        "authkey": key.map(hex),
    }));
    if !next.is_null() {
        python.tell(next);
    }
    let accepted = listener.accept_timeout(PATIENCE).expect("a client");
    python.answer().expect("a connection in Python");
    prepared(accepted.connection)
}

/// Connects to a Python listener.
fn connected(python: &mut Peer, address: Address, key: &[u8]) -> Connection {
    let listens = python.ask(json!({
        "do": "listen",
        "address": named(&address),
        "authkey": hex(key),
    }));
    listens.expect("a listener in Python");
    python.tell(json!({"do": "accept"}));
    let connect = Connect::new().authkey(AuthKey::new(key)).timeout(PATIENCE);
    let connection = connect.connect(address).expect("a connection");
    python.answer().expect("a client in Python");
    prepared(connection)
}

/// Returns addresses whose sockets can pass descriptors.
fn addresses(scratch: &Scratch) -> Vec<Address> {
    let mut addresses = vec![Address::unix(scratch.fresh_path())];
    if cfg!(target_os = "linux") {
        addresses.push(Address::abstract_name(scratch.fresh_name()));
    }
    addresses
}

fn text_in(fd: OwnedFd) -> String {
    let mut text = String::new();
    let read = File::from(fd).read_to_string(&mut text);
    read.expect("the pipe");
    text
}

/// Returns the reading end of a pipe that holds a short text.
fn pipe_with(text: &str) -> OwnedFd {
    use std::io::Write;
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(text.as_bytes()).expect("room in the pipe");
    reader.into()
}

/// Passes pipes both ways, between messages.
fn exchange(python: &mut Peer, connection: &Connection) {
    python.tell(json!({"do": "send", "expression": "'a handle comes'"}));
    python.tell(json!({"do": "send_handle", "text": "from Python"}));
    python.tell(json!({"do": "send", "expression": "'that was it'"}));
    assert_eq!(connection.recv::<String>().unwrap(), "a handle comes");
    assert_eq!(text_in(connection.recv_fd().unwrap()), "from Python");
    assert_eq!(connection.recv::<String>().unwrap(), "that was it");
    for _ in 0..3 {
        python.answer().expect("sends");
    }

    python.tell(json!({"do": "recv_any"}));
    python.tell(json!({"do": "recv_handle"}));
    python.tell(json!({"do": "recv_any"}));
    connection.send(&1).unwrap();
    connection.send_fd(pipe_with("from Rust")).unwrap();
    connection.send(&2).unwrap();
    for expected in ["1", "from Rust", "2"] {
        assert_eq!(python.answer().expect("receives"), expected);
    }
}

#[test]
fn a_python_client_sends_and_receives_a_pipe() {
    let (scratch, mut python) = (Scratch::new(), Peer::start());
    for address in addresses(&scratch) {
        for key in [Some(KEY), None] {
            let connection = accepted(&mut python, address.clone(), key, Json::Null);
            exchange(&mut python, &connection);
            python.ask(json!({"do": "close"})).expect("closes");
        }
    }
}

#[test]
fn a_python_listener_sends_and_receives_a_pipe() {
    let (scratch, mut python) = (Scratch::new(), Peer::start());
    for address in addresses(&scratch) {
        let connection = connected(&mut python, address, KEY);
        exchange(&mut python, &connection);
        python.ask(json!({"do": "close"})).expect("closes");
        python.ask(json!({"do": "unlisten"})).expect("closes");
    }
}

/// The descriptor directly follows the handshake, which must not read ahead.
#[test]
fn a_python_client_sends_a_pipe_at_once() {
    let (scratch, mut python) = (Scratch::new(), Peer::start());
    for _ in 0..20 {
        let at_once = json!({"do": "send_handle", "text": "at once"});
        let address = Address::unix(scratch.fresh_path());
        let connection = accepted(&mut python, address, Some(KEY), at_once);
        assert_eq!(text_in(connection.recv_fd().unwrap()), "at once");
        python.answer().expect("sends");
        python.ask(json!({"do": "close"})).expect("closes");
    }
}

#[test]
fn several_pipes_at_once() {
    let (scratch, mut python) = (Scratch::new(), Peer::start());
    if python.about().is_python2() {
        let error = python.ask(json!({"do": "recv_handles", "count": 3}));
        assert!(error.is_err(), "Python 2 has no recvfds");
        return;
    }
    let address = Address::unix(scratch.fresh_path());
    let connection = accepted(&mut python, address, Some(KEY), Json::Null);
    let texts = ["one", "two", "three"];

    python.tell(json!({"do": "send_handles", "texts": texts}));
    let came = connection.recv_fds(3).unwrap();
    assert!(came.into_iter().map(text_in).eq(texts));
    python.answer().expect("sends");

    python.tell(json!({"do": "recv_handles", "count": 3}));
    let pipes = texts.map(pipe_with);
    connection
        .send_fds(&pipes.each_ref().map(AsFd::as_fd))
        .unwrap();
    assert_eq!(python.answer().expect("receives"), json!(texts));

    // Python reports a wrong number; the connection stays in step.
    python
        .ask(json!({"do": "send_handles", "texts": texts}))
        .expect("sends");
    let error = connection.recv_fd().unwrap_err().to_string();
    assert!(error.contains("closed"), "{error}");
    exchange(&mut python, &connection);
}
