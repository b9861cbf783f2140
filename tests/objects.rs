//! examples/objects.rs with examples/objects.py, on every Python of this machine.

#![cfg(unix)]

mod pairs;

use std::io::{BufRead, BufReader};
use std::process::Command;

use pairs::{Guarded, example, file, pythons};

/// The worker and the port on which it listens.
fn start_worker() -> (Guarded, String) {
    let mut worker = Guarded::start(Command::new(example("objects")).arg("localhost:0"));
    let mut line = String::new();
    let mut stdout = BufReader::new(worker.0.stdout.as_mut().unwrap());
    stdout.read_line(&mut line).unwrap();
    let port = line.trim_end().rsplit(':').next().unwrap().to_owned();
    assert!(line.starts_with("listening on "), "{line:?}");
    (worker, port)
}

/// The client, for a Python without dataclasses with classes that have none.
fn client(python: &str, port: &str) -> Command {
    const PROGRAM: &str = r"
import runpy, sys
new, old, port = sys.argv[1:]
try:
    import dataclasses
except ImportError:
    sys.path[0] = old
else:
    sys.path[0] = new
sys.argv = ['objects.py', port]
runpy.run_path(new + '/objects.py', run_name='__main__')
";
    let mut client = Command::new(python);
    client.args(["-B", "-E", "-s", "-c", PROGRAM]);
    client.args(["examples", "python-fixtures/old_orders"].map(file));
    client.arg(port);
    client
}

#[test]
fn instances_of_the_users_classes_go_both_ways() {
    for python in pythons() {
        let (worker, port) = start_worker();
        let client = Guarded::start(&mut client(&python, &port)).finish();
        let [out, error] = [&client.stdout, &client.stderr].map(|b| String::from_utf8_lossy(b));
        assert!(client.status.success(), "{python}: {out}{error}");
        let expected = "Ann: 4 x tea, 1 x milk = 10.75\nBob: 4 x tea, 4 x tea = 20.00\n";
        assert_eq!(out, expected, "{python}");
        let worker = worker.finish();
        let error = String::from_utf8_lossy(&worker.stderr);
        assert!(worker.status.success(), "{python}: {error}");
    }
}
