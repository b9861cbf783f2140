//! Reports the error that ends the program.

use crate::exit_codes::{self, Exit};
use crate::output;

/// Prints an error to standard error and returns its exit code.
pub(crate) fn report(error: &anyhow::Error) -> Exit {
    output::note_lines(&format!("mpconn: {}", exit_codes::describe(error)));
    exit_codes::classify(error)
}
