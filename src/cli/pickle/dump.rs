//! `pickle dump`: Python literals, or JSON, to pickles.

use std::io::{BufRead, Read};

use anyhow::Context;
use mpconn::pickle;

use super::input::{self, Reader};
use super::target::Target;
use crate::cli::args::Dump;
use crate::cli::exit_codes::{Ended, Exit};
use crate::cli::values::{Flaw, Format};

pub(super) fn run(args: &Dump) -> anyhow::Result<Exit> {
    let mut target = Target::open(&args.output)?;
    let reader = input::open(args.file.as_deref())?;
    let job = Job {
        args,
        format: if args.json {
            Format::Json
        } else {
            Format::Literal
        },
        name: input::name(args.file.as_deref()),
    };
    let outcome = match args.one {
        true => job.dump_whole(reader, &mut target),
        false => job.dump_lines(reader, &mut target),
    };
    target.finish(outcome)
}

struct Job<'a> {
    args: &'a Dump,
    format: Format,
    name: String,
}

impl Job<'_> {
    fn dump_whole(&self, mut reader: Reader, target: &mut Target) -> anyhow::Result<()> {
        let mut text = Vec::new();
        let read = reader.read_to_end(&mut text);
        read.with_context(|| format!("cannot read {}", self.name))?;
        target.write(&self.pickle(&text, 1)?, true)
    }

    fn dump_lines(&self, mut reader: Reader, target: &mut Target) -> anyhow::Result<()> {
        let live = reader.get_ref().is_live();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = reader.read_until(b'\n', &mut line);
            if read.with_context(|| format!("cannot read {}", self.name))? == 0 {
                break;
            }
            let text = line.trim_ascii_end();
            if !text.is_empty() {
                target.write(&self.pickle(text, number)?, live)?;
            }
        }
        Ok(())
    }

    /// The pickle of a text that begins at this line.
    fn pickle(&self, text: &[u8], line: usize) -> anyhow::Result<Vec<u8>> {
        let value = self
            .format
            .read(text)
            .map_err(|flaw| self.flawed(&flaw, line))?;
        pickle::dumps(&value, self.args.protocol).map_err(|error| {
            let place = format!("{}, line {line}: this cannot be pickled", self.name);
            anyhow::Error::new(error).context(place)
        })
    }

    fn flawed(&self, flaw: &Flaw, line: usize) -> Ended {
        let (name, line) = (&self.name, line + flaw.line - 1);
        let Flaw { column, reason, .. } = flaw;
        Ended::failed(format!("{name}, line {line}, column {column}: {reason}"))
    }
}
