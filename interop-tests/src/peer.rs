//! A Python that runs commands: `python-fixtures/peer.py` as a process.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::{PATIENCE, fixture, python};

/// A running Python. Dropping this ends the process.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
    /// Commands without an answer yet, for error messages.
    pending: Vec<String>,
    about: About,
    patience: Duration,
}

/// What a Python reports about itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[non_exhaustive]
pub struct About {
    /// The release, such as `"3.11.7"`.
    pub release: String,
    /// The digests that its handshake can name; none before 3.12.
    pub digests: Vec<String>,
    /// `pickle.HIGHEST_PROTOCOL`.
    pub highest_protocol: u8,
    /// Whether its `Listener(authkey=b"")` requires authentication. Older ones treat the empty key
    /// as none.
    pub empty_key_listener: bool,
}

impl About {
    /// Returns major and minor version, such as `(3, 11)`.
    pub fn version(&self) -> (u32, u32) {
        let mut parts = self
            .release
            .split('.')
            .map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }

    /// Returns whether it is Python 2, which has one type for bytes and ASCII text.
    pub fn is_python2(&self) -> bool {
        self.version().0 == 2
    }

    /// Returns whether its handshake names digests: 3.12 and later.
    pub fn is_modern(&self) -> bool {
        self.version() >= (3, 12)
    }
}

/// An exception: class name and text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PythonError(pub String, pub String);

impl fmt::Display for PythonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?}) in Python", self.0, self.1)
    }
}

impl std::error::Error for PythonError {}

/// The result of a command.
pub type Answer = Result<Json, PythonError>;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Ok(Json),
    Error(PythonError),
}

impl Peer {
    /// Starts [`python`](crate::python()).
    ///
    /// # Panics
    /// Panics if there is none, and says how to set one.
    pub fn start() -> Self {
        let python = python();
        let started = Command::new(&python)
            // Ignore the user's own settings.
            .args(["-E", "-s", "-B"])
            .arg(fixture("peer.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = started.unwrap_or_else(|error| {
            panic!(
                "cannot run {}: {error}; install Python, or name one: MPCONN_PYTHON=/path/to/python3",
                python.display()
            )
        });
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            unreachable!("both were asked for");
        };
        let mut peer = Peer {
            child,
            stdin,
            answers: lines(stdout),
            pending: Vec::new(),
            about: About::default(),
            patience: PATIENCE,
        };
        let about = peer.ask(serde_json::json!({"do": "about"})).expect("about");
        peer.about = serde_json::from_value(about).expect("what it says of itself");
        peer
    }

    /// Returns what the Python reports about itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Sets the time limit of an answer, by default [`PATIENCE`].
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Sends a command, which runs while the test goes on.
    ///
    /// # Panics
    /// Panics if the process has ended.
    pub fn tell(&mut self, command: Json) {
        let line = command.to_string();
        let written = writeln!(self.stdin, "{line}");
        written.unwrap_or_else(|error| panic!("the Python has ended before {line}: {error}"));
        self.pending.push(line);
    }

    /// Returns the answer to the oldest unanswered command.
    ///
    /// # Panics
    /// Panics if none comes in time, or if the process has ended.
    pub fn answer(&mut self) -> Answer {
        let command = self.pending.remove(0);
        let line = match self.answers.recv_timeout(self.patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("the Python hangs in {command}"),
            Err(RecvTimeoutError::Disconnected) => panic!("the Python ended in {command}"),
        };
        match serde_json::from_str(&line) {
            Ok(Line::Ok(answer)) => Ok(answer),
            Ok(Line::Error(error)) => Err(error),
            Err(error) => panic!("no answer to {command}: {line}: {error}"),
        }
    }

    /// Runs a command and returns its result.
    ///
    /// # Errors
    /// Fails with the exception that it raised.
    ///
    /// # Panics
    /// Panics as [`tell`](Self::tell) and [`answer`](Self::answer) do.
    pub fn ask(&mut self, command: Json) -> Answer {
        self.tell(command);
        self.answer()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may hang, and has nothing to clean up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines on a thread, so that waiting for one can time out.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
