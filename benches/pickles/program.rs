//! What both of the benches do: ours with the system's allocator, and with another one.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use crate::claims::Set;
use crate::measure::{self, Effort};
use crate::python::{self, Python};
use crate::side::Side;
use crate::work::Kind;
use crate::{cores, ours, peer, report};

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
        let mut python = Side::python(self, &self.python.executable)?;
        let done = python.run(&format!("write {} {protocol}", set.word), 1)?;
        done.map(|_| ()).map_err(io::Error::other)
    }
}

/// With that allocator for Rust.
pub(crate) fn main(allocator: &'static str) -> ExitCode {
    match run(allocator) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pickles: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(allocator: &'static str) -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match &args[..] {
        [peer, rest @ ..] if peer == "peer" => peer::run(rest),
        _ => bench(&args, allocator),
    }
}

fn bench(args: &[String], allocator: &'static str) -> io::Result<()> {
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
        allocator,
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
        report::write(&place, env!("CARGO_CRATE_NAME"), &heading, &measured.rows)?;
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
