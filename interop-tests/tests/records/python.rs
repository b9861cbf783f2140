//! The Pythons of this machine, one process each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use interop_tests::{fixture, python};

/// A Python that compares objects.
pub(crate) struct Python {
    pub(crate) version: (u32, u32),
    child: Child,
    input: ChildStdin,
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
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/records/peer.py");
        let mut child = Command::new(path)
            .args(["-B", "-W", "ignore", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut python = Python {
            version: (0, 0),
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        };
        let version = python.ask("- version");
        let (major, minor) = version.split_once('.').unwrap();
        python.version = (major.parse().unwrap(), minor.parse().unwrap());
        python
    }

    /// Whether the pickle is the object that the expression makes: `"ok"`, or what is wrong.
    pub(crate) fn compare(&mut self, pickle: &[u8], expression: &str) -> String {
        let hex: String = pickle.iter().map(|byte| format!("{byte:02x}")).collect();
        self.ask(&format!("{hex} {expression}"))
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.input, "{question}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It has nothing to tidy up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
