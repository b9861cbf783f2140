//! The processes: managers, which last as long as the bench, and clients, which take orders.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{env, thread};

use crate::Setting;

/// Longer than any order takes, so that a process that hangs ends the bench.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whose client it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ours,
    CPython,
}

/// What so much work took, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) wall: f64,
    /// Of the client alone.
    pub(crate) cpu: f64,
}

pub(crate) struct Process {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<String>,
}

impl Process {
    fn start(mut command: Command) -> io::Result<Process> {
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

    /// A manager of CPython's, and where it is.
    pub(crate) fn manager(setting: &Setting, address: &str) -> io::Result<(Process, String)> {
        let mut process = Process::start(python(setting, "serve", setting.cores.0, address))?;
        let address = process.answer("serve")?;
        Ok((process, address))
    }

    /// A client of the manager there.
    pub(crate) fn client(
        setting: &Setting,
        side: Side,
        core: usize,
        address: &str,
    ) -> io::Result<Process> {
        Process::start(match side {
            Side::CPython => python(setting, "client", core, address),
            Side::Ours => {
                let mut command = Command::new(env::current_exe()?);
                command.args(["peer", &core.to_string(), address]);
                command.arg(setting.python.digest().name());
                command
            }
        })
    }

    /// Has each of its threads do the work so often.
    pub(crate) fn run(&mut self, work: &str, threads: usize, count: u64) -> io::Result<Taken> {
        let order = format!("{work} {threads} {count}");
        writeln!(self.orders, "{order}")?;
        // It says when everything is ready and warm.
        self.answer(&order)?;
        let taken = self.answer(&order)?;
        let mut figures = taken.split(' ').map(str::parse);
        match (figures.next(), figures.next()) {
            (Some(Ok(wall)), Some(Ok(cpu))) => Ok(Taken { wall, cpu }),
            _ => Err(io::Error::other(format!("{order:?} took {taken:?}"))),
        }
    }

    fn answer(&mut self, what: &str) -> io::Result<String> {
        let failed = |_| io::Error::other(format!("no answer to {what:?}"));
        self.answers.recv_timeout(PATIENCE).map_err(failed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn python(setting: &Setting, role: &str, core: usize, address: &str) -> Command {
    let mut command = Command::new(&setting.python.executable);
    command.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/python-fixtures/bench_manager.py"
    ));
    command.args([role, &core.to_string(), address]);
    command
}
