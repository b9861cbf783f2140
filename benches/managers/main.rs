//! Clients of a CPython manager: CPython's own proxies and ours in turns.
//!
//! ```text
//! cargo bench --bench managers                    every claim
//! cargo bench --bench managers -- --quick         fewer and shorter turns
//! cargo bench --bench managers -- "worker"        the claims whose names contain that
//! MPCONN_PYTHON=python3.13 cargo bench --bench managers
//! ```
//!
//! Two clients of one manager do the same, A B A B ..., each turn gives a ratio, CPython's time
//! over ours, and the median of them is the figure. The managers last as long as the bench. CPU
//! time is that of the clients. The table goes to the terminal and, if it has all claims, to
//! `target/bench/managers.md` and `.json`. Without `--bench`, as `cargo test --benches` starts it,
//! everything is done once and nothing is printed.

mod claims;
mod client;
mod measure;
mod peer;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use bench_harness::command_line::{Bench, Options};
use bench_harness::cores;
use bench_harness::python::{self, Python};

use measure::{FULL, QUICK};

const BENCH: Bench = Bench {
    name: "managers",
    target_tmp: env!("CARGO_TARGET_TMPDIR"),
};

/// What the whole run shares.
pub(crate) struct Setting {
    python: Python,
    /// Where its sockets are.
    directory: PathBuf,
    /// The managers' core, and the other one.
    cores: (usize, usize),
}

fn main() -> ExitCode {
    BENCH.main(peer::run, bench)
}

fn bench(options: &Options) -> io::Result<()> {
    let effort = options.effort(FULL, QUICK);
    let directory = BENCH.directory()?;
    let setting = Setting {
        python: python::find()?,
        directory: directory.path().to_owned(),
        cores: cores::find()?,
    };
    let heading = heading(&setting);
    println!("{heading}\n");
    let rows = measure::all(&setting, effort, options.filter().unwrap_or_default())?;
    if effort.is_measured() {
        BENCH.publish(&heading, &rows, options.filter().is_none())?;
    }
    Ok(())
}

fn heading(setting: &Setting) -> String {
    let (one, other) = setting.cores;
    format!(
        "CPython is {} ({}); its time over ours; CPU time is the client's; one core is {one}, two are {other} for the client and {one}.",
        setting.python.name,
        setting.python.executable.display(),
    )
}
