//! The `mpconn` program: `multiprocessing.connection` at a shell.
//!
//! `mpconn --help` has the verbs; `cli::args` has the text of it.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code.into(),
        Err(error) => cli::report(&error).into(),
    }
}
