//! Peers that close or reset at every byte of the handshake.

use std::thread;

use mpconn::{Address, Connect};

use crate::besieged::{Besieged, KEY, LONG};
use crate::raw::{
    HANDSHAKE_LEN, Leave, RawListener, authenticated, dial, good_handshake, leave, play,
    socket_path,
};

const WAYS: [Leave; 3] = [Leave::Close, Leave::Reset, Leave::HalfClose];

fn clients_break_off(address: &str) {
    let besieged = Besieged::start(address, &[("handshake-ms", 30_000)]);
    let at_rest = besieged.descriptors();
    for how in WAYS {
        for allowance in 0..HANDSHAKE_LEN {
            let mut socket = dial(&besieged.address);
            assert!(!play(&mut socket, good_handshake(false), allowance));
            leave(socket, how);
        }
        // A complete handshake is not a failure.
        leave(authenticated(&besieged.address), how);
        let (mut failures, mut ended) = (0, 0);
        while failures < HANDSHAKE_LEN || ended < 1 {
            let line = besieged.line("");
            let is_failure = line.starts_with("event ");
            failures += usize::from(is_failure);
            ended += usize::from(line.starts_with("ended"));
            assert!(
                !is_failure || line.contains("closed the connection"),
                "{how:?}: {line}"
            );
            assert!(
                !line.contains("with @"),
                "a client without a name has none: {line}"
            );
        }
    }
    besieged.assert_serves();
    besieged.assert_descriptors_return_to(at_rest);
}

#[test]
fn clients_that_break_off_over_tcp_are_told_of_and_forgotten() {
    clients_break_off("127.0.0.1:0");
}

#[test]
fn clients_that_break_off_over_unix_sockets_are_told_of_and_forgotten() {
    let path = socket_path();
    clients_break_off(path.to_str().unwrap());
    // It was killed and left its socket file.
    std::fs::remove_file(path).unwrap();
}

fn listeners_break_off(listener: RawListener) {
    let address: Address = listener.address();
    let attacker = thread::spawn(move || {
        for how in WAYS {
            for allowance in 0..HANDSHAKE_LEN {
                let mut socket = listener.accept();
                assert!(!play(&mut socket, good_handshake(true), allowance));
                leave(socket, how);
            }
        }
    });
    let connect = Connect::new()
        .authkey(KEY)
        .timeout(LONG)
        .handshake_timeout(LONG);
    for _ in 0..WAYS.len() * HANDSHAKE_LEN {
        let error = connect.connect(&address).unwrap_err();
        if error.is_disconnected() {
            // The reset came before the connection was complete.
            continue;
        }
        assert!(
            error.is_authentication() && !error.is_timed_out(),
            "{error}"
        );
        assert!(
            error.to_string().contains("closed the connection"),
            "{error}"
        );
    }
    attacker.join().unwrap();
}

#[test]
fn listeners_that_break_off_are_errors_of_connect_over_tcp() {
    listeners_break_off(RawListener::tcp());
}

#[test]
fn listeners_that_break_off_are_errors_of_connect_over_unix_sockets() {
    listeners_break_off(RawListener::unix());
}
