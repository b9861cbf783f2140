//! The example of `mpconn-proto`: an event loop of a user, with a hundred clients of each Python.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use interop_tests::find_pythons;

const KEY: &str = "secret";

/// Builds the example, which belongs to another package.
fn example() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let target = test.ancestors().nth(3).expect("a directory of targets");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/proto/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--example",
        "event_loop",
        "--target-dir",
    ]);
    cargo.arg(target).arg("--manifest-path").arg(manifest);
    assert!(cargo.status().expect("cargo runs").success());
    target.join("debug/examples/event_loop")
}

/// A process that is killed when this is dropped.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // It has ended already if the test failed early.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the example and returns its port.
fn start(example: &Path) -> (Guarded, String) {
    let mut command = Command::new(example);
    command.arg("127.0.0.1:0").env("MPCONN_AUTHKEY", KEY);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = Guarded(child.expect("the example starts"));
    let stdout = child.0.stdout.as_mut().expect("a pipe");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    let port = line.trim_end().rsplit(':').next().expect("a port");
    (child, port.to_owned())
}

#[test]
fn a_hundred_clients_of_every_python_use_one_thread() {
    let example = example();
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/event_loop/clients.py");
    let talk = |((major, minor), python): ((u32, u32), PathBuf)| {
        let (server, port) = start(&example);
        let run = Command::new(&python)
            .arg("-B")
            .arg(&clients)
            .args([&port, KEY])
            .output()
            .expect("the Python starts");
        let said = String::from_utf8_lossy(&run.stdout);
        let errors = String::from_utf8_lossy(&run.stderr);
        assert_eq!(said.trim(), "good", "Python {major}.{minor}: {errors}");
        drop(server);
    };
    // Each waits a few seconds until its silent clients are evicted.
    std::thread::scope(|scope| {
        for python in find_pythons() {
            scope.spawn(|| talk(python));
        }
    });
}
