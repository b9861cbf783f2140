//! The Pythons of this machine, one process each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use interop_tests::{fixture, python};
use serde::de::DeserializeOwned;

/// A Python that answers questions.
pub(crate) struct Python {
    pub(crate) version: (u32, u32),
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Python {
    /// One for each version that is found.
    pub(crate) fn all() -> Vec<Python> {
        let found = Command::new(python())
            .arg(fixture("find_pythons.py"))
            .output();
        let found = found.unwrap_or_else(|error| panic!("no Python: {error}; set MPCONN_PYTHON"));
        let found = String::from_utf8(found.stdout).unwrap();
        // Version, release, and the path, which may have blanks in it.
        let paths = found.lines().filter_map(|line| line.get(15..));
        let all: Vec<_> = paths.map(Python::start).collect();
        assert!(!all.is_empty(), "find_pythons.py found none: {found}");
        all
    }

    fn start(path: &str) -> Python {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pickletools/peer.py");
        let mut child = Command::new(path)
            .args(["-W", "ignore", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut python = Python {
            version: (0, 0),
            child,
            input,
            output,
        };
        python.version = python.ask("version");
        python
    }

    pub(crate) fn ask<T: DeserializeOwned>(&mut self, question: &str) -> T {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{question}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|error| {
            panic!("Python {:?}, {question}: {error}: {answer}", self.version)
        })
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // The end of its input is the end of it.
        self.input = None;
        let _ = self.child.wait();
    }
}
