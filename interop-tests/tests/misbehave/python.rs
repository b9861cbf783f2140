//! Clients in real Python, which behave correctly.

use std::process::{Command, Output};

use mpconn::Address;

use crate::besieged::KEY;

/// Returns the interpreter: `MPCONN_PYTHON`, or `python3`.
pub(crate) fn python() -> Command {
    Command::new(std::env::var_os("MPCONN_PYTHON").unwrap_or("python3".into()))
}

/// Returns an address as a Python literal.
fn literal(address: &Address) -> String {
    match address {
        Address::Tcp { host, port, .. } => format!("({host:?}, {port})"),
        Address::Unix(path) => format!("{path:?}"),
        other => panic!("{other}"),
    }
}

const CLIENT: &str = "
import sys
from multiprocessing.connection import Client
connection = Client(eval(sys.argv[1]), authkey=sys.argv[2].encode())
connection.send_bytes(b'from Python')
assert connection.recv_bytes() == b'from Python'
";

/// Checks that Python's `Client` authenticates and gets an answer.
pub(crate) fn assert_serves(address: &Address) {
    let mut command = python();
    command.args(["-c", CLIENT, &literal(address), KEY]);
    assert_succeeds(&command.output().unwrap());
}

pub(crate) fn assert_succeeds(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
}
