//! A peer process: it takes one order a line on its standard input and answers in lines.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{fs, thread};

/// Longer than any order takes, so that a process that hangs ends the bench.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A child process, killed on drop.
#[derive(Debug)]
pub struct Process {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<String>,
}

impl Process {
    /// Starts the command with pipes at both ends.
    ///
    /// # Errors
    /// Fails if it cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Process> {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.spawn()?;
        let orders = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        // Read by a thread so that waiting has an end.
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Process {
            child,
            orders,
            answers,
        })
    }

    /// Sends an order.
    ///
    /// # Errors
    /// Fails if the process has ended.
    pub fn order(&mut self, order: &str) -> io::Result<()> {
        writeln!(self.orders, "{order}")
    }

    /// Waits for the next line; `to` says what it answers.
    ///
    /// # Errors
    /// Fails if the process has ended, or takes two minutes.
    pub fn answer(&mut self, to: &str) -> io::Result<String> {
        let failed = |_| io::Error::other(format!("no answer to {to:?}"));
        self.answers.recv_timeout(TIMEOUT).map_err(failed)
    }

    /// Returns the nanoseconds of a processor that it has used; Linux only, else NaN.
    pub fn cpu_time(&self) -> f64 {
        let path = format!("/proc/{}/schedstat", self.child.id());
        let text = fs::read_to_string(path).unwrap_or_default();
        let first = text.split(' ').next().and_then(|field| field.parse().ok());
        first.unwrap_or(f64::NAN)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
