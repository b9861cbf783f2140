//! examples/objects.rs with examples/objects.py, on every Python of this machine.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(60);

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The example as `cargo test` has built it; built now if only this test was asked for.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let path = profile.join("examples/objects");
    if !path.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--example", "objects", "--target-dir"]);
        let built = cargo.arg(profile.parent().unwrap()).status().unwrap();
        assert!(built.success(), "cargo build --example objects failed");
    }
    path
}

/// The path of every Python.
fn pythons() -> Vec<String> {
    let python = std::env::var_os("MPCONN_PYTHON").unwrap_or_else(|| "python3".into());
    let script = file("python-fixtures/find_pythons.py");
    let found = Command::new(python).arg(script).output();
    let found = found.unwrap_or_else(|error| panic!("no Python: {error}; set MPCONN_PYTHON"));
    let found = String::from_utf8(found.stdout).unwrap();
    // Version, release, and the path, which may have blanks in it.
    let paths = found.lines().filter_map(|line| line.get(15..));
    let all: Vec<_> = paths.map(str::to_owned).collect();
    assert!(!all.is_empty(), "find_pythons.py found none: {found}");
    all
}

/// A program that does not outlive its test.
struct Guarded(Child);

impl Guarded {
    fn start(command: &mut Command) -> Self {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Guarded(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// What it printed, once it has ended.
    fn finish(mut self) -> Output {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < LIMIT, "it does not end");
            thread::sleep(Duration::from_millis(5));
        };
        let read = |pipe: &mut dyn std::io::Read| {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            bytes
        };
        Output {
            status,
            stdout: self
                .0
                .stdout
                .as_mut()
                .map(|pipe| read(pipe))
                .unwrap_or_default(),
            stderr: self
                .0
                .stderr
                .as_mut()
                .map(|pipe| read(pipe))
                .unwrap_or_default(),
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The worker and the port on which it listens.
fn start_worker() -> (Guarded, String) {
    let mut worker = Guarded::start(Command::new(example()).arg("localhost:0"));
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
