//! The verbs of the program, one file or folder each, on top of the crate's public API.
//!
//! Values go to standard output, one a line; everything else to standard error.

mod args;
mod bare;
mod connect;
mod demo;
mod exit_codes;
mod key;
mod listen;
mod output;
mod probe;
mod relay;
mod stop;
mod values;

use std::fmt::Write;

use clap::Parser;

pub(crate) use exit_codes::Exit;

use args::{Cli, Verb};
use exit_codes::OutputClosed;

/// Reads the command line and does what it says.
pub(crate) fn run() -> anyhow::Result<Exit> {
    match Cli::parse().verb {
        Verb::Demo(args) => demo::run(&args),
        Verb::Listen(args) => listen::run(&args),
        Verb::Connect(args) => connect::run(&args),
        Verb::Probe(args) => probe::run(&args),
        Verb::Relay(args) => relay::run(&args),
    }
}

/// Tells a person of an error, and the shell by the code.
pub(crate) fn report(error: &anyhow::Error) -> Exit {
    if !error.is::<OutputClosed>() {
        output::note(&format!("mpconn: {}", in_words(error)));
    }
    exit_codes::classify(error)
}

/// The chain of causes. The crate's own errors tell the whole story in their text.
fn in_words(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let separator = if text.is_empty() { "" } else { ": " };
        // Writing to a String does not fail.
        let _ = write!(text, "{separator}{cause}");
        if cause.is::<mpconn::Error>() {
            break;
        }
    }
    text
}
