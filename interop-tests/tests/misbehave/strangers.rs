//! Peers of other protocols: the error names them.

use std::io::Write;
use std::thread;
use std::time::Duration;

use mpconn::Connect;

use crate::besieged::{Besieged, KEY, LONG};
use crate::raw::{RawListener, assert_is_closed, dial, framed, socket_path};

const TLS_HELLO: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";

#[test]
fn clients_of_other_protocols_are_named() {
    let path = socket_path();
    for address in ["127.0.0.1:0", path.to_str().unwrap()] {
        let besieged = Besieged::start(address, &[("handshake-ms", 30_000)]);
        let at_rest = besieged.descriptors();
        for (bytes, name) in [
            (
                &b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
                "an HTTP request",
            ),
            (b"POST /x HTTP/1.0\r\n\r\n", "an HTTP request"),
            (TLS_HELLO, "a TLS handshake"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH"),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "an HTTP/2 client"),
            (b"hello there\r\n", "a text protocol"),
            (&[0xfe; 40], "an unknown protocol"),
        ] {
            let mut socket = dial(&besieged.address);
            socket.write_all(bytes).unwrap();
            let event = besieged.line("event ");
            assert!(event.contains("not multiprocessing.connection"), "{event}");
            assert!(event.contains(name), "{event}");
            assert_is_closed(socket);
        }
        besieged.assert_serves();
        besieged.assert_descriptors_return_to(at_rest);
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_stranger_who_waits_for_an_answer_is_named_all_the_same() {
    let besieged = Besieged::start("127.0.0.1:0", &[("handshake-ms", 300)]);
    // Three bytes, less than a header, after which that protocol expects an answer.
    let mut socket = dial(&besieged.address);
    socket.write_all(b"\x05\x01\x00").unwrap();
    let event = besieged.line("event ");
    assert!(event.contains("a SOCKS 5 client"), "{event}");
}

#[test]
fn a_keyless_client_that_sends_and_goes_is_named() {
    let path = socket_path();
    for address in ["127.0.0.1:0", path.to_str().unwrap()] {
        let besieged = Besieged::start(address, &[("handshake-ms", 30_000)]);
        for _ in 0..20 {
            let client = mpconn::connect(&besieged.address, None).unwrap();
            client.send("job").unwrap();
            drop(client);
            let event = besieged.line("event ");
            assert!(event.contains("the peer has no key"), "{event}");
        }
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_long_message_is_an_object_of_a_keyless_client_only_if_it_begins_as_one() {
    let path = socket_path();
    for address in ["127.0.0.1:0", path.to_str().unwrap()] {
        let besieged = Besieged::start(address, &[("handshake-ms", 30_000)]);
        for len in [257, 20_000, 1 << 20] {
            let client = mpconn::connect(&besieged.address, None).unwrap();
            // The listener closes during the send.
            let _ = client.send(&"x".repeat(len));
            let event = besieged.line("event ");
            assert!(event.contains("the peer has no key"), "{event}");
            let mut socket = dial(&besieged.address);
            let _ = socket.write_all(&framed(&vec![0xfe; len]));
            let event = besieged.line("event ");
            let told = format!("a message of {len} bytes came instead of its response");
            assert!(event.contains(&told), "{event}");
        }
        // CPython sends the header of an object above 16 KiB separately.
        let mut socket = dial(&besieged.address);
        for part in [&[0, 0, 0x50, 0][..], &[0x80], &[4; 2]] {
            socket.write_all(part).unwrap();
            thread::sleep(Duration::from_millis(20));
        }
        let event = besieged.line("event ");
        assert!(event.contains("the peer has no key"), "{event}");
        besieged.assert_serves();
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn servers_of_other_protocols_are_named() {
    let listener = RawListener::tcp();
    for (greeting, name) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "an HTTP server's reply",
        ),
        (b"\x15\x03\x01\x00\x02\x02\x46", "a TLS alert"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH server"),
        (b"220 mail.example ESMTP\r\n", "SMTP server's greeting"),
        (b"-ERR unknown command\r\n", "error"),
    ] {
        let address = listener.address();
        let connect = thread::spawn(move || {
            let connect = Connect::new().authkey(KEY).handshake_timeout(LONG);
            connect.connect(address).map(drop)
        });
        let mut socket = listener.accept();
        socket.write_all(greeting).unwrap();
        let error = connect.join().unwrap().unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}
