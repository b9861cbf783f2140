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
/// When standard output was asked for the help and takes nothing.
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
    // Nobody may be there to read it.
    let _ = print_escaped(&error);
    Ok(Exit::Usage)
}

/// clap quotes the arguments as they are, with line ends that look like its own. The error of the
/// escaped arguments is the same in text that is safe.
fn print_escaped(error: &clap::Error) -> io::Result<()> {
    let args = std::env::args_os().map(|arg| -> OsString {
        let text = arg.to_string_lossy();
        escaped(&text).into_owned().into()
    });
    match Cli::try_parse_from(args) {
        Err(safe) if safe.kind() == error.kind() => safe.print(),
        // Only the unescaped form is wrong, or wrong in this way.
        _ => {
            output::note_lines(&error.render().to_string());
            Ok(())
        }
    }
}
