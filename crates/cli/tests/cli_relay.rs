//! `mpconn relay` between two ends of this crate, or of Python.

mod cli_env;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use cli_env::{Directory, KEY, Running, mpconn, python};
use mpconn::{Listener, Value, connect};

/// An echo of this crate with a key, for as long as the test runs.
fn echo() -> String {
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(KEY)
        .bind()
        .unwrap();
    let address = listener.address().to_string();
    thread::spawn(move || {
        while let Ok(accepted) = listener.accept_timeout(cli_env::LIMIT) {
            thread::spawn(move || {
                while let Ok(message) = accepted.connection.recv_bytes() {
                    accepted.connection.send_bytes(&message).unwrap();
                }
            });
        }
    });
    address
}

fn relay(args: &[&str]) -> (Running, String) {
    let mut relay = Running::start(mpconn(["relay"].iter().chain(args)));
    let address = relay.address();
    relay.stderr_with("relaying to ");
    (relay, address)
}

/// Whether a client of ours sends its challenge along with its response.
const CHALLENGES_EARLY: bool = cfg!(target_os = "linux");

/// A line without its time.
fn line(relay: &mut Running) -> String {
    let line = relay.stdout_line();
    let mut words = line.split_whitespace();
    let time = words.next().unwrap();
    time.parse::<f64>().unwrap_or_else(|_| panic!("{line}"));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_handshake_and_every_message_are_shown() {
    let (mut relay, address) = relay(&["127.0.0.1:0", &echo()]);
    let connection = connect(address.as_str(), KEY).unwrap();
    let value: Value = "{'hello': [1, 2.5, None]}".parse().unwrap();
    connection.send(&value).unwrap();
    assert_eq!(connection.recv::<Value>().unwrap(), value);
    connection.send_bytes(b"no pickle").unwrap();
    assert_eq!(connection.recv_bytes().unwrap(), b"no pickle");

    let mut expected = [
        "#1 <- 59 challenge sha256",
        "#1 -> 40 response sha256",
        "#1 <- 9 welcome: the response was correct",
        "#1 -> 59 challenge sha256",
        "#1 <- 40 response sha256",
        "#1 -> 9 welcome: the response was correct",
    ];
    if CHALLENGES_EARLY {
        expected.swap(2, 3);
    }
    for expected in expected {
        assert_eq!(line(&mut relay), expected);
    }
    for start in ["#1 -> ", "#1 <- "] {
        let object = line(&mut relay);
        assert!(object.starts_with(start), "{object}");
        assert!(object.ends_with(" {'hello': [1, 2.5, None]}"), "{object}");
    }
    assert_eq!(line(&mut relay), "#1 -> 9 not a pickle: b'no pickle'");
    assert_eq!(line(&mut relay), "#1 <- 9 not a pickle: b'no pickle'");
    drop(connection);
    relay.stderr_with("#1  ");
    relay.stderr_with("closed");
}

#[test]
fn a_wrong_key_is_seen() {
    let (mut relay, address) = relay(&["127.0.0.1:0", &echo()]);
    let error = connect(address.as_str(), "other").unwrap_err();
    assert!(error.is_wrong_key(), "{error}");
    for _ in 0..2 + usize::from(CHALLENGES_EARLY) {
        line(&mut relay);
    }
    assert_eq!(line(&mut relay), "#1 <- 9 failure: the response was wrong");
}

#[test]
fn python_talks_to_python_through_it() {
    let listener = "
import sys
from multiprocessing.connection import Listener
listener = Listener(sys.argv[1], authkey=b'secret')
print('ready')
sys.stdout.flush()
conn = listener.accept()
conn.send({'got': conn.recv()})
";
    let client = "
import sys
from multiprocessing.connection import Client
conn = Client(sys.argv[1], authkey=b'secret')
conn.send([1, 2, 3])
assert conn.recv() == {'got': [1, 2, 3]}
";
    let directory = Directory::new();
    let (target, between) = (directory.path("target"), directory.path("between"));
    let mut listener = Running::start(python(listener, &[&target]));
    assert_eq!(listener.stdout_line(), "ready");
    let (mut relay, address) = relay(&[&between, &target, "--json"]);
    assert_eq!(address, between);
    cli_env::run(python(client, &[&between]), "").expect(0);
    listener.end().expect(0);

    let mut kinds = Vec::new();
    let mut values = Vec::new();
    loop {
        let line: serde_json::Value = serde_json::from_str(&relay.stdout_line()).unwrap();
        assert_eq!(line["connection"], 1);
        let kind = line["kind"].as_str().unwrap().to_owned();
        if kind == "object" {
            assert!(line["size"].as_u64().unwrap() > 0);
            values.push((line["from"].clone(), line["value"].clone()));
        }
        if kind == "closed" {
            break;
        }
        kinds.push(kind);
    }
    let handshake = ["challenge", "response", "welcome"];
    let mut expected = vec!["opened"];
    expected.extend(handshake.iter().chain(&handshake));
    expected.extend(["object", "object"]);
    assert_eq!(kinds, expected);
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(
        values,
        [
            (json("\"client\""), json("[1, 2, 3]")),
            (json("\"target\""), json("{\"got\": [1, 2, 3]}")),
        ]
    );
    relay.signal("INT");
    relay.end().expect(0);
    assert!(!std::path::Path::new(&between).exists());
}

#[test]
fn many_connections_at_once() {
    let (mut relay, address) = relay(&["127.0.0.1:0", &echo()]);
    let connections: Vec<_> = (0..20)
        .map(|_| connect(address.as_str(), KEY).unwrap())
        .collect();
    for (n, connection) in connections.iter().enumerate().rev() {
        connection.send(&n).unwrap();
        assert_eq!(connection.recv::<usize>().unwrap(), n);
    }
    let mut objects = Vec::new();
    while objects.len() < 2 * connections.len() {
        let line = line(&mut relay);
        let words: Vec<&str> = line.split(' ').collect();
        // The lines of the handshake have more words.
        if let [connection, _, _, object] = words[..] {
            objects.push((connection.to_owned(), object.parse::<usize>().unwrap()));
        }
    }
    for (connection, object) in objects {
        assert_eq!(connection, format!("#{}", object + 1));
    }
}

/// Something that is no peer at all: reads to the end, then says `reply`.
fn to_the_end(reply: &'static [u8]) -> (String, thread::JoinHandle<Vec<u8>>) {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let served = thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        stream.write_all(reply).unwrap();
        all
    });
    (address, served)
}

