//! The attacked listener as a child process, and its use of resources.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use mpconn::{Address, AuthKey, Connect, Connection};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

/// Limit for hanging tests, not a measurement.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) const KEY: &str = "secret";

/// The child process; it is killed when this is dropped.
pub(crate) struct Besieged {
    child: Child,
    pub(crate) address: Address,
    lines: Receiver<String>,
}

impl Besieged {
    pub(crate) fn start(address: &str, options: &[(&str, u64)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_besieged"));
        command.arg(address);
        for (name, value) in options {
            command.arg(format!("--{name}")).arg(value.to_string());
        }
        Self::spawn(command)
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut this = Besieged {
            child,
            address: Address::tcp("", 0),
            lines,
        };
        let line = this.line("listening ");
        this.address = line["listening ".len()..].parse().unwrap();
        this
    }

    /// Waits for a line that contains the text and skips those before it.
    pub(crate) fn line(&self, text: &str) -> String {
        self.lines_until(text).pop().unwrap()
    }

    /// Returns all lines up to one that contains the text.
    pub(crate) fn lines_until(&self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.lines.recv_timeout(LONG) {
                Ok(line) => lines.push(line),
                Err(error) => panic!("{error} while waiting for {text:?}: {lines:?}"),
            }
            if lines.last().is_some_and(|line| line.contains(text)) {
                return lines;
            }
        }
    }

    /// Connects a correct client.
    pub(crate) fn good_client(&self) -> Connection {
        let connect = Connect::new().authkey(AuthKey::from(KEY)).timeout(LONG);
        let connection = connect
            .handshake_timeout(LONG)
            .connect(&self.address)
            .unwrap();
        connection.set_recv_timeout(Some(LONG));
        connection
    }

    /// Checks that a correct client gets an answer.
    pub(crate) fn assert_serves(&self) {
        let connection = self.good_client();
        connection.send_bytes(b"still there?").unwrap();
        assert_eq!(connection.recv_bytes().unwrap(), b"still there?");
    }

    /// Checks that after the clients have gone it has that many descriptors.
    pub(crate) fn assert_descriptors_return_to(&self, expected: usize) {
        let deadline = Instant::now() + LONG;
        while self.descriptors() != expected {
            let now = self.descriptors();
            assert!(
                Instant::now() < deadline,
                "{now} descriptors, not {expected}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sets its limit of descriptors.
    pub(crate) fn allow_descriptors(&self, limit: u64) {
        let pid = Pid::from_child(&self.child);
        let limit = Some(limit);
        let (current, maximum) = (limit, getrlimit(Resource::Nofile).maximum);
        prlimit(Some(pid), Resource::Nofile, Rlimit { current, maximum }).unwrap();
    }

    pub(crate) fn descriptors(&self) -> usize {
        let entries = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        entries.count()
    }

    pub(crate) fn threads(&self) -> u64 {
        self.status("Threads:")
    }

    /// Returns its peak memory in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.status("VmHWM:") * 1024
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Returns the processor time used.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, after_name) = stat.rsplit_once(") ").unwrap();
        let fields: Vec<&str> = after_name.split(' ').collect();
        let ticks: u64 = fields[11..13]
            .iter()
            .map(|f| f.parse::<u64>().unwrap())
            .sum();
        Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
    }
}

impl Drop for Besieged {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
