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
//! Two pairs of processes do the same work, A B A B ..., each turn gives a ratio, the
//! median of them is the figure. The table goes to the terminal, and where it has all
//! claims to `target/bench/ratios.md` and `.json`. Without `--bench`, as
//! `cargo test --benches` starts it, everything is done once and nothing is told.

mod claims;
mod cores;
mod floor;
mod measure;
mod memory;
mod ours;
mod pair;
mod peer;
mod python;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use measure::Effort;
use pair::Setting;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ratios: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [peer, kind, rest @ ..] if peer == "peer" => match kind.as_str() {
            "ours" => peer::run::<ours::Ours>(rest),
            _ => peer::run::<floor::Floor>(rest),
        },
        _ => bench(&args),
    }
}

fn bench(args: &[String]) -> io::Result<()> {
    let effort = match args {
        args if !args.iter().any(|arg| arg == "--bench") => Effort::ONCE,
        args if args.iter().any(|arg| arg == "--quick") => Effort::QUICK,
        _ => Effort::FULL,
    };
    if args.iter().any(|arg| arg == "--list") {
        // A test runner asks which tests there are.
        return Ok(());
    }
    let before = args.iter().find_map(|arg| arg.strip_prefix("--against="));
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    let setting = Setting {
        python: python::find()?,
        before: before.map(PathBuf::from),
        directory: env::temp_dir().join(format!("mpconn-ratios-{}", std::process::id())),
        cores: cores::find()?,
    };
    let heading = heading(&setting);
    println!("{heading}\n");
    fs::create_dir_all(&setting.directory)?;
    let rows = measure::all(&setting, effort, filter.map_or("", String::as_str));
    fs::remove_dir_all(&setting.directory)?;
    let rows = rows?;
    if effort.tells() {
        println!("\n{}", report::table(&rows));
    }
    if effort.tells() && filter.is_none() && before.is_none() {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../bench");
        report::write(&place, "ratios", &heading, &rows)?;
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
