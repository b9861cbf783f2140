//! Managers of Python, used from Rust.

mod basics;
mod faults;
mod leaving;
mod lies;
mod queues;
mod sync;
mod xmlrpc;

use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::manager::Manager;

fn connect(server: &ManagerProcess) -> Manager {
    Manager::connect(server.address(), Some(&KEY.into())).unwrap()
}
