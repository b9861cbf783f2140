//! `call`: one method of one object, once or for each line of standard input.

use std::io::{self, BufRead};

use anyhow::Context;
use mpconn::Value;
use mpconn::manager::{OtherManagers, Proxy, Returned};

use super::{Recipe, Way, arguments, counting, raised, show};
use crate::args;
use crate::exit_codes::{Ended, Exit};
use crate::output::{self, counted};
use crate::values::Format;

struct Call<'a> {
    method: &'a str,
    args: Vec<Value>,
    kwds: Vec<(String, Value)>,
    format: Format,
    growth: usize,
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
    };
    let recipe = Recipe::read(&args.making, format)?;
    let way = Way {
        address: &args.address,
        timeout: args.timeout,
        max_message: args.max_message,
        others: other_managers(args)?,
        serializer: &args.serializer,
        key: &args.key,
    };
    let proxy = recipe.make(&way.connect()?, &args.typeid)?;
    let called = match args.lines {
        true => call.for_each_line(&proxy),
        false => call.once(&proxy),
    };
    let outcome = match called {
        Ok(()) => Ok(Exit::Done),
        Err(error) => raised::in_call(error, &proxy),
    };
    let _counting = counting();
    drop(proxy);
    outcome
}

fn other_managers(args: &args::Call) -> Result<OtherManagers, Ended> {
    let mut others = OtherManagers::none();
    for (address, file) in &args.other_manager {
        let given = args.key.in_file(file)?;
        given.warn();
        others = others.allow(address.clone(), given.key);
    }
    Ok(match args.other_managers {
        true => others.allow_any_with_the_same_key(),
        false => others,
    })
}

impl Call<'_> {
    fn once(&self, proxy: &Proxy) -> anyhow::Result<()> {
        match self.call(proxy, &self.args)? {
            true => Ok(()),
            false => Err(Ended::failed(cut(1)).into()),
        }
    }

    /// Returns whether the result was printed as a whole.
    fn call(&self, proxy: &Proxy, args: &Vec<Value>) -> anyhow::Result<bool> {
        let returned: Returned = proxy.call_kw(self.method, args, &self.kwds)?;
        show::print(&returned, self.format, self.growth)
    }

    /// With one more argument each time. Lines that are no value are reported and left out.
    fn for_each_line(&self, proxy: &Proxy) -> anyhow::Result<()> {
        let mut args = self.args.clone();
        let (mut flawed, mut shortened) = (0, 0);
        for (number, line) in (1_u64..).zip(io::stdin().lock().split(b'\n')) {
            let line = line.context("cannot read standard input")?;
            let text = line.trim_ascii_end();
            if text.is_empty() {
                continue;
            }
            match self.format.read(text) {
                Ok(value) => {
                    args.push(value);
                    let is_whole = self
                        .call(proxy, &args)
                        .with_context(|| format!("line {number}"))?;
                    shortened += u64::from(!is_whole);
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
        let left_out = format!("{} left out", counted(flawed, "line"));
        let problem = match (flawed, shortened) {
            (0, 0) => return Ok(()),
            (0, n) => cut(n),
            (_, 0) => format!("{left_out}, see above"),
            (_, n) => format!("{left_out}, {}", cut(n)),
        };
        Err(Ended::failed(problem).into())
    }
}

fn cut(results: u64) -> String {
    format!(
        "{} not shown as a whole, see above",
        counted(results, "result")
    )
}
