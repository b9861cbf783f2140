//! Peers that exhaust the memory of a process.

use std::fs::File;
use std::io::Write;
use std::process::Command;
use std::thread;

use mpconn::Connect;

use crate::besieged::{Besieged, LONG};
use crate::raw::{assert_is_closed, authenticated, dial};

/// Enough for the program, its threads and a message of 64 MiB, but not for one of 256 MiB.
const ADDRESS_SPACE: u64 = 320 << 20;

const CLAIM: u32 = 1 << 30;

/// Starts a listener with little memory that allows messages of a gibibyte.
fn besieged(keyless: bool) -> Besieged {
    let mut command = Command::new(env!("CARGO_BIN_EXE_besieged"));
    // One heap: glibc reserves 64 MiB of addresses for each thread's.
    command.env("MALLOC_ARENA_MAX", "1");
    command.args(["127.0.0.1:0", "--threads", "1"]);
    command.args(["--address-space", &ADDRESS_SPACE.to_string()]);
    command.args(["--max-message-len", &CLAIM.to_string()]);
    if keyless {
        command.args(["--keyless", "1"]);
    }
    Besieged::spawn(command)
}

/// Claims a large length and sends up to that until the other side closes.
fn pour(mut socket: File) -> File {
    let piece = vec![7; 1 << 20];
    let _ = socket.write_all(&CLAIM.to_be_bytes());
    for _ in 0..CLAIM >> 20 {
        if socket.write_all(&piece).is_err() {
            break;
        }
    }
    socket
}

#[test]
fn six_clients_that_fill_the_memory_lose_their_connections_and_nothing_else() {
    for keyless in [true, false] {
        let besieged = besieged(keyless);
        let at_rest = besieged.descriptors();
        let pouring: Vec<_> = (0..6)
            .map(|_| {
                let socket = match keyless {
                    true => dial(&besieged.address),
                    false => authenticated(&besieged.address),
                };
                thread::spawn(move || pour(socket))
            })
            .collect();
        for _ in 0..6 {
            let line = besieged.line("ended");
            assert!(line.contains("out of memory"), "{line}");
            assert!(line.contains("of 1073741824 bytes have arrived"), "{line}");
            assert!(line.contains("readable: false"), "{line}");
        }
        for client in pouring {
            assert_is_closed(client.join().unwrap());
        }
        // The memory is free again: a correct client's large message fits.
        let mut connect = Connect::new().timeout(LONG).handshake_timeout(LONG);
        if !keyless {
            connect = connect.authkey(crate::besieged::KEY);
        }
        let good = connect.connect(&besieged.address).unwrap();
        good.set_recv_timeout(Some(LONG));
        let message = vec![1; 40 << 20];
        good.send_bytes(&message).unwrap();
        assert!(good.recv_bytes().unwrap() == message);
        drop(good);
        besieged.line("ended");
        besieged.assert_descriptors_return_to(at_rest);
    }
}

#[test]
fn by_default_a_message_has_a_limit_that_the_error_says_how_to_raise() {
    for (options, limit) in [(&[("keyless", 1)][..], 64 << 20), (&[], 1 << 30)] {
        let besieged = Besieged::start("127.0.0.1:0", options);
        for (len, told) in [
            (
                limit + 1,
                format!(
                    "the limit here is {limit}; to receive longer messages, raise `max_message_len`"
                ),
            ),
            (limit, format!("after 0 of {limit} bytes")),
        ] {
            let mut socket = match options.is_empty() {
                false => dial(&besieged.address),
                true => authenticated(&besieged.address),
            };
            socket.write_all(&u32::to_be_bytes(len)).unwrap();
            socket2::SockRef::from(&socket)
                .shutdown(std::net::Shutdown::Write)
                .unwrap();
            let line = besieged.line("ended");
            assert!(line.contains(&told), "{line}");
        }
    }
}
