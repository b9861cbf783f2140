//! Managers of Python, used from Rust.

mod basics;
mod chaos;
mod containers;
mod customized;
mod faults;
mod leaving;
mod lies;
mod nested;
mod pool;
mod queues;
mod sync;
mod values;
mod xmlrpc;

use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::manager::Manager;

/// Before, a manager cannot read an `AutoProxy` of its own: CPython issue 74442.
const AUTO_PROXIES_IN_MANAGERS: (u32, u32) = (3, 9);

fn connect(server: &ManagerProcess) -> Manager {
    Manager::connect(server.address(), Some(&KEY.into())).unwrap()
}
