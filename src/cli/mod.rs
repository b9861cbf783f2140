//! The verbs of the program, one file or folder each, on top of the crate's public API.
//!
//! Values go to standard output, one a line; everything else to standard error.

mod args;
mod bare;
mod command_line;
mod connect;
mod demo;
mod exit_codes;
mod key;
mod limits;
mod listen;
mod manager;
mod messages;
mod output;
mod paint;
mod pickle;
mod probe;
mod queue;
mod relay;
mod reports;
mod slots;
mod stop;
mod throttle;
mod values;

pub(crate) use exit_codes::Exit;

use args::Verb;

/// Reads the command line and does what it says.
pub(crate) fn run() -> anyhow::Result<Exit> {
    let verb = match command_line::read() {
        Ok(cli) => cli.verb,
        Err(error) => return command_line::explain(error),
    };
    match verb {
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
    output::note_lines(&format!("mpconn: {}", exit_codes::describe(error)));
    exit_codes::classify(error)
}
