//! Two processes that talk to each other, and the orders given to one of them.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fmt, fs, thread};

use crate::python::Python;

/// Longer than any order takes, so that a peer that hangs ends the bench.
const PATIENCE: Duration = Duration::from_secs(60);

const KEY: &str = "the key of the benches";

/// What a process is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ours,
    Floor,
    CPython,
    /// The crate as another build of this bench has it.
    Before,
}

/// What runs between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Unix,
    Tcp,
}

/// Where the processes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cores {
    /// Both on one core: what they cost, without what waking another core costs.
    One,
    /// One each.
    Two,
}

/// What a pair does, with the size of its messages in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Round trips.
    Echo(usize),
    /// Round trips of a small object.
    Jobs,
    /// Two messages, then a reply.
    Twice(usize),
    /// Messages one way, and an answer to the last.
    Stream(usize),
    /// The same into memory that serves again.
    Reuse(usize),
    /// The same with a call for many, where there is one.
    Batch(usize),
    /// Connect, handshake, close.
    Connect,
    /// Connect, handshake, one message each way, close.
    Request,
    /// Peak memory of receiving a bytes object.
    Memory(usize),
}

impl Work {
    fn order(self, count: u64) -> String {
        match self {
            Work::Echo(size) => format!("echo {size} {count}"),
            Work::Jobs => format!("jobs 0 {count}"),
            Work::Twice(size) => format!("twice {size} {count}"),
            Work::Stream(size) => format!("stream {size} {count}"),
            Work::Reuse(size) => format!("reuse {size} {count}"),
            Work::Batch(size) => format!("batch {size} {count}"),
            Work::Connect => format!("connect 0 {count}"),
            Work::Request => format!("request 0 {count}"),
            Work::Memory(size) => format!("memory {size} {count}"),
        }
    }

    fn needs_key(self) -> bool {
        matches!(self, Work::Connect | Work::Request)
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Over::Unix => "Unix",
            Over::Tcp => "TCP",
        })
    }
}

/// A client's side and a server's, by name: `CPython-Rust`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sides {
    pub(crate) client: Side,
    pub(crate) server: Side,
}

impl Side {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Ours => "Rust",
            Side::Floor => "bare",
            Side::CPython => "CPython",
            Side::Before => "before",
        }
    }
}

impl Sides {
    pub(crate) fn name(self) -> String {
        format!("{}-{}", self.client.name(), self.server.name())
    }

    pub(crate) const fn both(side: Side) -> Self {
        Sides {
            client: side,
            server: side,
        }
    }
}

/// What all pairs of a run share.
pub(crate) struct Setting {
    pub(crate) python: Python,
    /// Another build of this bench.
    pub(crate) before: Option<PathBuf>,
    /// Where sockets of the run lie.
    pub(crate) directory: PathBuf,
    /// The cores of the one and the other process.
    pub(crate) cores: (usize, usize),
}

/// What so much work took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// Nanoseconds, or bytes of memory.
    pub(crate) taken: f64,
    /// Nanoseconds of a processor, of both processes.
    pub(crate) cpu: f64,
}

/// The two processes; they end with it.
pub(crate) struct Pair {
    work: Work,
    server: Child,
    client: Child,
    answers: mpsc::Receiver<String>,
}

impl Pair {
    pub(crate) fn start(
        setting: &Setting,
        sides: Sides,
        over: Over,
        cores: Cores,
        work: Work,
    ) -> io::Result<Pair> {
        let (client_core, server_core) = match cores {
            Cores::One => (setting.cores.0, setting.cores.0),
            Cores::Two => (setting.cores.1, setting.cores.0),
        };
        let key = if work.needs_key() { KEY } else { "-" };
        let address = match over {
            Over::Unix => format!("unix:{}", fresh_path(&setting.directory).display()),
            Over::Tcp => "127.0.0.1:0".to_owned(),
        };
        let peer = |side, role: &str, core: usize, address: &str| {
            command(setting, side)
                .args([role, &core.to_string(), address, key])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
        };
        let mut server = peer(sides.server, "server", server_core, &address)?;
        let address = answers_of(&mut server)?
            .recv_timeout(PATIENCE)
            .map_err(|_| io::Error::other("the server of a pair did not start"))?;
        let mut client = peer(sides.client, "client", client_core, &address)?;
        let answers = answers_of(&mut client)?;
        Ok(Pair {
            work,
            server,
            client,
            answers,
        })
    }

    /// Where to begin when looking for how often makes a turn: a stream of a few
    /// short messages is mostly its end.
    pub(crate) fn first_count(&self) -> u64 {
        match self.work {
            Work::Stream(size) | Work::Reuse(size) | Work::Batch(size) => {
                (1 << 18) / (size as u64 + 64) + 1
            }
            _ => 1,
        }
    }

    /// Does the work so many times.
    pub(crate) fn run(&mut self, count: u64) -> io::Result<Taken> {
        let orders = self
            .client
            .stdin
            .as_mut()
            .ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(orders, "{}", self.work.order(count))?;
        // It says when everything is ready and warm.
        self.answer()?;
        let before = self.cpu_time();
        let taken = self.answer()?.parse().map_err(io::Error::other)?;
        let cpu = self.cpu_time() - before;
        Ok(Taken { taken, cpu })
    }

    /// Nanoseconds of a processor that both have used.
    fn cpu_time(&self) -> f64 {
        let of = |child: &Child| -> Option<f64> {
            let path = format!("/proc/{}/schedstat", child.id());
            let text = fs::read_to_string(path).ok()?;
            text.split(' ').next()?.parse().ok()
        };
        of(&self.client).unwrap_or(f64::NAN) + of(&self.server).unwrap_or(f64::NAN)
    }

    fn answer(&mut self) -> io::Result<String> {
        let failed = |_| io::Error::other(format!("no answer to {:?}", self.work));
        self.answers.recv_timeout(PATIENCE).map_err(failed)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for child in [&mut self.client, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn command(setting: &Setting, side: Side) -> Command {
    let mut command = match side {
        Side::CPython => {
            let mut command = Command::new(&setting.python.executable);
            command.arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/python-fixtures/bench_peer.py"
            ));
            return command;
        }
        Side::Before => Command::new(setting.before.clone().unwrap_or_default()),
        Side::Ours | Side::Floor => Command::new(env::current_exe().unwrap_or_default()),
    };
    let kind = if side == Side::Floor { "floor" } else { "ours" };
    command.args(["peer", kind]);
    command.env(crate::ours::OFFER, setting.python.digest().name());
    command
}

/// The lines that a process prints, read by a thread so that waiting has an end.
fn answers_of(child: &mut Child) -> io::Result<mpsc::Receiver<String>> {
    let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

fn fresh_path(directory: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    directory.join(format!("{}.sock", NEXT.fetch_add(1, Ordering::Relaxed)))
}
