//! Peers of the program, and what they send it.

use std::process::Command;
use std::thread;

use mpconn::{Connection, Listener, connect};

use super::{LIMIT, Running, with_memory};

/// Address space that is enough for the program and its threads.
pub const KIB: u64 = 400_000;
/// 20 levels of lists, each of which holds the one below ten times, in 443 bytes.
pub fn bomb() -> Vec<u8> {
    let mut message = b"\x80\x04K\x01\x94".to_vec();
    for below in 0..19 {
        message.push(b'(');
        message.extend([b'h', below].repeat(10));
        message.extend(b"l\x94");
    }
    message.push(b'.');
    message
}

pub fn client(address: &str) -> Connection {
    let connection = connect(address, None).unwrap();
    connection.set_recv_timeout(Some(LIMIT));
    connection.set_send_timeout(Some(LIMIT));
    connection
}

/// A listener that sends each of its clients these messages, and then returns what they send.
pub fn server(greeting: Vec<Vec<u8>>) -> String {
    let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.address().to_string();
    thread::spawn(move || {
        while let Ok(accepted) = listener.accept_timeout(LIMIT) {
            let greeting = greeting.clone();
            thread::spawn(move || {
                let connection = accepted.connection;
                for message in &greeting {
                    connection.send_bytes(message).unwrap();
                }
                while let Ok(message) = connection.recv_bytes() {
                    if connection.send_bytes(&message).is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

#[cfg(target_os = "linux")]
pub fn status(id: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

pub fn relay(command: &Command, unread: bool) -> (Running, String) {
    let mut relay = match unread {
        true => Running::start_unread(with_memory(2 * KIB, command)),
        false => Running::start(with_memory(2 * KIB, command)),
    };
    let address = relay.address();
    relay.stderr_with("relaying to");
    (relay, address)
}
