//! `pickle load`: prints pickles as Python literals or JSON.

use std::io::{self, BufWriter, Write};

use mpconn::pickle::Value;

use super::input::Pickles;
use super::literal::{self, Printed};
use crate::args::Load;
use crate::exit_codes::Exit;
use crate::output;

pub(super) fn run(args: &Load) -> anyhow::Result<Exit> {
    let mut pickles = Pickles::open(args.file.as_deref(), &args.input, &args.read)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = print_all(args, &mut pickles, &mut out);
    // Print what came before an error.
    out.flush().map_err(output::unwritten)?;
    outcome
}

fn print_all(args: &Load, pickles: &mut Pickles, out: &mut impl Write) -> anyhow::Result<Exit> {
    let mut notes = Notes::default();
    while let Some((value, _)) = pickles.next()? {
        let printed = print(args, &value, out).map_err(output::unwritten)?;
        if pickles.is_live() {
            out.flush().map_err(output::unwritten)?;
        }
        notes.line(args, printed);
    }
    Ok(match notes.cut {
        false => Exit::Done,
        true => Exit::Failed,
    })
}

fn print(args: &Load, value: &Value, out: &mut impl Write) -> io::Result<Printed> {
    let show = value.show().growth(args.max_growth);
    let json = match (args.json, args.exact) {
        (false, _) => return literal::print(out, show),
        (true, false) => show.to_json(),
        (true, true) => value.to_exact_json(),
    };
    out.write_all(json.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(Printed {
        is_literal: true,
        is_whole: true,
    })
}

/// Notes about lines, each printed once.
#[derive(Default)]
struct Notes {
    lines: u64,
    unreadable: bool,
    cut: bool,
}

impl Notes {
    fn line(&mut self, args: &Load, printed: Printed) {
        self.lines += 1;
        let line = self.lines;
        if !printed.is_whole && !self.cut {
            self.cut = true;
            output::note(&format!(
                "line {line} is cut: repetitions of shared objects would add more than {} bytes to it; \
                 --max-growth BYTES allows more, --json --exact writes each of them once",
                args.max_growth
            ));
        }
        if !printed.is_literal && !self.unreadable {
            self.unreadable = true;
            output::note(&format!(
                "line {line} is not a literal that `mpconn pickle dump` can restore: it \
                 has a class, an instance or a cycle; --json --exact and `mpconn pickle recode` \
                 keep these"
            ));
        }
    }
}
