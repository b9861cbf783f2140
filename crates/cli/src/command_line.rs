//! Reads the command line, and explains what is wrong with it.

use std::ffi::OsString;
use std::io;

use clap::Parser;
use clap::error::ErrorKind;
use mpconn::escaped;

use super::args::Cli;
use super::exit_codes::Exit;
use super::output;

pub(crate) fn read() -> Result<Cli, clap::Error> {
    Cli::try_parse()
}

/// Prints the help, the version, or what is wrong.
///
/// # Errors
/// Fails if the help cannot be written to standard output.
pub(crate) fn explain(error: clap::Error) -> anyhow::Result<Exit> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return error
            .print()
            .map(|()| Exit::Done)
            .map_err(output::unwritten);
    }
    // Standard error may be closed.
    let _ = print_escaped(&error);
    Ok(Exit::Usage)
}

/// Prints the error with escaped arguments: clap quotes them as they are, with any line ends.
fn print_escaped(error: &clap::Error) -> io::Result<()> {
    let args = std::env::args_os().map(|arg| -> OsString {
        let text = arg.to_string_lossy();
        escaped(&text).into_owned().into()
    });
    match Cli::try_parse_from(args) {
        Err(safe) if safe.kind() == error.kind() => safe.print(),
        // The escaped arguments are right, or wrong in another way.
        _ => {
            output::note_lines(&error.render().to_string());
            Ok(())
        }
    }
}
