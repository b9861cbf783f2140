//! The CPython that is measured against.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

use mpconn::handshake::Digest;

/// Prints what [`find`] reads.
const WHO: &str = "import sys, platform
print(sys.executable)
print(platform.python_implementation(), platform.python_version(), platform.python_compiler())
print(sys.version_info[1])";

pub(crate) struct Python {
    pub(crate) executable: PathBuf,
    /// Name, version and compiler.
    pub(crate) name: String,
    minor: u32,
}

impl Python {
    /// What it authenticates with.
    pub(crate) fn digest(&self) -> Digest {
        if self.minor < 12 {
            Digest::Md5
        } else {
            Digest::Sha256
        }
    }
}

/// `MPCONN_PYTHON`, or else `python3`.
pub(crate) fn find() -> io::Result<Python> {
    look_at(env::var_os("MPCONN_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// That one, if it runs.
pub(crate) fn look_at(python: OsString) -> io::Result<Python> {
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
