//! Peers that send nothing, or one byte at a time.

use std::io::Write;
use std::thread;
use std::time::Duration;

use mpconn::Connect;

use crate::besieged::{Besieged, KEY};
use crate::raw::{RawListener, assert_is_closed, dial, framed};

const HANDSHAKE_MS: u64 = 400;
const HANDSHAKE: Duration = Duration::from_millis(HANDSHAKE_MS);

/// Sends a byte at intervals until the other side closes.
fn drip(mut socket: impl Write, bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| {
        thread::sleep(HANDSHAKE / 20);
        socket.write_all(&[byte]).is_ok()
    })
}

#[test]
fn silent_and_dripping_clients_end_at_the_deadline() {
    let besieged = Besieged::start("127.0.0.1:0", &[("handshake-ms", HANDSHAKE_MS)]);
    let at_rest = besieged.descriptors();
    let silent = dial(&besieged.address);
    let (address, dripping) = (besieged.address.clone(), framed(&[b'x'; 200]));
    // At this pace a frame of 204 bytes takes ten times the time limit of a handshake.
    let dripped = thread::spawn(move || drip(dial(&address), &dripping));
    let mut parts = 0;
    for _ in 0..2 {
        let event = besieged.line("event ");
        assert!(event.contains("went silent"), "{event}");
        assert!(event.contains("response to our challenge"), "{event}");
        parts += usize::from(event.contains("of 200 bytes of its response"));
    }
    assert_eq!(parts, 1, "of the one that drips it is told how far it came");
    assert_is_closed(silent);
    assert!(!dripped.join().unwrap(), "the drip was taken to its end");
    besieged.assert_descriptors_return_to(at_rest);
}

#[test]
fn silent_and_dripping_listeners_end_at_the_deadline() {
    for listener in [RawListener::tcp(), RawListener::unix()] {
        for message in [&b""[..], &[b'x'; 200]] {
            let address = listener.address();
            let connect = thread::spawn(move || {
                let connect = Connect::new().authkey(KEY).handshake_timeout(HANDSHAKE);
                connect.connect(address).map(drop)
            });
            let socket = listener.accept();
            if !message.is_empty() {
                assert!(!drip(&socket, &framed(message)), "it was taken to its end");
            }
            let error = connect.join().unwrap().unwrap_err();
            assert!(error.is_timed_out() && error.is_authentication());
            assert!(error.to_string().contains("its challenge"), "{error}");
            let tells_part = error.to_string().contains("of 200 bytes of its challenge");
            assert_eq!(tells_part, !message.is_empty(), "{error}");
        }
    }
}

#[test]
fn a_listener_that_never_accepts_is_noticed() {
    // The kernel completes the connection from the backlog, so only the handshake shows it.
    let listener = RawListener::tcp();
    let connect = Connect::new().authkey(KEY).handshake_timeout(HANDSHAKE);
    let error = connect.connect(listener.address()).unwrap_err();
    assert!(error.is_timed_out(), "{error}");
}
