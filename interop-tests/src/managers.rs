//! Python managers and clients of managers: runs `python-fixtures/managers.py`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use mpconn::manager::Manager;
use serde_json::Value as Json;

use crate::{fixture, python};

/// The key of all managers in tests.
pub const KEY: &str = "secret password";

/// A Python process with a manager or a client of one; it ends when this is dropped.
pub struct ManagerProcess {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    address: String,
    release: String,
}

impl ManagerProcess {
    /// Starts a manager of [`python`](crate::python()) on a free port.
    pub fn serve() -> Self {
        Self::serve_at("")
    }

    /// Starts a manager at this address: `host:port` or a path.
    pub fn serve_at(address: &str) -> Self {
        Self::start(&python(), &["serve", address])
    }

    /// Starts a client of the manager at this address.
    pub fn client(address: &str) -> Self {
        Self::start(&python(), &["client", address])
    }

    /// Starts `managers.py` with these arguments, with any Python.
    ///
    /// # Panics
    /// Panics if it does not start.
    pub fn start(python: &Path, arguments: &[&str]) -> Self {
        Self::start_with_key(python, arguments, KEY)
    }

    /// Same as [`start`](Self::start), with another key.
    ///
    /// # Panics
    /// Panics if it does not start.
    pub fn start_with_key(python: &Path, arguments: &[&str], key: &str) -> Self {
        let mut child = Command::new(python)
            .env("MPCONN_TEST_KEY", key)
            .args(["-E", "-s", "-B", "-W", "ignore"])
            .arg(fixture("managers.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; set MPCONN_PYTHON", python.display()));
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("was asked for"));
        let mut process = ManagerProcess {
            child,
            stdin,
            stdout,
            address: String::new(),
            release: String::new(),
        };
        let hello = process.line();
        let text = |key: &str| hello[key].as_str().expect("said").to_owned();
        (process.address, process.release) = (text("address"), text("release"));
        process
    }

    /// Returns the address of the manager.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the major and minor version of its Python.
    pub fn version(&self) -> (u32, u32) {
        let mut parts = self
            .release
            .split('.')
            .map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }

    fn line(&mut self) -> Json {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("reads");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Sends a client a line of Python to run; [`answer`](Self::answer) returns the result.
    ///
    /// # Panics
    /// Panics if the process has ended.
    pub fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("runs");
        writeln!(stdin, "{line}").expect("the Python runs");
    }

    /// Returns the `repr` of a line's result.
    ///
    /// # Errors
    /// Fails with the exception that was raised: class and text.
    ///
    /// # Panics
    /// Panics if the process has ended.
    pub fn answer(&mut self) -> Result<String, (String, String)> {
        let answer = self.line();
        let text = |at: usize| answer[at].as_str().unwrap_or_default().to_owned();
        match answer[0].as_str() {
            Some("ok") => Ok(text(1)),
            _ => Err((text(1), text(2))),
        }
    }

    /// Runs a line of Python in a client and returns the `repr` of its result.
    ///
    /// # Panics
    /// Panics if it raises.
    pub fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        let raised = |(class, text)| panic!("{line}: {class}: {text}");
        self.answer().unwrap_or_else(raised)
    }

    /// Kills it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops it as Ctrl-Z does: it keeps its connections, and does nothing.
    ///
    /// # Panics
    /// If it has ended.
    pub fn stop(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// If it has ended.
    pub fn go_on(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).expect("it runs");
    }

    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it by closing its input.
    pub fn end(&mut self) {
        self.stdin = None;
        let _ = self.child.wait();
    }
}

impl Drop for ManagerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Returns how many objects a manager has, once it has got back the references to proxies that were
/// dropped.
///
/// # Panics
/// If it does not answer.
pub fn objects(manager: &Manager) -> usize {
    let flushed = manager.flush(Duration::from_secs(10));
    assert!(flushed.expect("nobody cancels"), "references are left");
    manager.number_of_objects().expect("counts")
}
