//! Examples beside the Pythons of this machine.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(60);

/// A file of the repository.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The example as `cargo test` has built it; built now if only this test was asked for.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let path = profile.join("examples").join(name);
    if !path.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "-p", "mpconn", "--example", name, "--target-dir"]);
        let built = cargo.arg(profile.parent().unwrap()).status().unwrap();
        assert!(built.success(), "cargo build --example {name} failed");
    }
    path
}

/// The path of every Python.
pub(crate) fn pythons() -> Vec<String> {
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
pub(crate) struct Guarded(pub(crate) Child);

impl Guarded {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Guarded(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// What it printed, once it has ended.
    pub(crate) fn finish(mut self) -> Output {
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
