//! Peers that send wrong lengths.

use std::io::Write;

use mpconn::frame::Header;

use crate::besieged::Besieged;
use crate::raw::{assert_is_closed, authenticated, dial};

fn long(len: u64) -> Vec<u8> {
    [&[0xff; 4][..], &len.to_be_bytes()].concat()
}

fn short(len: i32) -> Vec<u8> {
    len.to_be_bytes().to_vec()
}

/// Returns wrong lengths, and the receiver's error if nothing follows.
fn lies() -> Vec<(Vec<u8>, &'static str)> {
    vec![
        (short(-2), "bad message length -2"),
        (short(i32::MIN), "bad message length -2147483648"),
        (long(1 << 63), "bad message length: 9223372036854775808"),
        (
            long((1 << 63) - 1),
            "bad message length: 9223372036854775807",
        ),
        (long(u64::MAX), "bad message length: 18446744073709551615"),
        (long(1 << 31), "after 0 of 2147483648 bytes"),
        (long(16 << 30), "after 0 of 17179869184 bytes"),
        (short(i32::MAX), "after 0 of 2147483647 bytes"),
        // A length that needs no long header.
        (long(3), "after 0 of 3 bytes"),
    ]
}

#[test]
fn a_claim_takes_no_memory() {
    // Our limit is above the claimed lengths.
    let besieged = Besieged::start("127.0.0.1:0", &[("max-message-len", 16 << 30)]);
    let at_rest = besieged.descriptors();
    besieged.assert_serves();
    besieged.line("ended");
    let memory = besieged.peak_memory();
    for (header, told) in lies() {
        let mut socket = authenticated(&besieged.address);
        socket.write_all(&header).unwrap();
        socket2::SockRef::from(&socket)
            .shutdown(std::net::Shutdown::Write)
            .unwrap();
        let line = besieged.line("ended");
        assert!(line.contains(told), "{header:?}: {line}");
        assert_is_closed(socket);
    }
    // A part arrives, and takes memory for that part.
    let part = vec![0; 8 << 20];
    let mut socket = authenticated(&besieged.address);
    socket.write_all(&long(16 << 30)).unwrap();
    socket.write_all(&part).unwrap();
    drop(socket);
    let line = besieged.line("ended");
    assert!(
        line.contains("after 8388608 of 17179869184 bytes"),
        "{line}"
    );
    let grown = besieged.peak_memory() - memory;
    assert!(grown < 40 << 20, "{grown} bytes for 8 MiB that arrived");
    besieged.assert_serves();
    besieged.assert_descriptors_return_to(at_rest);
}

#[test]
fn lies_within_the_handshake_end_it() {
    let besieged = Besieged::start("127.0.0.1:0", &[("handshake-ms", 30_000)]);
    let (at_rest, memory) = (besieged.descriptors(), besieged.peak_memory());
    for (header, told) in [
        (short(-2), "unknown protocol: b'\\xff\\xff\\xff\\xfe'"),
        (long(1 << 63), "not multiprocessing.connection"),
        (long(1 << 31), "not multiprocessing.connection"),
        (short(i32::MAX), "not multiprocessing.connection"),
        (
            short(257),
            "a message of 257 bytes came instead of its response",
        ),
        // The maximum length of a handshake message, without its body.
        (
            short(256),
            "closed the connection after 0 of 256 bytes of its response",
        ),
    ] {
        let mut socket = dial(&besieged.address);
        socket.write_all(&header).unwrap();
        socket2::SockRef::from(&socket)
            .shutdown(std::net::Shutdown::Write)
            .unwrap();
        let line = besieged.line("event ");
        assert!(line.contains(told), "{header:?}: {line}");
        assert_is_closed(socket);
    }
    assert!(besieged.peak_memory() - memory < 4 << 20);
    besieged.assert_serves();
    besieged.assert_descriptors_return_to(at_rest);
}

#[test]
fn a_flood_of_empty_messages_before_the_challenge_is_answered_is_one_failure() {
    let besieged = Besieged::start("127.0.0.1:0", &[]);
    let mut socket = dial(&besieged.address);
    let empty = Header::new(0).as_bytes().repeat(10_000);
    let _ = socket.write_all(&empty);
    assert!(
        besieged
            .line("event ")
            .contains("protocol error: a response was due")
    );
    assert_is_closed(socket);
    besieged.assert_serves();
}
