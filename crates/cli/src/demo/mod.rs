//! `demo`: both directions against this machine's Python, with every message shown.
//!
//! Python and Rust talk twice in each direction: directly, to measure times, and through the relay of
//! `mpconn relay`, which sees each message. `python` runs the Python programs of this folder, `exchange`
//! is Rust's side, `display` prints what happened.

mod display;
mod exchange;
mod objects;
mod python;

use std::time::Instant;

use super::args;
use super::colors::Colors;
use super::exit_codes::{Ended, Exit};
use display::Display;
use exchange::Demo;
use python::Python;

pub(crate) fn run(args: &args::Demo) -> anyhow::Result<Exit> {
    let deadline = Instant::now() + args.timeout;
    let python = Python::find(args.python.as_deref(), deadline)?;
    let demo = Demo::new(python, deadline)?;
    let display = Display::new(Colors::for_stdout());

    display.opening(&demo.python)?;
    let first = demo.python_connects()?;
    display.direction(&display::PYTHON_CONNECTS, &first)?;
    let second = demo.rust_connects()?;
    display.direction(&display::RUST_CONNECTS, &second)?;

    if first.is_equal() && second.is_equal() {
        display.closing()?;
        return Ok(Exit::Done);
    }
    Err(Ended::failed("some received objects are not equal to those that were sent").into())
}
