//! `demo`: both directions against the machine's own Python, with the wire made visible.
//!
//! Python talks to Rust twice in each direction: directly, for the times, and through
//! the relay of `mpconn relay`, which sees each message. `python` runs the programs
//! that stand beside this file, `talk` is Rust's side, `story` prints what happened.

mod objects;
mod python;
mod story;
mod talk;

use std::time::Instant;

use super::args;
use super::exit_codes::{Ended, Exit};
use super::paint::Paint;
use python::Python;
use story::Story;
use talk::Stage;

pub(crate) fn run(args: &args::Demo) -> anyhow::Result<Exit> {
    let deadline = Instant::now() + args.timeout;
    let python = Python::find(args.python.as_deref(), deadline)?;
    let stage = Stage::new(python, deadline)?;
    let story = Story::new(Paint::for_stdout());

    story.opening(&stage.python)?;
    let first = stage.python_connects()?;
    story.chapter(&story::PYTHON_CONNECTS, &first)?;
    let second = stage.rust_connects()?;
    story.chapter(&story::RUST_CONNECTS, &second)?;

    if first.is_equal() && second.is_equal() {
        story.closing()?;
        return Ok(Exit::Done);
    }
    Err(Ended::failed("objects arrived that are not equal to those that were sent").into())
}
