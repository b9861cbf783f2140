//! `pickle load`: pickles to Python literals, or JSON.

use std::io::{self, BufWriter, Write};

use mpconn::pickle::Value;

use super::input::Pickles;
use super::literal;
use crate::cli::args::Load;
use crate::cli::exit_codes::{Ended, Exit};
use crate::cli::output;

/// How many bytes of text a byte of a pickle becomes at most, without what is shared.
const TEXT_PER_BYTE: usize = 16;

pub(super) fn run(args: &Load) -> anyhow::Result<Exit> {
    let mut pickles = Pickles::open(args.file.as_deref(), &args.input, &args.read)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = print_all(args, &mut pickles, &mut out);
    // What came before an error is printed before it.
    out.flush().map_err(output::unwritten)?;
    outcome.map(|()| Exit::Done)
}

fn print_all(args: &Load, pickles: &mut Pickles, out: &mut impl Write) -> anyhow::Result<()> {
    let mut noted = false;
    let mut lines = 0_u64;
    while let Some((value, length)) = pickles.next()? {
        let limit = length.saturating_mul(TEXT_PER_BYTE);
        let limit = limit.saturating_add(args.max_growth);
        let printed = print(args, &value, limit, out);
        let readable = printed.map_err(|error| match output::is_closed(&error) {
            true => error,
            false => error.context(pickles.place()),
        })?;
        lines += 1;
        if pickles.is_live() {
            out.flush().map_err(output::unwritten)?;
        }
        if !readable && !noted {
            noted = true;
            output::note(&format!(
                "line {lines} is no literal from which `mpconn pickle dump` makes the same: it \
                 holds a class, an instance or a cycle; --json --exact and `mpconn pickle recode` \
                 keep these"
            ));
        }
    }
    Ok(())
}

/// Says whether the same value can be made of it again.
fn print(args: &Load, value: &Value, limit: usize, out: &mut impl Write) -> anyhow::Result<bool> {
    let json = match (args.json, args.exact) {
        (false, _) => return literal::print(out, value, limit),
        (true, false) => value.try_json(limit),
        (true, true) => value.try_exact_json(limit),
    };
    let json = json.map_err(|error| Ended::failed(format!("{error} (--max-growth)")))?;
    writeln!(out, "{json}").map_err(output::unwritten)?;
    Ok(true)
}
