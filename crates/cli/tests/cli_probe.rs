//! `mpconn probe`, of listeners, of other servers, and of nobody.

mod cli_env;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use cli_env::{Running, mpconn, mpconn_with_key, python, run};
use mpconn::Listener;
use mpconn::handshake::{Digest, Policy};

/// This crate's listener with a key, for as long as the test runs.
fn listener(policy: Policy) -> String {
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(cli_env::KEY)
        .policy(policy)
        .bind()
        .unwrap();
    let address = listener.address().to_string();
    thread::spawn(move || {
        while let Ok(accepted) = listener.accept_timeout(cli_env::LIMIT) {
            drop(accepted);
        }
    });
    address
}

/// A server of another kind: says `greeting`, then answers whatever comes with `reply`.
fn other_server(greeting: &'static [u8], reply: &'static [u8]) -> String {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            stream.write_all(greeting).unwrap();
            let mut some = [0; 100];
            // Without an answer it keeps the client until that goes.
            while stream.read(&mut some).is_ok_and(|n| n > 0) && reply.is_empty() {}
            let _ = stream.write_all(reply);
        }
    });
    address
}

fn quick(mut command: Command) -> Command {
    command.args(["--timeout", "0.3"]);
    command
}

#[test]
fn a_key_that_fits() {
    let ended = run(mpconn_with_key(["probe", &listener(Policy::default())]), "").expect(0);
    for part in [
        "needs a key",
        "challenge   sha256, 48 bytes",
        "3.12 or later",
        "key         works",
        " ms",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
}

#[test]
fn a_key_that_does_not_fit_is_explained() {
    let mut command = mpconn(["probe", &listener(Policy::default())]);
    command.env("MPCONN_AUTHKEY", "wrong key");
    let ended = run(command, "").expect(3);
    for part in ["key         wrong", "#FAILURE#", "has 9 bytes", "authkey"] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert!(!ended.stdout.contains("wrong key"), "{}", ended.stdout);
}

#[test]
fn a_refusal_says_nothing_of_the_key() {
    let address = listener(Policy::default().offer(Digest::Md5));
    let command = mpconn_with_key(["probe", &address, "--policy", "modern"]);
    let ended = run(command, "").expect(3);
    for part in ["could not be tested", "digest refused", "md5"] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert!(
        !ended.stdout.contains("key         wrong"),
        "{}",
        ended.stdout
    );
}

#[test]
fn without_a_key_it_says_that_one_is_needed() {
    let policy = Policy::default().offer(Digest::Sha3_384);
    let ended = run(mpconn(["probe", &listener(policy)]), "").expect(3);
    for part in ["needs a key", "sha3_384", "none given", "MPCONN_AUTHKEY"] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
}

#[test]
fn findings_as_json() {
    let address = listener(Policy::default());
    let ended = run(mpconn_with_key(["probe", &address, "--json"]), "").expect(0);
    let found: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(found["address"], address.as_str());
    assert_eq!(found["found"], "challenge");
    assert_eq!(found["needs_key"], true);
    assert_eq!(found["digest"], "sha256");
    assert_eq!(found["key"], "fits");
    assert!(found["handshake_seconds"].as_f64().unwrap() > 0.0);
}

/// `deliver_challenge` and `answer_challenge` of Python before 3.12, of CPython (md5) or of
/// RHEL (sha256).
const OLD_LISTENER: &str = "
import hashlib, hmac, os, socket, struct, sys
digest = getattr(hashlib, sys.argv[1])

def send(conn, message):
    conn.sendall(struct.pack('!i', len(message)) + message)

def recv(conn):
    size = struct.unpack('!i', conn.recv(4))[0]
    return conn.recv(size)

def deliver(conn):
    message = os.urandom(20)
    send(conn, b'#CHALLENGE#' + message)
    right = recv(conn) == hmac.new(b'secret', message, digest).digest()
    send(conn, b'#WELCOME#' if right else b'#FAILURE#')
    return right

def answer(conn):
    message = recv(conn)[len(b'#CHALLENGE#'):]
    send(conn, hmac.new(b'secret', message, digest).digest())
    recv(conn)

server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(5)
print('%d' % server.getsockname()[1])
sys.stdout.flush()
while True:
    conn, _ = server.accept()
    if deliver(conn):
        answer(conn)
    conn.close()
";

#[test]
fn old_pythons_are_told_by_their_challenge_and_rhels_by_their_reaction() {
    for (digest, parts) in [
        ("md5", ["md5, 20 bytes", "2.7 to 3.11", "key         works"]),
        ("sha256", ["sha256, 20 bytes", "RHEL", "key         works"]),
    ] {
        let mut old = Running::start(python(OLD_LISTENER, &[digest]));
        let address = format!("127.0.0.1:{}", old.stdout_line());
        let ended = run(mpconn_with_key(["probe", &address]), "").expect(0);
        for part in parts {
            assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
        }
        let mut wrong = mpconn(["probe", &address]);
        wrong.env("MPCONN_AUTHKEY", "x");
        run(wrong, "").expect(3);
        if digest == "md5" {
            let command = mpconn_with_key(["probe", &address, "--policy", "rhel"]);
            let ended = run(command, "").expect(3);
            let hint = ended.stdout.contains("--policy compatible");
            assert!(hint, "{}", ended.stdout);
        }
    }
}

#[test]
fn this_machines_python() {
    let program = "
import sys
from multiprocessing.connection import Listener
listener = Listener(('127.0.0.1', 0), authkey=b'secret')
print('%d' % listener.address[1])
sys.stdout.flush()
listener.accept()
";
    let mut python = Running::start(python(program, &[]));
    let address = format!("127.0.0.1:{}", python.stdout_line());
    let ended = run(mpconn_with_key(["probe", &address]), "").expect(0);
    assert!(
        ended.stdout.contains("key         works"),
        "{}",
        ended.stdout
    );
    python.end().expect(0);
}

#[test]
fn silence_is_what_a_listener_without_a_key_does() {
    let address = other_server(b"", b"");
    let ended = run(quick(mpconn(["probe", &address])), "").expect(0);
    assert!(
        ended.stdout.contains("like a listener without a key"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("--nudge"), "{}", ended.stdout);
    let ended = run(quick(mpconn_with_key(["probe", &address])), "").expect(5);
    assert!(ended.stdout.contains("would hang here"), "{}", ended.stdout);
}

#[test]
fn objects_at_once_come_from_a_listener_without_a_key() {
    let address = other_server(b"\0\0\0\x06\x80\x02K\x2aq.", b"");
    // 80 02 4b 2a 71 2e is no whole pickle, so it is shown as it is.
    let ended = run(quick(mpconn(["probe", &address])), "").expect(0);
    assert!(ended.stdout.contains("sends at once"), "{}", ended.stdout);
    assert!(
        ended.stdout.contains("b'\\x80\\x02K*q.'"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_message_that_breaks_off_is_told_by_how_much_of_it_came() {
    let address = other_server(b"\0\0\0\x05hel", b"");
    let ended = run(quick(mpconn(["probe", &address])), "").expect(1);
    assert!(ended.stdout.contains("3 of 5 bytes"), "{}", ended.stdout);
    let command = quick(mpconn_with_key(["probe", &address, "--json"]));
    let ended = run(command, "").expect(1);
    let found = "\"found\":\"part of a message\"";
    assert!(ended.stdout.contains(found), "{}", ended.stdout);
}

#[test]
fn other_protocols_are_named() {
    for (greeting, name) in [
        (&b"SSH-2.0-OpenSSH_9.6\r\n"[..], "SSH"),
        (b"220 mail.example ESMTP\r\n", "SMTP"),
        (b"+OK ready\r\n", "POP3"),
        (b"hi", "text protocol"),
    ] {
        let ended = run(
            quick(mpconn_with_key(["probe", &other_server(greeting, b"")])),
            "",
        );
        let ended = ended.expect(1);
        assert!(ended.stdout.contains(name), "{name}: {}", ended.stdout);
    }
}

#[test]
fn silent_protocols_are_named_after_a_nudge() {
    for (reply, name) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "TLS"),
    ] {
        let command = mpconn(["probe", "--nudge", &other_server(b"", reply)]);
        let ended = run(quick(command), "").expect(1);
        assert!(ended.stdout.contains(name), "{name}: {}", ended.stdout);
    }
}

#[test]
fn who_closes_at_once_is_no_listener() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    thread::spawn(move || server.incoming().for_each(drop));
    let ended = run(mpconn(["probe", &address]), "").expect(1);
    assert!(
        ended.stdout.contains("without sending anything"),
        "{}",
        ended.stdout
    );
}

#[test]
fn one_byte_at_a_time_does_not_hold_it_up() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        for byte in b"\0\0\x01\0".iter().chain(&[7; 1000]) {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
    });
    run(quick(mpconn(["probe", &address])), "").expect(1);
}

#[test]
fn nobody_there_is_a_failure() {
    let ended = run(mpconn(["probe", "@mpconn-nobody-is-here"]), "").expect(1);
    assert!(
        ended.stderr.contains("is the listener running"),
        "{}",
        ended.stderr
    );
}
