//! Sockets and socket files that were made by, or belong to, somebody else.

use std::process::Command;
use std::time::Duration;

use mpconn::{Connect, Listener};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::besieged::Besieged;
use crate::python::{self, python};
use crate::raw::socket_path;

/// Passes two sockets as systemd does: descriptors from 3 on, announced in the environment.
const ACTIVATE: &str = "
import os, socket, sys
sockets = [socket.socket(), socket.socket(socket.AF_UNIX)]
sockets[0].bind(('127.0.0.1', 0))
sockets[0].listen(5)
sockets[1].bind(sys.argv[1])
high = [os.dup(s.fileno()) for s in sockets]
for number, fd in enumerate(high, 3):
    if fd != number:
        os.dup2(fd, number)
    if hasattr(os, 'set_inheritable'):  # Python 2.7 has all of them inherited.
        os.set_inheritable(number, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='2', LISTEN_FDNAMES='tcp:unix')
os.execv(sys.argv[2], sys.argv[2:])
";

#[test]
fn sockets_of_the_environment_are_listened_on() {
    let path = socket_path();
    let mut command: Command = python();
    command.args(["-c", ACTIVATE, path.to_str().unwrap()]);
    command.args([env!("CARGO_BIN_EXE_besieged"), "inherited"]);
    let besieged = Besieged::spawn(command);
    // The first is a TCP socket; the second was bound and not yet listening.
    besieged.assert_serves();
    assert_eq!(besieged.line("accepted"), "accepted 0");
    let unix = mpconn::Address::from(path.as_path());
    python::assert_serves(&unix);
    assert_eq!(besieged.line("accepted"), "accepted 1");
    drop(besieged);
    // The file is not the listener's own.
    std::fs::remove_file(path).unwrap();
}

#[test]
fn the_file_of_a_successor_stays() {
    let path = socket_path();
    let first = Listener::bind(path.as_path()).unwrap();
    std::fs::remove_file(&path).unwrap();
    let second = Listener::bind(path.as_path()).unwrap();
    drop(first);
    mpconn::connect(path.as_path(), None).unwrap();
    drop(second);
    assert!(!path.exists());
}

#[test]
fn a_full_backlog_ends_connecting_at_its_timeout() {
    let path = socket_path();
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    socket.bind(&SockAddr::unix(&path).unwrap()).unwrap();
    socket.listen(0).unwrap();
    let _first = mpconn::connect(path.as_path(), None).unwrap();
    let instants = [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_millis(20),
    ];
    for timeout in instants {
        let error = Connect::new()
            .timeout(timeout)
            .connect(path.as_path())
            .unwrap_err();
        assert!(error.is_timed_out(), "{timeout:?}: {error}");
    }
    drop(socket);
    std::fs::remove_file(path).unwrap();
}
