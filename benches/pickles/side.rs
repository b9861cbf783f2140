//! One process that takes part.

use std::path::Path;
use std::process::Command;
use std::{env, io};

use bench_harness::process::Process;
use bench_harness::python::Python;
use bench_harness::turns::{Taken, Work};

use crate::bench::Setting;

/// A process with its order.
pub(crate) struct Side {
    process: Process,
    order: String,
}

impl Side {
    /// Starts a CPython.
    pub(crate) fn python(setting: &Setting, python: &Python, order: String) -> io::Result<Side> {
        let mut command = python.script("bench_pickle.py");
        add_arguments(&mut command, setting.core, &setting.directory);
        if !setting.collects {
            command.arg("--no-gc");
        }
        let process = Process::start(&mut command)?;
        Ok(Side { process, order })
    }

    /// Starts this program.
    pub(crate) fn rust(setting: &Setting, order: String) -> io::Result<Side> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("peer");
        add_arguments(&mut command, setting.core, &setting.directory);
        let process = Process::start(&mut command)?;
        Ok(Side { process, order })
    }
}

fn add_arguments(command: &mut Command, core: usize, directory: &Path) {
    command.arg(core.to_string()).arg(directory);
}

impl Work for Side {
    fn run(&mut self, count: u64) -> io::Result<Taken> {
        self.process.order(&format!("{} {count}", self.order))?;
        let first = self.process.answer(&self.order)?;
        if let Some(reason) = first.strip_prefix("no ") {
            return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
        }
        let before = self.process.cpu_time();
        let wall = self.process.answer(&self.order)?.parse();
        Ok(Taken {
            wall: wall.map_err(io::Error::other)?,
            cpu: self.process.cpu_time() - before,
        })
    }
}
