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
mod pool;
mod queues;
mod sync;
mod values;
mod xmlrpc;

use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::manager::Manager;

/// Before this version a manager cannot read an `AutoProxy` of its own: CPython issue 74442.
const AUTO_PROXIES_IN_MANAGERS: (u32, u32) = (3, 9);

fn connect(server: &ManagerProcess) -> Manager {
    Manager::connect(server.address(), KEY).unwrap()
}

/// Connects, allowing answers with proxies of any manager.
fn connect_to_all(server: &ManagerProcess) -> Manager {
    Manager::builder()
        .authkey(KEY)
        .allow_other_managers()
        .connect(server.address())
        .unwrap()
}
