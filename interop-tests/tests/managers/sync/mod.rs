//! Synchronization objects, each with two clients: Rust and a Python.

mod barriers;
mod conditions;
mod events;
mod guards;
mod locks;
mod values;

use std::fmt::Write;
use std::time::Duration;

use interop_tests::managers::ManagerProcess;
use mpconn::Value;
use mpconn::manager::{Manager, Proxy, Queue};
use mpconn::pickle::{Protocol, dumps};

use crate::connect;

/// Long enough for a client that does not wait to get past the wait.
const A_WHILE: Duration = Duration::from_millis(50);

/// A manager, a Rust client, and a Python client with the manager's queue `jobs`.
struct Meeting {
    manager: Manager,
    python: ManagerProcess,
    words: Words,
    version: (u32, u32),
    _server: ManagerProcess,
}

impl Meeting {
    fn new() -> Self {
        let server = ManagerProcess::serve();
        let manager = connect(&server);
        let mut python = ManagerProcess::client(server.address());
        python.ask("jobs = m.jobs()");
        python.ask("pause = threading.Event().wait");
        Meeting {
            words: Words(manager.create("jobs", ()).unwrap()),
            version: server.version(),
            manager,
            python,
            _server: server,
        }
    }

    /// Gives Python a proxy of the object, unpickled from ours.
    fn give(&mut self, name: &str, proxy: &Proxy) {
        let pickle = dumps(&Value::from(proxy), Protocol::V2).unwrap();
        let hex = pickle.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        let unhexlify = "__import__('binascii').unhexlify";
        self.python.ask(&format!(
            "{name} = __import__('pickle').loads({unhexlify}('{hex}'))"
        ));
    }
}

/// Messages between the two clients, in order.
struct Words(Queue<String>);

impl Words {
    fn say(&self, word: &str) {
        self.0.put(&word.to_owned()).unwrap();
    }

    /// Checks that these messages come next.
    fn hear(&self, words: &[&str]) {
        for word in words {
            assert_eq!(&self.0.get().unwrap(), word);
        }
    }
}

/// Runs a block with each kind of object that is acquired and released, one client at a time.
macro_rules! each_lock {
    ($meeting:ident, $lock:ident => $block:block) => {{
        let $lock = $meeting.manager.lock().unwrap();
        $block
        let $lock = $meeting.manager.rlock().unwrap();
        $block
        let $lock = $meeting.manager.semaphore(1).unwrap();
        $block
        let $lock = $meeting.manager.bounded_semaphore(1).unwrap();
        $block
        let $lock = $meeting.manager.condition().unwrap();
        $block
    }};
}
use each_lock;
