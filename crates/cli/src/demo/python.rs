//! Finds and runs this machine's Python, with a time limit on every wait.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use mpconn::escaped;

use crate::exit_codes::{Ended, describe};
use crate::key;

/// Interval of checks whether a program has ended.
const CHECK_INTERVAL: Duration = Duration::from_millis(5);
/// Time to read what a program printed before it ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Bytes kept of a program's standard error.
const MAX_STDERR: u64 = 64 * 1024;

/// Prints the version, and fails if a module is missing.
const CHECK: &str = "\
import platform, sys
import multiprocessing.connection
sys.stdout.write('%s %s\\n' % (platform.python_implementation(), platform.python_version()))
sys.stdout.write('%s\\n' % sys.executable)
";

/// A Python that can be started.
#[derive(Debug)]
pub(crate) struct Python {
    program: std::path::PathBuf,
    /// `CPython 3.13.0`
    pub(crate) name: String,
    /// Its `sys.executable`.
    pub(crate) path: String,
}

impl Python {
    /// Finds the given Python, or the first one that works.
    pub(crate) fn find(given: Option<&Path>, deadline: Instant) -> anyhow::Result<Python> {
        let candidates = match given {
            Some(path) => vec![path],
            None => vec![Path::new("python3"), Path::new("python")],
        };
        let mut tried = Vec::new();
        for program in candidates {
            match Self::check(program, deadline) {
                Ok(python) => return Ok(python),
                Err(error) => {
                    let (program, why) = (program.display().to_string(), describe(&error));
                    tried.push(format!("  {}: {why}", escaped(&program)));
                }
            }
        }
        Err(Ended::failed(format!(
            "found no Python to talk to. Tried:\n{}\n\
             Install one (Debian, Ubuntu: apt install python3; Fedora: dnf install python3; \
             others: https://www.python.org/downloads/),\n\
             or name it: mpconn demo --python /path/to/python3",
            tried.join("\n")
        ))
        .in_lines()
        .into())
    }

    fn check(program: &Path, deadline: Instant) -> anyhow::Result<Python> {
        let mut running = Running::start(program, CHECK, &[], None)?;
        let python = Python {
            program: program.to_owned(),
            name: running.line(deadline)?,
            path: running.line(deadline)?,
        };
        running.end(deadline)?;
        Ok(python)
    }

    /// Runs a program of the demo; the key goes through the environment.
    pub(crate) fn start(&self, text: &str, args: &[String], key: &str) -> anyhow::Result<Running> {
        Running::start(&self.program, text, args, Some(key))
    }
}

/// A running Python program, killed on drop.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: Receiver<io::Result<String>>,
    stderr: Option<thread::JoinHandle<String>>,
}

impl Running {
    fn start(
        program: &Path,
        text: &str,
        args: &[String],
        key: Option<&str>,
    ) -> anyhow::Result<Running> {
        let mut command = Command::new(program);
        command
            .args([OsStr::new("-c"), OsStr::new(text)])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        match key {
            Some(key) => command.env(key::VARIABLE, key),
            None => command.env_remove(key::VARIABLE),
        };
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => anyhow!("not found"),
            _ => anyhow!("cannot be started: {error}"),
        })?;
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            bail!("its output cannot be read");
        };
        Ok(Running {
            child,
            lines: lines_of(out),
            stderr: Some(thread::spawn(move || all_of(err))),
        })
    }

    /// Waits for the next line of its output.
    pub(crate) fn line(&mut self, deadline: Instant) -> anyhow::Result<String> {
        match self.lines.recv_timeout(left(deadline)) {
            Ok(line) => line.context("its output cannot be read"),
            Err(_) => Err(self.explain(deadline, "it printed nothing")),
        }
    }

    /// Fails if it has ended, with its last output.
    pub(crate) fn check_alive(&mut self, deadline: Instant) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(_) => Err(self.explain(deadline, "it ended too early")),
        }
    }

    /// Waits until it ends successfully.
    pub(crate) fn end(&mut self, deadline: Instant) -> anyhow::Result<()> {
        match self.wait(deadline)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => {
                let words = self.last_words();
                let failed = Ended::failed(format!("it failed ({status}): {words}"));
                Err(failed.in_lines().into())
            }
            None => Err(Ended::timed_out("the Python program did not end in time").into()),
        }
    }

    /// Returns the reason why expected output did not come.
    pub(crate) fn explain(&mut self, deadline: Instant, what: &str) -> anyhow::Error {
        match self.end(deadline) {
            Ok(()) => anyhow!("{what}"),
            Err(error) => error,
        }
    }

    fn wait(&mut self, deadline: Instant) -> io::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if left(deadline).is_zero() {
                return Ok(None);
            }
            thread::sleep(CHECK_INTERVAL);
        }
    }

    /// Returns the end of its traceback, escaped. Waits only briefly: a child of the program may hold
    /// the pipe open.
    fn last_words(&mut self) -> String {
        let until = Instant::now() + LAST_WORDS;
        while self
            .stderr
            .as_ref()
            .is_some_and(|reader| !reader.is_finished())
            && !left(until).is_zero()
        {
            thread::sleep(CHECK_INTERVAL);
        }
        let finished = self.stderr.take_if(|reader| reader.is_finished());
        let text = finished
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        let last: Vec<_> = text.lines().rev().take(3).map(escaped).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n    ")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the time until the deadline.
pub(crate) fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn lines_of(out: ChildStdout) -> Receiver<io::Result<String>> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(out).lines() {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn all_of(err: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // After an error, use what was read before it.
    let _ = err.take(MAX_STDERR).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
