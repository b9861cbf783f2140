//! Python processes that answer questions.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the interpreter in `MPCONN_PYTHON`, or all that are found on this machine.
pub(crate) fn pythons() -> Vec<PathBuf> {
    if let Some(one) = std::env::var_os("MPCONN_PYTHON") {
        return vec![one.into()];
    }
    let found = interop_tests::find_pythons();
    found.into_iter().map(|(_, path)| path).collect()
}

/// Returns the version of a Python, and its answers in order.
pub(crate) fn ask(python: &Path, questions: &[String]) -> ((u32, u32), Vec<String>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/known_types/peer.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; set MPCONN_PYTHON", python.display()));
    let mut input = child.stdin.take().unwrap();
    let text = questions.iter().map(|question| format!("{question}\n"));
    let text: String = text.collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let mut output = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut output)
        .unwrap();
    assert!(
        child.wait().unwrap().success(),
        "{} failed",
        python.display()
    );
    writer.join().unwrap().unwrap();
    let mut lines = output.lines();
    let (major, minor) = lines.next().unwrap().split_once('.').unwrap();
    let answers: Vec<String> = lines.map(str::to_owned).collect();
    assert_eq!(answers.len(), questions.len());
    ((major.parse().unwrap(), minor.parse().unwrap()), answers)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}
