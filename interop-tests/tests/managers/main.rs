//! Managers of Python, used from Rust.

mod basics;
mod chaos;
mod containers;
mod customized;
mod elsewhere;
mod faults;
mod leaving;
mod liar;
mod lies;
mod nested;
mod other_managers;
mod pool;
mod queues;
mod registered;
mod releasing;
mod sync;
mod values;
mod wire;
mod xmlrpc;

use std::time::Duration;

use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::manager::Manager;
use mpconn::manager::OtherManagers;

/// Before this version a manager cannot read an `AutoProxy` of its own: CPython issue 74442.
const AUTO_PROXIES_IN_MANAGERS: (u32, u32) = (3, 9);

fn connect(server: &ManagerProcess) -> Manager {
    Manager::connect(server.address(), KEY).unwrap()
}

/// Connects, allowing answers with proxies of any manager.
fn connect_to_all(server: &ManagerProcess) -> Manager {
    Manager::builder()
        .authkey(KEY)
        .other_managers(OtherManagers::none().allow_any_with_the_same_key())
        .connect(server.address())
        .unwrap()
}

/// Goes on asking until it holds: the manager's threads end in their own time.
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < interop_tests::PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
