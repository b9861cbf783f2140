//! A Python process that answers questions.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// Asks all questions at once and returns the answers in order. The interpreter is `MPCONN_PYTHON`,
/// or `python3`.
pub(crate) fn ask(questions: &[String]) -> Vec<String> {
    let python = std::env::var("MPCONN_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/values/peer.py");
    let mut child = Command::new(&python)
        .args(["-W", "ignore", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{python}: {error}; set MPCONN_PYTHON"));
    let mut input = child.stdin.take().unwrap();
    let text = questions.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let mut output = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut output)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{python} failed");
    writer.join().unwrap().unwrap();
    let answers: Vec<String> = output.lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), questions.len());
    answers
}

/// Returns major and minor version of that Python.
pub(crate) fn version() -> (u32, u32) {
    let answer = ask(&["version".into()]).remove(0);
    let (major, minor) = answer.split_once('.').unwrap();
    (major.parse().unwrap(), minor.parse().unwrap())
}

pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits = text
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    digits
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}
