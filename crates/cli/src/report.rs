//! Tells of the error that ends the program.

use crate::exit_codes::{self, Exit};
use crate::output;

/// Tells a person of an error, and the shell by the code.
pub(crate) fn report(error: &anyhow::Error) -> Exit {
    output::note_lines(&format!("mpconn: {}", exit_codes::describe(error)));
    exit_codes::classify(error)
}
