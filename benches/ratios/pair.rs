//! Two processes that talk to each other, and the orders given to one of them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fmt, io};

use bench_harness::KEY;
use bench_harness::cores::Cores;
use bench_harness::process::Process;
use bench_harness::python::Python;
use bench_harness::turns::{self, Taken};

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

/// The two processes; they end with it.
pub(crate) struct Pair {
    work: Work,
    server: Process,
    client: Process,
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
            Process::start(command(setting, side).args([role, &core.to_string(), address, key]))
        };
        let mut server = peer(sides.server, "server", server_core, &address)?;
        let address = server.answer("the start of a server")?;
        let client = peer(sides.client, "client", client_core, &address)?;
        Ok(Pair {
            work,
            server,
            client,
        })
    }

    fn cpu_time(&self) -> f64 {
        self.client.cpu_time() + self.server.cpu_time()
    }
}

impl turns::Work for Pair {
    /// A stream of a few short messages is mostly its end.
    fn first_count(&self) -> u64 {
        match self.work {
            Work::Stream(size) | Work::Reuse(size) | Work::Batch(size) => {
                (1 << 18) / (size as u64 + 64) + 1
            }
            _ => 1,
        }
    }

    /// Does the work that many times; of [`Work::Memory`] the wall time is bytes.
    fn run(&mut self, count: u64) -> io::Result<Taken> {
        let order = self.work.order(count);
        self.client.order(&order)?;
        // It says when everything is ready and warm.
        self.client.answer(&order)?;
        let before = self.cpu_time();
        let wall = self.client.answer(&order)?.parse();
        Ok(Taken {
            wall: wall.map_err(io::Error::other)?,
            cpu: self.cpu_time() - before,
        })
    }
}

fn command(setting: &Setting, side: Side) -> Command {
    let mut command = match side {
        Side::CPython => return setting.python.script("bench_peer.py"),
        Side::Before => Command::new(setting.before.clone().unwrap_or_default()),
        Side::Ours | Side::Floor => Command::new(env::current_exe().unwrap_or_default()),
    };
    let kind = if side == Side::Floor { "floor" } else { "ours" };
    command.args(["peer", kind]);
    command.env(crate::ours::OFFER, setting.python.digest());
    command
}

fn fresh_path(directory: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    directory.join(format!("{}.sock", NEXT.fetch_add(1, Ordering::Relaxed)))
}
