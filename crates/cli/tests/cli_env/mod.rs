//! Runs the real program, with a limit to every wait.
//!
//! Every file of tests uses a part of this.
#![allow(dead_code, unreachable_pub)]

pub mod peers;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Far beyond what anything here needs: only what hangs gets there.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The key of all tests.
pub const KEY: &str = "secret";

/// `mpconn` with these arguments and without a key.
pub fn mpconn<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mpconn"));
    command.args(args).env_remove("MPCONN_AUTHKEY");
    command
}

/// The same with the key of the tests.
pub fn mpconn_with_key<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Command {
    let mut command = mpconn(args);
    command.env("MPCONN_AUTHKEY", KEY);
    command
}

/// A Python program, of the Python that MPCONN_PYTHON names or of `python3`.
pub fn python(program: &str, args: &[&str]) -> Command {
    let python = std::env::var_os("MPCONN_PYTHON").unwrap_or_else(|| "python3".into());
    let works = Command::new(&python)
        .args(["-c", "import multiprocessing.connection"])
        .stdin(Stdio::null())
        .output();
    match works {
        Ok(output) if output.status.success() => {}
        other => panic!(
            "this test needs a Python: {} does not work ({other:?}); install python3 or set \
             MPCONN_PYTHON to one",
            python.display()
        ),
    }
    let mut command = Command::new(python);
    command.args(["-c", program]).args(args);
    command
}

/// The same program with no more than that many KiB of address space.
pub fn with_memory(kib: u64, command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited
        .args(["-c", &format!("ulimit -v {kib}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Fails with all that was printed, unless the exit code is this one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

/// Runs to the end.
pub fn run(command: Command, input: impl Into<Vec<u8>>) -> Ended {
    let mut running = Running::start(command);
    running.write(input.into());
    running.end()
}

/// A program in the background; killed when dropped.
pub struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    seen_stdout: String,
    seen_stderr: String,
    /// Its standard output where nobody reads it.
    unread: Option<ChildStdout>,
    writer: Option<thread::JoinHandle<()>>,
}

impl Running {
    pub fn start(command: Command) -> Running {
        let mut running = Running::start_unread(command);
        running.read_stdout();
        running
    }

    /// Starts it with a standard output that nobody reads until
    /// [`read_stdout`](Running::read_stdout).
    pub fn start_unread(mut command: Command) -> Running {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        Running {
            stdout: channel().1,
            unread: child.stdout.take(),
            stderr: lines(child.stderr.take().unwrap()),
            child,
            seen_stdout: String::new(),
            seen_stderr: String::new(),
            writer: None,
        }
    }

    pub fn read_stdout(&mut self) {
        self.stdout = lines(self.unread.take().expect("it is read already"));
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes all of its input, and ends it, without waiting for that.
    pub fn write(&mut self, input: Vec<u8>) {
        let mut stdin = self.child.stdin.take().expect("input was written already");
        self.writer = Some(thread::spawn(move || {
            // A program that does not read to the end is none of our business here.
            let _ = stdin.write_all(&input);
        }));
    }

    /// Writes a line of its input, which goes on.
    pub fn write_line(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("input was ended");
        writeln!(stdin, "{line}").unwrap();
    }

    /// The next line of its standard output.
    #[track_caller]
    pub fn stdout_line(&mut self) -> String {
        take_line(&self.stdout, &mut self.seen_stdout, "standard output")
    }

    /// The next line of its standard output, if it comes within that time.
    pub fn stdout_within(&mut self, time: Duration) -> Option<String> {
        let line = self.stdout.recv_timeout(time).ok()?;
        self.seen_stdout.push_str(&line);
        Some(line)
    }

    /// The next line of its standard error.
    #[track_caller]
    pub fn stderr_line(&mut self) -> String {
        take_line(&self.stderr, &mut self.seen_stderr, "standard error")
    }

    /// Waits for a line with this in it.
    #[track_caller]
    pub fn stderr_with(&mut self, part: &str) -> String {
        loop {
            let line = self.stderr_line();
            if line.contains(part) {
                return line;
            }
        }
    }

    /// The address that the first line of standard error tells.
    #[track_caller]
    pub fn address(&mut self) -> String {
        let line = self.stderr_line();
        let address = line.strip_prefix("listening on ");
        address.unwrap_or_else(|| panic!("{line:?}")).to_owned()
    }

    /// Stops reading what it prints, as `head -1` does.
    pub fn close_stdout(&mut self) {
        self.stdout = channel().1;
    }

    pub fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args([&format!("-{name}"), &self.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub fn end(mut self) -> Ended {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + LIMIT;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            if Instant::now() > deadline {
                let _ = self.child.kill();
                self.collect();
                panic!(
                    "it did not end; stdout: {} stderr: {}",
                    self.seen_stdout, self.seen_stderr
                );
            }
            thread::sleep(Duration::from_millis(2));
        };
        self.collect();
        Ended {
            code,
            stdout: std::mem::take(&mut self.seen_stdout),
            stderr: std::mem::take(&mut self.seen_stderr),
        }
    }

    fn collect(&mut self) {
        for line in self.stdout.iter() {
            self.seen_stdout += &line;
        }
        for line in self.stderr.iter() {
            self.seen_stderr += &line;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            if sender.send(text).is_err() {
                // Dropping the pipe: its writer is told.
                return;
            }
            line.clear();
        }
    });
    receiver
}

#[track_caller]
fn take_line(lines: &Receiver<String>, seen: &mut String, name: &str) -> String {
    match lines.recv_timeout(LIMIT) {
        Ok(line) => {
            seen.push_str(&line);
            line.trim_end_matches('\n').to_owned()
        }
        Err(error) => panic!("no further line of {name} ({error}); before it came: {seen}"),
    }
}

/// A directory of its own for a test, removed afterwards.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Directory {
        let name = format!(
            "mpconn-cli-{}-{:?}",
            std::process::id(),
            thread::current().id()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
