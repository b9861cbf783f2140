//! One process that takes part, and its turns.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{env, fs, thread};

use crate::measure::Effort;
use crate::program::Setting;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Wall time and processor time, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
}

pub(crate) struct Side {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<String>,
}

impl Side {
    /// A CPython.
    pub(crate) fn python(setting: &Setting, executable: &Path) -> io::Result<Side> {
        let mut command = Command::new(executable);
        command.arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/python-fixtures/bench_pickle.py"
        ));
        let collects = (!setting.collects).then_some("--no-gc");
        start(command, setting, collects)
    }

    /// This program.
    pub(crate) fn rust(setting: &Setting) -> io::Result<Side> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("peer");
        start(command, setting, None)
    }

    /// Does `what` so often; the inner error says why it cannot.
    pub(crate) fn run(&mut self, what: &str, count: u64) -> io::Result<Result<Taken, String>> {
        writeln!(self.orders, "{what} {count}")?;
        let first = self.answer(what)?;
        if let Some(reason) = first.strip_prefix("no ") {
            return Ok(Err(reason.to_owned()));
        }
        let before = self.cpu_time();
        let wall = self.answer(what)?.parse().map_err(io::Error::other)?;
        let cpu = self.cpu_time() - before;
        Ok(Ok(Taken { wall, cpu }))
    }

    fn answer(&mut self, what: &str) -> io::Result<String> {
        let failed = |_| io::Error::other(format!("no answer to {what:?}"));
        self.answers.recv_timeout(PATIENCE).map_err(failed)
    }

    fn cpu_time(&self) -> f64 {
        let path = format!("/proc/{}/schedstat", self.child.id());
        let text = fs::read_to_string(path).unwrap_or_default();
        let first = text.split(' ').next().and_then(|field| field.parse().ok());
        first.unwrap_or(f64::NAN)
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(mut command: Command, setting: &Setting, more: Option<&str>) -> io::Result<Side> {
    command
        .arg(setting.core.to_string())
        .arg(&setting.directory);
    let pipes = command
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
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
    Ok(Side {
        child,
        orders,
        answers,
    })
}

/// A side with its order, and how often it does it in one turn.
pub(crate) struct Turns {
    side: Side,
    what: String,
    count: u64,
}

impl Turns {
    /// Finds out how much work fills a turn, which warms it up too.
    pub(crate) fn new(
        mut side: Side,
        what: String,
        effort: Effort,
    ) -> io::Result<Result<Turns, String>> {
        let mut count = 1;
        loop {
            let wall = match side.run(&what, count)? {
                Ok(taken) => taken.wall.max(1.0),
                Err(reason) => return Ok(Err(reason)),
            };
            let growth = effort.turn / wall;
            let enough = wall >= effort.turn / 4.0;
            // Whole steps of at most tenfold, as the first runs are slow.
            count = scaled(
                count,
                if enough {
                    growth
                } else {
                    growth.clamp(2.0, 10.0)
                },
            );
            if enough {
                return Ok(Ok(Turns { side, what, count }));
            }
        }
    }

    /// What one piece takes.
    pub(crate) fn take(&mut self) -> io::Result<Taken> {
        let taken = self.side.run(&self.what, self.count)?;
        let Taken { wall, cpu } = taken.map_err(io::Error::other)?;
        let count = self.count as f64;
        Ok(Taken {
            wall: wall / count,
            cpu: cpu / count,
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and above zero"
)]
fn scaled(count: u64, factor: f64) -> u64 {
    ((count as f64 * factor) as u64).max(1)
}
