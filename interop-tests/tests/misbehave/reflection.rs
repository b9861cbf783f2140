//! Peers without the key that pass our challenges to another connection of ours to be answered.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

use interop_tests::fixture;
use mpconn::handshake::{CHALLENGE, HandshakeError, WELCOME};
use mpconn::{Connect, Connection, Listener};

use crate::besieged::{KEY, LONG};
use crate::python::python;
use crate::raw::{RawListener, dial, framed};

type Connected = mpconn::Result<Connection>;

fn client() -> Connect {
    Connect::new()
        .authkey(KEY)
        .timeout(LONG)
        .handshake_timeout(LONG)
}

fn message(socket: &mut File) -> std::io::Result<Vec<u8>> {
    let mut header = [0; 4];
    socket.read_exact(&mut header)?;
    let mut message = vec![0; u32::from_be_bytes(header).try_into().unwrap()];
    socket.read_exact(&mut message)?;
    Ok(message)
}

fn send(socket: &mut File, message: &[u8]) {
    // We may have closed it by now, as we should.
    let _ = socket.write_all(&framed(message));
}

fn is_reflected(outcome: &Connected) -> bool {
    let error = outcome.as_ref().err().and_then(|e| e.handshake_error());
    matches!(error, Some(HandshakeError::Reflected))
}

/// Takes two connections of a client and tries to authenticate on the first with the answer of
/// the second. `prefix` is the digest's name before the challenge.
fn attack(listener: &RawListener, prefix: &[u8]) {
    let (mut first, mut second) = (listener.accept(), listener.accept());
    let challenge = [CHALLENGE, b"{sha256}", &[3; 40]].concat();
    send(&mut first, &challenge);
    message(&mut first).unwrap();
    send(&mut first, WELCOME);
    let theirs = message(&mut first).unwrap();
    let random = theirs.strip_prefix(&[CHALLENGE, b"{sha256}"].concat()[..]);
    send(&mut second, &[CHALLENGE, prefix, random.unwrap()].concat());
    // An answer would have been the proof.
    if let Ok(proof) = message(&mut second) {
        send(&mut first, &proof);
        let _ = message(&mut first);
    }
}

#[test]
fn a_client_that_connects_twice_at_once_does_not_authenticate_a_stranger() {
    for listener in [RawListener::tcp(), RawListener::unix()] {
        for prefix in [&b"{sha256}"[..], b"{md5}", b"{sha3_384}"] {
            let (done, outcomes) = mpsc::channel();
            for _ in 0..2 {
                let (done, address) = (done.clone(), listener.address());
                thread::spawn(move || done.send(client().connect(address)));
            }
            attack(&listener, prefix);
            let outcomes: Vec<Connected> = (0..2)
                .map(|_| outcomes.recv_timeout(LONG).unwrap())
                .collect();
            assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
            assert!(outcomes.iter().any(is_reflected), "{outcomes:?}");
        }
    }
}

/// A Python attacks in the same way and reports whether it succeeded.
#[test]
fn a_python_without_the_key_is_not_authenticated_either() {
    let mut command = python();
    command.arg(fixture("reflect.py")).stdout(Stdio::piped());
    let mut attacker = command.spawn().unwrap();
    let mut told = BufReader::new(attacker.stdout.take().unwrap()).lines();
    let port: u16 = told.next().unwrap().unwrap().parse().unwrap();
    let connecting: Vec<_> = (0..2)
        .map(|_| thread::spawn(move || client().connect(("127.0.0.1", port))))
        .collect();
    let outcomes: Vec<Connected> = connecting.into_iter().map(|c| c.join().unwrap()).collect();
    assert_eq!(told.next().unwrap().unwrap(), "refused");
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert!(outcomes.iter().any(is_reflected), "{outcomes:?}");
    assert!(attacker.wait().unwrap().success());
}

#[test]
fn a_listener_does_not_authenticate_a_stranger_that_connects_twice_at_once() {
    let (events, told) = mpsc::channel();
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(KEY)
        .on_event(move |event| {
            if event.is_failure() {
                events.send(event.to_string()).unwrap();
            }
        })
        .bind()
        .unwrap();
    let address = listener.address().clone();
    let handle = listener.handle();
    let accepting = thread::spawn(move || listener.accept());
    let (mut first, mut second) = (dial(&address), dial(&address));
    let (ours, theirs) = (message(&mut first).unwrap(), message(&mut second).unwrap());
    // Each gets the other's challenge.
    send(&mut first, &theirs);
    send(&mut second, &ours);
    for _ in 0..2 {
        let event = told.recv_timeout(LONG).unwrap();
        assert!(event.contains("authentication"), "{event}");
    }
    handle.cancel();
    assert!(accepting.join().unwrap().unwrap_err().is_cancelled());
}

#[test]
fn clients_and_a_listener_of_one_process_connect_as_ever() {
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .authkey(KEY)
        .bind()
        .unwrap();
    let address = listener.address().clone();
    let clients: Vec<_> = (0..64)
        .map(|_| {
            let address = address.clone();
            thread::spawn(move || client().connect(address))
        })
        .collect();
    for _ in 0..64 {
        listener.accept_timeout(LONG).unwrap();
    }
    for client in clients {
        client.join().unwrap().unwrap();
    }
}

/// A correct client gets its turn among many handshakes that never finish.
#[test]
fn a_crowd_of_unfinished_handshakes_leaves_a_good_client_its_turn() {
    let mut listener = Listener::builder()
        .address(("127.0.0.1", 0))
        .backlog(600)
        .authkey(KEY)
        .bind()
        .unwrap();
    let address = listener.address().clone();
    let accepting = thread::spawn(move || listener.accept_timeout(LONG).map(drop));
    let mut crowd: Vec<File> = (0..511).map(|_| dial(&address)).collect();
    let mut challenges: Vec<_> = crowd.iter_mut().map(|one| message(one).unwrap()).collect();
    client().connect(&address).unwrap();
    accepting.join().unwrap().unwrap();
    challenges.sort();
    challenges.dedup();
    assert_eq!(challenges.len(), 511);
}
