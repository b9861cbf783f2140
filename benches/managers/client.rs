//! The processes: managers, which last as long as the bench, and clients, which take orders.

use std::process::Command;
use std::{env, io};

use bench_harness::process::Process;
use bench_harness::turns::{self, Taken};

use crate::Setting;
use crate::claims::{Claim, Over, Work};

/// The managers of a run, each with its address.
pub(crate) struct Managers {
    unix: (Process, String),
    tcp: (Process, String),
}

impl Managers {
    pub(crate) fn start(setting: &Setting) -> io::Result<Managers> {
        let socket = setting.directory.join("manager.sock");
        let start = |address: &str| {
            let mut command = setting.python.script("bench_manager.py");
            command.args(["serve", &setting.cores.0.to_string(), address]);
            let mut process = Process::start(&mut command)?;
            let address = process.answer("the start of a manager")?;
            Ok::<_, io::Error>((process, address))
        };
        Ok(Managers {
            unix: start(&format!("unix:{}", socket.display()))?,
            tcp: start("127.0.0.1:0")?,
        })
    }

    pub(crate) fn address(&self, over: Over) -> &str {
        match over {
            Over::Unix => &self.unix.1,
            Over::Tcp => &self.tcp.1,
        }
    }
}

/// Whose client it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ours,
    CPython,
}

/// A client, whose threads do one kind of work.
pub(crate) struct Client {
    process: Process,
    work: Work,
    threads: usize,
    fixed_count: Option<u64>,
}

impl Client {
    /// Starts a client of the manager there.
    pub(crate) fn start(
        setting: &Setting,
        side: Side,
        core: usize,
        address: &str,
        &Claim {
            work,
            threads,
            over,
            ..
        }: &Claim,
    ) -> io::Result<Client> {
        let mut command = match side {
            Side::CPython => setting.python.script("bench_manager.py"),
            Side::Ours => Command::new(env::current_exe()?),
        };
        command.arg(match side {
            Side::CPython => "client",
            Side::Ours => "peer",
        });
        command.args([&core.to_string(), address]);
        if side == Side::Ours {
            command.arg(setting.python.digest());
        }
        Ok(Client {
            process: Process::start(&mut command)?,
            work,
            threads,
            fixed_count: work.fixed_count(over),
        })
    }
}

impl turns::Work for Client {
    fn fixed_count(&self) -> Option<u64> {
        self.fixed_count
    }

    /// Has each thread do the work that many times. CPU time is that of the client alone.
    fn run(&mut self, count: u64) -> io::Result<Taken> {
        let order = format!("{} {} {count}", self.work.word(), self.threads);
        self.process.order(&order)?;
        // It says when everything is ready and warm.
        self.process.answer(&order)?;
        let taken = self.process.answer(&order)?;
        let mut figures = taken.split(' ').map(str::parse);
        match (figures.next(), figures.next()) {
            (Some(Ok(wall)), Some(Ok(cpu))) => Ok(Taken { wall, cpu }),
            _ => Err(io::Error::other(format!("{order:?} took {taken:?}"))),
        }
    }
}
