//! The `mpconn` program: `multiprocessing.connection` at a shell.
//!
//! Each verb is a file or folder, on top of the library's public API. Values go to standard output, one
//! a line; everything else goes to standard error. `args` has the verbs, options and help.

#[cfg(not(unix))]
compile_error!(
    "the program is not supported on this system yet: it works on Linux and other Unix systems"
);

mod args;
mod colors;
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
mod pickle;
mod probe;
mod queue;
mod raw_socket;
mod relay;
mod report;
mod report_queue;
mod slots;
mod stop;
mod throttle;
mod values;

use std::process::ExitCode;

use args::Verb;
pub(crate) use exit_codes::Exit;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code.into(),
        Err(error) => report::report(&error).into(),
    }
}

/// Reads the command line and does what it says.
fn run() -> anyhow::Result<Exit> {
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
