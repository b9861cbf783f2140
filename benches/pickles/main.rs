//! Pickles: our codec, CPython's C code, serde-pickle and one copy of the memory in turns.
//!
//! ```text
//! cargo bench --bench pickles                     everything
//! cargo bench --bench pickles -- --quick          fewer and shorter turns
//! cargo bench --bench pickles -- "records, loads" the works whose names contain that
//! cargo bench --bench pickles -- --protocol=4     instead of 5
//! cargo bench --bench pickles -- --no-gc          CPython's collector of cycles is off
//! MPCONN_PYTHON=python3.11 cargo bench --bench pickles
//! ```
//!
//! Each ratio is a rival's time over ours of the same turn, the median of them is the figure.
//! Beside `MPCONN_PYTHON` the Python of the system's packages is measured,
//! `MPCONN_SYSTEM_PYTHON` or `/usr/bin/python3`, where there is one. The table goes to the
//! terminal, and where it has all works to `target/bench/pickles.md` and `.json`. Without
//! `--bench`, as `cargo test --benches` starts it, everything is done once and nothing is told.

mod claims;
#[path = "../ratios/cores.rs"]
mod cores;
mod measure;
mod others;
mod ours;
mod peer;
#[path = "../ratios/python.rs"]
#[expect(dead_code, reason = "handshakes have digests")]
mod python;
#[path = "../ratios/report.rs"]
#[expect(dead_code, reason = "nothing here has a limit above")]
mod report;
mod side;
mod types;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use claims::Set;
use measure::Effort;
use python::Python;
use side::Side;
use work::Kind;

/// Who takes part, and how.
pub(crate) struct Setting {
    python: Python,
    system_python: Option<Python>,
    directory: PathBuf,
    core: usize,
    /// Whether CPython collects cycles meanwhile.
    collects: bool,
    protocol: u8,
}

impl Setting {
    /// What is written is of a protocol that both write.
    fn protocol(&self, kind: Kind) -> u8 {
        match kind {
            Kind::Dumps | Kind::DumpsTyped => ours::writes(self.protocol),
            Kind::Owned | Kind::Borrowed | Kind::Typed | Kind::TypedBorrowed => self.protocol,
        }
    }

    /// Has a Python make the pickle.
    fn write(&self, set: &Set, protocol: u8) -> io::Result<()> {
        let mut python = Side::python(self, &self.python.executable)?;
        let done = python.run(&format!("write {} {protocol}", set.word), 1)?;
        done.map(|_| ()).map_err(io::Error::other)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pickles: {error}");
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
    let protocol = args.iter().find_map(|arg| arg.strip_prefix("--protocol="));
    let python = python::find()?;
    let setting = Setting {
        system_python: system_python(&python),
        python,
        directory: env::temp_dir().join(format!("mpconn-pickles-{}", std::process::id())),
        core: cores::find()?.0,
        collects: !has("--no-gc"),
        protocol: protocol.unwrap_or("5").parse().map_err(io::Error::other)?,
    };
    let heading = heading(&setting);
    println!("{heading}\n");
    fs::create_dir_all(&setting.directory)?;
    let measured = measure::all(&setting, effort, filter.map_or("", String::as_str));
    fs::remove_dir_all(&setting.directory)?;
    let measured = measured?;
    if effort.tells() {
        println!("\n{}", report::table(&measured.rows));
    }
    for line in &measured.left_out {
        println!("left out: {line}");
    }
    if effort.tells() && filter.is_none() {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../bench");
        report::write(&place, "pickles", &heading, &measured.rows)?;
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
        "CPython is {}, the system's {}; its collector of cycles is {}.",
        name(&setting.python),
        system.map_or("is not there or the same".to_owned(), name),
        if setting.collects {
            "on, as by default"
        } else {
            "off (--no-gc)"
        },
    )
}
