//! A descriptor arrives at a process that cannot open any more. The test has a process of its
//! own, since the limit applies to the whole process.
#![cfg(target_os = "linux")]

use std::fs::File;

use mpconn::Connection;
use mpconn::os::unix::{ReceiveFd, SendFd};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

fn limit(current: u64) {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = Some(current);
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).expect("a lower limit");
}

#[test]
fn a_descriptor_too_many_is_told_and_nothing_is_out_of_step() {
    let (a, b) = Connection::pair().unwrap();
    b.set_read_ahead(false);
    let file = File::open("Cargo.toml").unwrap();
    let before = getrlimit(Resource::Nofile).current.unwrap_or(1024);

    a.send_fd(&file).unwrap();
    a.send_bytes(b"in step").unwrap();
    a.send_fd(&file).unwrap();
    limit(0);
    let error = b.recv_fd();
    limit(before);

    let error = error.unwrap_err().to_string();
    assert!(error.contains("may not open more"), "{error}");
    assert_eq!(b.recv_bytes().unwrap(), b"in step");
    b.recv_fd().unwrap();
}
