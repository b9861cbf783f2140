//! The Pythons of this machine, one process each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use interop_tests::{fixture, python};
use serde_json::{Value as Json, json};

/// A Python that loads pickles and compares what comes out.
pub(crate) struct Python {
    /// Which one, `"3.13"`.
    pub(crate) version: String,
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
        let of_line = |line: &str| Some(Python::start(line.get(..15)?, line.get(15..)?));
        let all: Vec<_> = found.lines().filter_map(of_line).collect();
        assert!(!all.is_empty(), "find_pythons.py found none: {found}");
        all
    }

    fn start(versions: &str, path: &str) -> Python {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded/peer.py");
        let mut child = Command::new(path)
            .args(["-B", "-W", "ignore", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        Python {
            version: versions.split_whitespace().next().unwrap().to_owned(),
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// Whether both are pickles of the same: `Err` with what they are.
    pub(crate) fn compare(
        &mut self,
        one: &[u8],
        other: &[u8],
        buffers: &[(&[u8], bool)],
    ) -> Result<(), String> {
        let buffers: Vec<_> = buffers
            .iter()
            .map(|(bytes, own)| json!([hex(bytes), own]))
            .collect();
        let question = json!({"one": hex(one), "other": hex(other), "buffers": buffers});
        writeln!(self.input, "{question}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        let answer: Json = serde_json::from_str(&answer).unwrap();
        match answer["same"] == true {
            true => Ok(()),
            false => Err(format!("\n   {}\n   {}", answer["one"], answer["other"])),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Drop for Python {
    fn drop(&mut self) {
        // It has nothing to tidy up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
