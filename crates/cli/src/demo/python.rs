//! The machine's own Python: found, started, never waited for without end.

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

/// Between two looks at whether a program has ended.
const LOOK: Duration = Duration::from_millis(5);
/// For what a program said before it ended to be read.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// What is kept of a program's complaints.
const COMPLAINTS: u64 = 64 * 1024;

/// Says what it is, and that it has what the demo needs.
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
    /// Where it says that it is.
    pub(crate) path: String,
}

impl Python {
    /// The one that was asked for, or the first that works.
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
             or say where it is: mpconn demo --python /path/to/python3",
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

/// A Python program that runs. It is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: Receiver<io::Result<String>>,
    complaints: Option<thread::JoinHandle<String>>,
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
            complaints: Some(thread::spawn(move || all_of(err))),
        })
    }

    /// The next line of its output.
    pub(crate) fn line(&mut self, deadline: Instant) -> anyhow::Result<String> {
        match self.lines.recv_timeout(left(deadline)) {
            Ok(line) => line.context("its output cannot be read"),
            Err(_) => Err(self.explain(deadline, "it printed nothing")),
        }
    }

    /// Fails if it has ended, with what it said.
    pub(crate) fn check_alive(&mut self, deadline: Instant) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(_) => Err(self.explain(deadline, "it ended too early")),
        }
    }

    /// Waits until it ends in good order.
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

    /// Why something that was due from it did not come.
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
            thread::sleep(LOOK);
        }
    }

    /// The end of its traceback, escaped. It has ended, but a child of its own may hold the
    /// pipe open, so this does not wait for long.
    fn last_words(&mut self) -> String {
        let until = Instant::now() + LAST_WORDS;
        while self
            .complaints
            .as_ref()
            .is_some_and(|reader| !reader.is_finished())
            && !left(until).is_zero()
        {
            thread::sleep(LOOK);
        }
        let finished = self.complaints.take_if(|reader| reader.is_finished());
        let text = finished
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        let last: Vec<_> = text.lines().rev().take(3).map(escaped).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n    ")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is left until then.
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
    // What was read before an error is what there is.
    let _ = err.take(COMPLAINTS).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
