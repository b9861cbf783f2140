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
//! time is that of the clients. The table goes to the terminal, and where it has all claims to
//! `target/bench/managers.md` and `.json`. Without `--bench`, as `cargo test --benches` starts it,
//! everything is done once and nothing is told.

mod claims;
#[path = "../ratios/cores.rs"]
mod cores;
mod measure;
mod peer;
mod process;
#[path = "../ratios/python.rs"]
mod python;
#[path = "../ratios/report.rs"]
#[expect(
    dead_code,
    reason = "nothing here has a limit above, and rates in the place of times"
)]
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use measure::{Effort, Managers};
use python::Python;

/// What all of a run share.
pub(crate) struct Setting {
    python: Python,
    /// Where sockets of the run lie.
    directory: PathBuf,
    /// The managers' core, and the other one.
    cores: (usize, usize),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("managers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [peer, rest @ ..] if peer == "peer" => peer::run(rest),
        _ => bench(&args),
    }
}

fn bench(args: &[String]) -> io::Result<()> {
    let has = |option: &str| args.iter().any(|arg| arg == option);
    if has("--list") {
        // A test runner asks which tests there are.
        return Ok(());
    }
    let effort = match (has("--bench"), has("--quick")) {
        (false, _) => Effort::ONCE,
        (true, true) => Effort::QUICK,
        (true, false) => Effort::FULL,
    };
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    let setting = Setting {
        python: python::find()?,
        directory: env::temp_dir().join(format!("mpconn-managers-{}", std::process::id())),
        cores: cores::find()?,
    };
    let heading = heading(&setting);
    println!("{heading}\n");
    fs::create_dir_all(&setting.directory)?;
    let rows = measure(&setting, effort, filter.map_or("", String::as_str));
    fs::remove_dir_all(&setting.directory)?;
    let rows = rows?;
    if effort.tells() {
        println!("\n{}", report::table(&rows));
    }
    if effort.tells() && filter.is_none() {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../bench");
        report::write(&place, "managers", &heading, &rows)?;
    }
    Ok(())
}

fn measure(setting: &Setting, effort: Effort, filter: &str) -> io::Result<Vec<report::Row>> {
    let managers = Managers::start(setting)?;
    measure::all(setting, &managers, effort, filter)
}

fn heading(setting: &Setting) -> String {
    let (one, other) = setting.cores;
    format!(
        "CPython is {} ({}); its time over ours; CPU time is the client's; one core is {one}, two are {other} for the client and {one}.",
        setting.python.name,
        setting.python.executable.display(),
    )
}
