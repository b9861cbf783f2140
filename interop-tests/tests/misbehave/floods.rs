//! Ten thousand clients that are silent, slow or wrong, and good ones among them.

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

/// Dials so often, does something with each, and holds as many as the system lets it.
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
            // The listener has given it up long ago.
            held.pop_front();
        }
    }
}

/// One flood at a time: several at once are a test of the machine.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Good clients, Rust's and Python's, come and go until the flood is over.
fn under_flood(address: &str, misbehave: impl Fn(&mut File) + Send + 'static) {
    let _alone = alone();
    // Where the backlog overflows TCP has clients try again after a second.
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
        // Slots, those that finished, and one that came to a full house.
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
        // Given up already, perhaps.
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
    // Two slots: giving one up for each of the dead would hit the good client.
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
