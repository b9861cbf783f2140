//! Ten thousand clients that are silent, slow or wrong, with correct ones among them.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use mpconn::handshake::{Handshake, Policy};
use mpconn::{Address, AuthKey};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::besieged::Besieged;
use crate::python;
use crate::raw::{Leave, dial, framed, leave, play, socket_path};

const FLOOD: usize = 10_000;

/// Connects many times, misbehaves on each, and keeps as many open as the system allows.
fn flood(address: &Address, misbehave: impl Fn(&mut File)) {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    let limit = maximum.map_or(FLOOD, |max| usize::try_from(max / 2).unwrap());
    let mut held = VecDeque::new();
    for _ in 0..FLOOD {
        let mut socket = dial(address);
        misbehave(&mut socket);
        held.push_back(socket);
        if held.len() > limit {
            // The listener has closed it long ago.
            held.pop_front();
        }
    }
}

/// Runs one flood at a time: parallel ones would test the machine.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Correct clients of Rust and Python come and go during the flood.
fn under_flood(address: &str, misbehave: impl Fn(&mut File) + Send + 'static) {
    let _alone = alone();
    // If the backlog overflows, TCP clients retry after a second.
    let besieged = Besieged::start(address, &[("backlog", 4096)]);
    let at_rest = besieged.descriptors();
    let address = besieged.address.clone();
    let flood = thread::spawn(move || flood(&address, misbehave));
    let mut served = 0;
    while !flood.is_finished() || served == 0 {
        besieged.assert_serves();
        python::assert_serves(&besieged.address);
        served += 1;
        assert_eq!(besieged.threads(), 1);
        let descriptors = besieged.descriptors();
        // Slots, finished connections, and one that found no slot.
        assert!(descriptors <= at_rest + 2 * 512 + 2, "{descriptors}");
    }
    flood.join().unwrap();
    besieged.assert_serves();
    besieged.assert_descriptors_return_to(at_rest);
    let memory = besieged.peak_memory();
    assert!(memory < 64 << 20, "{memory} bytes");
}

#[test]
fn ten_thousand_silent_clients_do_not_delay_a_good_one() {
    let path = socket_path();
    under_flood(path.to_str().unwrap(), |_| {});
    std::fs::remove_file(path).unwrap();
}

#[test]
fn ten_thousand_slow_clients_do_not_delay_a_good_one() {
    under_flood("127.0.0.1:0", |socket| {
        // It may have been closed already.
        let _ = socket.write_all(&framed(b"{sha256}")[..7]);
    });
}

#[test]
fn ten_thousand_wrong_clients_do_not_delay_a_good_one() {
    under_flood("127.0.0.1:0", |socket| {
        let key = AuthKey::from("wrong");
        play(
            socket,
            Handshake::client(&key, &Policy::default()),
            usize::MAX,
        );
    });
}

#[test]
fn ten_thousand_clients_that_go_at_once_take_nobodys_slot() {
    let _alone = alone();
    // Two slots: evicting one for each dead client would hit the correct client.
    let options = [("max-pending", 2), ("backlog", 4096)];
    let besieged = Besieged::start("127.0.0.1:0", &options);
    let address = besieged.address.clone();
    let flood = thread::spawn(move || {
        for how in [Leave::Close, Leave::Reset].into_iter().cycle().take(FLOOD) {
            leave(dial(&address), how);
        }
    });
    while !flood.is_finished() {
        besieged.assert_serves();
    }
    flood.join().unwrap();
    besieged.assert_serves();
}
