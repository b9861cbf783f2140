//! What both of the benches do: ours with the system's allocator, and with another one.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use bench_harness::command_line::{Bench, Options};
use bench_harness::cores;
use bench_harness::python::{self, Python};
use bench_harness::turns::Work as _;

use crate::claims::Set;
use crate::measure::{self, FULL, QUICK};
use crate::side::Side;
use crate::work::Kind;
use crate::{ours, peer};

const BENCH: Bench = Bench {
    name: env!("CARGO_CRATE_NAME"),
    target_tmp: env!("CARGO_TARGET_TMPDIR"),
};

/// Who takes part, and how.
pub(crate) struct Setting {
    pub(crate) python: Python,
    pub(crate) system_python: Option<Python>,
    pub(crate) directory: PathBuf,
    pub(crate) core: usize,
    /// Whose memory Rust uses.
    allocator: &'static str,
    /// Whether CPython collects cycles meanwhile.
    pub(crate) collects: bool,
    protocol: u8,
}

impl Setting {
    /// What is written is of a protocol that both write.
    pub(crate) fn protocol(&self, kind: Kind) -> u8 {
        match kind {
            Kind::Dumps | Kind::DumpsTyped => ours::writes(self.protocol),
            Kind::Owned | Kind::Borrowed | Kind::Typed | Kind::TypedBorrowed => self.protocol,
        }
    }

    /// Has a Python make the pickle.
    pub(crate) fn write(&self, set: &Set, protocol: u8) -> io::Result<()> {
        let order = format!("write {} {protocol}", set.word);
        Side::python(self, &self.python, order)?.run(1).map(drop)
    }
}

/// Runs the bench with that allocator for Rust.
pub(crate) fn main(allocator: &'static str) -> ExitCode {
    BENCH.main(peer::run, |options| bench(options, allocator))
}

fn bench(options: &Options, allocator: &'static str) -> io::Result<()> {
    let effort = options.effort(FULL, QUICK);
    let protocol = options.value("--protocol=").unwrap_or("5");
    let python = python::find()?;
    let directory = BENCH.directory()?;
    let setting = Setting {
        system_python: system_python(&python),
        python,
        directory: directory.path().to_owned(),
        core: cores::find()?.0,
        collects: !options.has("--no-gc"),
        allocator,
        protocol: protocol.parse().map_err(io::Error::other)?,
    };
    let heading = heading(&setting);
    println!("{heading}\n");
    let measured = measure::all(&setting, effort, options.filter().unwrap_or_default())?;
    if effort.is_measured() {
        BENCH.publish(&heading, &measured.rows, options.filter().is_none())?;
    }
    for line in &measured.left_out {
        println!("left out: {line}");
    }
    Ok(())
}

/// The Python of the system's packages, if that is another one.
fn system_python(first: &Python) -> Option<Python> {
    let named = env::var_os("MPCONN_SYSTEM_PYTHON").unwrap_or_else(|| "/usr/bin/python3".into());
    let real = |path: &PathBuf| fs::canonicalize(path).ok();
    python::look_at(named)
        .ok()
        .filter(|other| real(&other.executable) != real(&first.executable))
}

fn heading(setting: &Setting) -> String {
    let name = |python: &Python| format!("{} ({})", python.name, python.executable.display());
    let system = setting.system_python.as_ref();
    format!(
        "CPython is {}, the system's {}; its collector of cycles is {}; our \
         allocator is {}.",
        name(&setting.python),
        system.map_or("is not there or the same".to_owned(), name),
        if setting.collects {
            "on, as by default"
        } else {
            "off (--no-gc)"
        },
        setting.allocator,
    )
}
