//! The `mpconn` program: `multiprocessing.connection` at a shell.
//!
//! `mpconn --help` has the verbs; `cli::args` has the text of it.

#[cfg(unix)]
mod cli;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code.into(),
        Err(error) => cli::report(&error).into(),
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("mpconn: this system is not supported yet; it works on Linux and other Unix systems");
    ExitCode::FAILURE
}
