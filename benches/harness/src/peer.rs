//! The end of a peer process in Rust: reads orders, says when the clock starts, answers.

use std::io::{self, BufRead as _, Write as _};
use std::time::Instant;

use crate::cores;

/// Keeps this process to the core of its arguments; `-` leaves it where it is.
///
/// # Errors
/// Fails if the system refuses.
pub fn pin(core: &str) -> io::Result<()> {
    core.parse().map_or(Ok(()), cores::pin)
}

/// Calls `perform` with each order, and answers with what it returns.
///
/// # Errors
/// Fails if `perform` does, or if the bench has ended.
pub fn serve(mut perform: impl FnMut(&str) -> io::Result<String>) -> io::Result<()> {
    for order in io::stdin().lock().lines() {
        let answered = perform(&order?)?;
        answer(&answered)?;
    }
    Ok(())
}

/// Answers with a line.
///
/// # Errors
/// Fails if the bench has ended.
pub fn answer(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Says that everything is ready and warm, and starts the clock.
///
/// # Errors
/// Fails if the bench has ended.
pub fn go() -> io::Result<Instant> {
    answer("go")?;
    Ok(Instant::now())
}
