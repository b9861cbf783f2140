//! `call`: one method of one object, once or for each line of standard input.

use std::cell::Cell;
use std::io::{self, BufRead};

use anyhow::Context;
use mpconn::Value;
use mpconn::manager::{Proxy, Returned};

use super::{Recipe, Way, arguments, counting, raised, show};
use crate::cli::args;
use crate::cli::exit_codes::{Ended, Exit};
use crate::cli::output::{self, counted};
use crate::cli::values::Format;

struct Call<'a> {
    method: &'a str,
    args: Vec<Value>,
    kwds: Vec<(String, Value)>,
    format: Format,
    growth: usize,
    /// Results that were not shown as a whole.
    cut: Cell<u64>,
}

pub(crate) fn run(args: &args::Call) -> anyhow::Result<Exit> {
    run_call(args).map_err(raised::with_options)
}

fn run_call(args: &args::Call) -> anyhow::Result<Exit> {
    let format = Format::of_values(args.json);
    let call = Call {
        method: &args.method,
        args: arguments::positional(&args.args, "ARG", format)?,
        kwds: arguments::keywords(&args.kwds, "--kw", format)?,
        format,
        growth: args.growth.max_growth,
        cut: Cell::new(0),
    };
    let recipe = Recipe::read(&args.making, format)?;
    let way = Way {
        address: &args.address,
        timeout: args.timeout,
        max_message: args.max_message,
        other_managers: args.other_managers,
        serializer: &args.serializer,
        key: &args.key,
    };
    let proxy = recipe.make(&way.connect()?, &args.typeid)?;
    let called = match args.lines {
        true => call.for_each_line(&proxy),
        false => call.once(&proxy),
    };
    let outcome = match called {
        Ok(()) => call.verdict(),
        Err(error) => raised::in_call(error, &proxy),
    };
    let _counting = counting();
    drop(proxy);
    outcome
}

impl Call<'_> {
    fn once(&self, proxy: &Proxy) -> anyhow::Result<()> {
        self.call(proxy, &self.args)
    }

    fn call(&self, proxy: &Proxy, args: &Vec<Value>) -> anyhow::Result<()> {
        let returned: Returned = proxy.call_kw(self.method, args, &self.kwds)?;
        let is_whole = show::print(&returned, self.format, self.growth)?;
        self.cut.set(self.cut.get() + u64::from(!is_whole));
        Ok(())
    }

    fn verdict(&self) -> anyhow::Result<Exit> {
        match self.cut.get() {
            0 => Ok(Exit::Done),
            n => {
                let results = counted(n, "result");
                let message = format!("{results} not shown as a whole, see above");
                Err(Ended::failed(message).into())
            }
        }
    }

    /// With one more argument each time. Lines that are no value are reported and left out.
    fn for_each_line(&self, proxy: &Proxy) -> anyhow::Result<()> {
        let mut args = self.args.clone();
        let mut flawed = 0;
        for (number, line) in (1_u64..).zip(io::stdin().lock().split(b'\n')) {
            let line = line.context("cannot read standard input")?;
            let text = line.trim_ascii_end();
            if text.is_empty() {
                continue;
            }
            match self.format.read(text) {
                Ok(value) => {
                    args.push(value);
                    self.call(proxy, &args)
                        .with_context(|| format!("line {number}"))?;
                    args.pop();
                }
                Err(flaw) => {
                    flawed += 1;
                    output::note(&format!(
                        "line {number}, column {}: {}; the line was left out",
                        flaw.column, flaw.reason
                    ));
                }
            }
        }
        match flawed {
            0 => Ok(()),
            n => Err(Ended::failed(format!("{} left out, see above", counted(n, "line"))).into()),
        }
    }
}
