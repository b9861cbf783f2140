//! Peers that send something and close: each end reports what was sent, whether its next read or
//! its next write fails.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::thread;

use mpconn::handshake::{CHALLENGE, FAILURE, HandshakeError, WELCOME};
use mpconn::os::unix::ConnectExt;
use mpconn::{Address, Connect};

use crate::besieged::{Besieged, KEY, LONG};
use crate::python::{assert_succeeds, python};
use crate::raw::{HANDSHAKE_LEN, Leave, RawListener, dial, framed, leave, socket_path};

const HTTP: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const PICKLE: &[u8] = b"\0\0\0\x05\x80\x04K\x01.";
/// A message that is cut off.
const PART: &[u8] = b"\0\0\0\x2c{sha256}";

const WAYS: [Leave; 2] = [Leave::Close, Leave::Reset];

#[test]
fn a_listener_tells_what_a_client_said_before_it_was_gone() {
    let path = socket_path();
    for address in ["127.0.0.1:0", path.to_str().unwrap()] {
        let besieged = Besieged::start(address, &[("handshake-ms", 30_000)]);
        for how in WAYS {
            for (said, told) in [
                (HTTP, "an HTTP request"),
                (PICKLE, "the peer has no key"),
                (
                    PART,
                    "closed the connection after 8 of 44 bytes of its response",
                ),
                (b"", "closed the connection before its response"),
            ] {
                // Our challenge is read or not; unread bytes make it a reset.
                for reads in [true, false] {
                    let mut socket = dial(&besieged.address);
                    if reads {
                        socket.read_exact(&mut [0; 63]).unwrap();
                    }
                    socket.write_all(said).unwrap();
                    leave(socket, how);
                    let event = besieged.line("event ");
                    assert!(event.contains(told), "{how:?}, {reads}: {event}");
                }
            }
        }
        besieged.assert_serves();
    }
    std::fs::remove_file(path).unwrap();
}

/// Returns the error of a client whose listener sends `greeting`, reads that many bytes, sends
/// `reply` and closes. A listener that reads nothing closes before the client begins.
fn told(
    listener: &RawListener,
    greeting: &[u8],
    reads: usize,
    reply: &[u8],
    how: Leave,
) -> HandshakeError {
    let ours = dial(&listener.address());
    let mut socket = listener.accept();
    let speak = move || {
        socket.write_all(greeting).unwrap();
        socket.read_exact(&mut vec![0; reads]).unwrap();
        socket.write_all(reply).unwrap();
        leave(socket, how);
    };
    let connect = Connect::new().authkey(KEY).handshake_timeout(LONG);
    let result = thread::scope(|scope| {
        let speaking = scope.spawn(speak);
        if reads == 0 {
            speaking.join().unwrap();
        }
        connect.over(ours)
    });
    let error = result.map(drop).unwrap_err();
    error.handshake_error().expect("a handshake").clone()
}

fn a_client_tells(listener: &RawListener) {
    let challenge = framed(&[CHALLENGE, b"{sha256}", &[5; 40]].concat());
    let to_read = HANDSHAKE_LEN - 13;
    for how in WAYS {
        for (greeting, expected) in [
            (
                &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
                "an HTTP server's reply",
            ),
            (b"\x15\x03\x01\x00\x02\x02\x46", "a TLS alert"),
            (PICKLE, "the peer has no key"),
            (
                PART,
                "closed the connection after 8 of 44 bytes of its challenge",
            ),
            (b"", "closed the connection before its challenge"),
            // Our response cannot be written.
            (&challenge, "closed the connection before its verdict"),
            (
                &[&challenge[..], &framed(FAILURE)].concat(),
                "our key was rejected",
            ),
            (
                &[&challenge[..], PICKLE].concat(),
                "the peer has no key: it sent an object instead of its verdict",
            ),
        ] {
            let text = told(listener, greeting, 0, b"", how).to_string();
            assert!(text.contains(expected), "{how:?}: {text}");
        }
        // Our response is read, our challenge is read or not; unread bytes make it a reset.
        for reads in [4 + 8 + 32, to_read] {
            for (reply, expected) in [
                (&framed(FAILURE)[..], "our key was rejected"),
                (
                    &framed(WELCOME),
                    "closed the connection before its response",
                ),
                (PICKLE, "an object instead of its verdict"),
                (
                    b"\0\0\0\x09#WEL",
                    "closed the connection after 4 of 9 bytes",
                ),
                (b"", "closed the connection before its verdict"),
            ] {
                let text = told(listener, &challenge, reads, reply, how).to_string();
                assert!(text.contains(expected), "{how:?}, {reads}: {text}");
            }
        }
    }
}

#[test]
fn a_client_tells_what_a_listener_said_before_it_was_gone_over_tcp() {
    a_client_tells(&RawListener::tcp());
}

#[test]
fn a_client_tells_what_a_listener_said_before_it_was_gone_over_unix_sockets() {
    a_client_tells(&RawListener::unix());
}

const LISTENER: &str = "
import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Listener
with Listener(eval(sys.argv[1]), authkey=b'another key') as listener:
    print(repr(listener.address), flush=True)
    for _ in range(int(sys.argv[2])):
        try:
            listener.accept()
            sys.exit('authenticated')
        except AuthenticationError as error:
            assert str(error) == 'digest received was wrong', error
";

/// It closes after `#FAILURE#` with our challenge unread, which resets the connection.
#[test]
fn the_failure_of_a_python_that_closes_is_always_the_error() {
    let path = socket_path();
    let address = format!("{path:?}");
    for address in ["('127.0.0.1', 0)", &address] {
        let mut child = python()
            .args(["-c", LISTENER, address, "20"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address: Address = match line.trim().strip_prefix("('127.0.0.1', ") {
            Some(port) => Address::tcp("127.0.0.1", port.trim_end_matches(')').parse().unwrap()),
            None => path.as_path().into(),
        };
        for _ in 0..20 {
            let error = Connect::new().authkey(KEY).connect(&address).unwrap_err();
            let error = error.handshake_error().unwrap();
            assert!(matches!(error, HandshakeError::Rejected { .. }), "{error}");
        }
        assert_succeeds(&child.wait_with_output().unwrap());
    }
}
