//! Rust, CPython and bare sockets in turns, so that each figure is a ratio.
//!
//! ```text
//! cargo bench --bench ratios                    every claim
//! cargo bench --bench ratios -- --quick         fewer and shorter turns
//! cargo bench --bench ratios -- "one way"       the claims whose names contain that
//! cargo bench --bench ratios -- --against=PATH  another build of this bench, in turns
//! MPCONN_PYTHON=python3.13 cargo bench --bench ratios
//! ```
//!
//! Two pairs of processes do the same work, A B A B ... Each turn gives a ratio, and their
//! median is the figure. The table goes to the terminal and, if it has all claims, to `target/bench/ratios.md` and `.json`. Without `--bench`, as
//! `cargo test --benches` starts it, everything is done once and nothing is printed.

mod claims;
mod floor;
mod measure;
mod memory;
mod ours;
mod pair;
mod peer;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use bench_harness::command_line::{Bench, Options};
use bench_harness::{cores, python};

use measure::{FULL, QUICK};
use pair::Setting;

const BENCH: Bench = Bench {
    name: "ratios",
    target_tmp: env!("CARGO_TARGET_TMPDIR"),
};

fn main() -> ExitCode {
    BENCH.main(run_peer, bench)
}

fn run_peer(args: &[String]) -> io::Result<()> {
    match args {
        [kind, rest @ ..] if kind == "ours" => peer::run::<ours::Ours>(rest),
        [_, rest @ ..] => peer::run::<floor::Floor>(rest),
        [] => Err(io::Error::other("peer KIND ...")),
    }
}

fn bench(options: &Options) -> io::Result<()> {
    let effort = options.effort(FULL, QUICK);
    let before = options.value("--against=");
    let directory = BENCH.directory()?;
    let setting = Setting {
        python: python::find()?,
        before: before.map(PathBuf::from),
        directory: directory.path().to_owned(),
        cores: cores::find()?,
    };
    let heading = heading(&setting);
    println!("{heading}\n");
    let rows = measure::all(&setting, effort, options.filter().unwrap_or_default())?;
    if effort.is_measured() {
        let complete = options.filter().is_none() && before.is_none();
        BENCH.publish(&heading, &rows, complete)?;
    }
    Ok(())
}

fn heading(setting: &Setting) -> String {
    let python = &setting.python;
    let (one, other) = setting.cores;
    format!(
        "CPython is {} ({}); handshakes with {} on both sides; one core is {one}, two are {one} and {other}.",
        python.name,
        python.executable.display(),
        python.digest()
    )
}