#[test]
fn other_protocols_pass_unharmed() {
    let (target, served) = to_the_end(b"HTTP/1.0 200 OK\r\n\r\nhello");
    let (mut relay, address) = relay(&["127.0.0.1:0", &target]);
    let mut client = TcpStream::connect(&address).unwrap();
    client.write_all(b"\xff\xff\xff\x00 is no header").unwrap();
    // The half that is over is passed on, the other one goes on.
    client.shutdown(Shutdown::Write).unwrap();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"HTTP/1.0 200 OK\r\n\r\nhello");
    assert_eq!(served.join().unwrap(), b"\xff\xff\xff\x00 is no header");
    relay.stderr_with("client does not speak this protocol");
    relay.stderr_with("target ended inside a message");
}

#[test]
fn a_target_that_is_not_there_ends_one_connection_only() {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let target = free.local_addr().unwrap().to_string();
    drop(free);
    let (mut relay, address) = relay(&["127.0.0.1:0", &target]);
    for number in ["#1", "#2"] {
        let mut client = TcpStream::connect(&address).unwrap();
        assert_eq!(client.read(&mut [0; 10]).unwrap_or(0), 0);
        let line = relay.stderr_line();
        assert!(
            line.contains(number) && line.contains("nobody listens"),
            "{line}"
        );
    }
}

/// The most memory that a process has held, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_huge_message_passes_in_little_memory() {
    const SIZE: usize = 200 << 20;
    let (target, served) = to_the_end(b"");
    let (mut relay, address) = relay(&["127.0.0.1:0", &target]);
    let mut client = TcpStream::connect(&address).unwrap();
    let length = u32::try_from(SIZE).unwrap();
    client.write_all(&length.to_be_bytes()).unwrap();
    let piece = vec![7; 1 << 20];
    for _ in 0..SIZE / piece.len() {
        client.write_all(&piece).unwrap();
    }
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(served.join().unwrap().len(), SIZE + 4);
    let shown = line(&mut relay);
    assert!(shown.starts_with("#1 -> 209715200 too long"), "{shown}");
    assert!(
        peak_memory(relay.id()) < 64 << 10,
        "{} KiB",
        peak_memory(relay.id())
    );
}
