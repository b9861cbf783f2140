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
mod manager;
mod output;
mod pickle;
mod probe;
mod relay;
mod stop;
mod values;

use clap::Parser;

pub(crate) use exit_codes::Exit;

use args::{Cli, Verb};

/// Reads the command line and does what it says.
pub(crate) fn run() -> anyhow::Result<Exit> {
    match Cli::parse().verb {
        Verb::Demo(args) => demo::run(&args),
        Verb::Listen(args) => listen::run(&args),
        Verb::Connect(args) => connect::run(&args),
        Verb::Probe(args) => probe::run(&args),
        Verb::Relay(args) => relay::run(&args),
        Verb::Call(args) => manager::call(&args),
        Verb::Manager(args) => manager::look(&args.verb),
        Verb::Pickle(args) => pickle::run(&args.verb),
    }
}

/// Tells a person of an error, and the shell by the code.
pub(crate) fn report(error: &anyhow::Error) -> Exit {
    if !output::is_closed(error) {
        // With the chain of causes.
        output::note(&format!("mpconn: {error:#}"));
    }
    exit_codes::classify(error)
}
