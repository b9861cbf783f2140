//! Pythons of this machine as processes that answer each line with a line.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::de::DeserializeOwned;

use crate::{fixture, python};

/// Returns version and path of each Python found.
pub fn find_pythons() -> Vec<((u32, u32), PathBuf)> {
    let found = Command::new(python())
        .arg(fixture("find_pythons.py"))
        .output();
    let found = found.unwrap_or_else(|error| panic!("no Python: {error}; set MPCONN_PYTHON"));
    let found = String::from_utf8(found.stdout).unwrap();
    // Version, release and path; the path may contain blanks.
    let of_line = |line: &str| {
        let (versions, path) = line.split_at_checked(15)?;
        let (major, minor) = versions.split_whitespace().next()?.split_once('.')?;
        Some(((major.parse().ok()?, minor.parse().ok()?), path.into()))
    };
    let all: Vec<_> = found.lines().filter_map(of_line).collect();
    assert!(!all.is_empty(), "find_pythons.py found none: {found}");
    all
}

/// A Python process that answers questions.
pub struct Interpreter {
    version: (u32, u32),
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Interpreter {
    /// Starts one for each version found, running `peer.py` of that folder of tests.
    pub fn all(tests: &str) -> Vec<Interpreter> {
        let start =
            |(version, path): ((u32, u32), PathBuf)| Interpreter::start(version, &path, tests);
        find_pythons().into_iter().map(start).collect()
    }

    /// Starts the one of this version, if the machine has it.
    pub fn find(version: (u32, u32), tests: &str) -> Option<Interpreter> {
        let mut found = find_pythons().into_iter();
        let (_, path) = found.find(|(other, _)| *other == version)?;
        Some(Interpreter::start(version, &path, tests))
    }

    fn start(version: (u32, u32), path: &Path, tests: &str) -> Interpreter {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut child = Command::new(path)
            .args(["-B", "-W", "ignore"])
            .arg(here.join("tests").join(tests).join("peer.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Interpreter {
            version,
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// Returns the major and minor version.
    pub fn version(&self) -> (u32, u32) {
        self.version
    }

    /// Asks a question and returns the answer without the line end.
    pub fn ask(&mut self, question: &str) -> String {
        writeln!(self.input, "{question}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    /// Asks a question and parses the answer as JSON.
    pub fn ask_json<T: DeserializeOwned>(&mut self, question: &str) -> T {
        let answer = self.ask(question);
        serde_json::from_str(&answer).unwrap_or_else(|error| {
            panic!("Python {:?}, {question}: {error}: {answer}", self.version)
        })
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // It has nothing to clean up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
