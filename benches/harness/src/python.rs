//! The CPython that is measured against.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// Prints what [`look_at`] reads.
const WHO: &str = "import sys, platform
print(sys.executable)
print(platform.python_implementation(), platform.python_version(), platform.python_compiler())
print(sys.version_info[1])";

/// An interpreter.
#[derive(Debug)]
pub struct Python {
    /// Its program.
    pub executable: PathBuf,
    /// Name, version and compiler.
    pub name: String,
    minor: u32,
}

impl Python {
    /// Returns the name of the digest that it authenticates with.
    pub fn digest(&self) -> &'static str {
        if self.minor < 12 { "md5" } else { "sha256" }
    }

    /// Returns a command that runs this file of `python-fixtures`.
    pub fn script(&self, file: &str) -> Command {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../python-fixtures");
        let mut command = Command::new(&self.executable);
        command.arg(Path::new(fixtures).join(file));
        command
    }
}

/// Finds `MPCONN_PYTHON`, by default `python3`.
///
/// # Errors
/// Fails if it does not run.
pub fn find() -> io::Result<Python> {
    look_at(env::var_os("MPCONN_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// Asks that program which Python it is.
///
/// # Errors
/// Fails if it does not run, or is no Python.
pub fn look_at(python: OsString) -> io::Result<Python> {
    let explain = |why: String| {
        let python = Path::new(&python).display();
        io::Error::other(format!(
            "{python} cannot be used: {why}; set MPCONN_PYTHON to a CPython of 3.6 or later"
        ))
    };
    let output = Command::new(&python).args(["-c", WHO]).output();
    let output = output.map_err(|error| explain(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines().map(str::to_owned);
    match (lines.next(), lines.next(), lines.next()) {
        (Some(executable), Some(name), Some(minor)) => Ok(Python {
            executable: executable.into(),
            name,
            minor: minor.parse().map_err(io::Error::other)?,
        }),
        _ => Err(explain("it did not say its version".to_owned())),
    }
}
