//! A listener that runs out of descriptors.

use std::fs::File;
use std::thread;
use std::time::Duration;

use crate::besieged::Besieged;
use crate::python;
use crate::raw::{authenticated, dial};

/// A listener needs about ten for itself.
const LIMIT: u64 = 24;

/// Long enough to measure: a listener that spins would use all of it.
const SPELL: Duration = Duration::from_millis(1500);

/// Checks that a blocked listener uses little processor time.
fn assert_rests(besieged: &Besieged) {
    let before = besieged.processor_time();
    thread::sleep(SPELL);
    let used = besieged.processor_time() - before;
    assert!(used < SPELL / 3, "{used:?} of {SPELL:?}");
}

#[test]
fn unfinished_clients_make_room_when_descriptors_run_out() {
    let besieged = Besieged::start("127.0.0.1:0", &[("nofile", LIMIT)]);
    let at_rest = besieged.descriptors();
    let silent: Vec<File> = (0..LIMIT * 2).map(|_| dial(&besieged.address)).collect();
    let event = besieged.line("cannot accept");
    assert!(event.contains("Too many open files"), "{event}");
    besieged.line("gave up an unfinished handshake");
    besieged.assert_serves();
    python::assert_serves(&besieged.address);
    assert_rests(&besieged);
    besieged.assert_serves();
    drop(silent);
    besieged.assert_descriptors_return_to(at_rest);
}

#[test]
fn without_anyone_to_give_up_it_rests_and_recovers() {
    // There is no descriptor even for the first client.
    let besieged = Besieged::start("127.0.0.1:0", &[("nofile", 3)]);
    let waiting = dial(&besieged.address);
    besieged.line("Too many open files");
    assert_rests(&besieged);
    besieged.line("Too many open files");
    besieged.allow_descriptors(LIMIT);
    besieged.assert_serves();
    drop(waiting);
}

#[test]
fn connections_in_use_are_not_given_up() {
    let besieged = Besieged::start("127.0.0.1:0", &[("nofile", LIMIT)]);
    // The first client is being served, so the others finish and wait.
    let served = besieged.good_client();
    served.send_bytes(b"first").unwrap();
    assert_eq!(served.recv_bytes().unwrap(), b"first");
    let crowd: Vec<File> = (0..LIMIT * 2).map(|_| dial(&besieged.address)).collect();
    drop(served);
    besieged.line("gave up an unfinished handshake");
    let good = authenticated(&besieged.address);
    besieged.line("accepted");
    drop((crowd, good));
    besieged.assert_serves();
}
