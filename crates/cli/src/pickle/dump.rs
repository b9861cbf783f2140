//! `pickle dump`: writes pickles of Python literals or JSON.

use std::io::{BufRead, Read};

use anyhow::Context;

use super::input::{self, Reader};
use super::target::{Target, Unwritten};
use crate::args::Dump;
use crate::exit_codes::{Ended, Exit};
use crate::values::{Flaw, Format};

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
        self.pickle(&text, 1, target, true)
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
                self.pickle(text, number, target, live)?;
            }
        }
        Ok(())
    }

    /// Writes the pickle of a text, which begins at this line.
    fn pickle(
        &self,
        text: &[u8],
        line: usize,
        target: &mut Target,
        at_once: bool,
    ) -> anyhow::Result<()> {
        let value = self
            .format
            .read(text)
            .map_err(|flaw| self.flawed(&flaw, line))?;
        let most = self.args.output.most(text.len());
        let written = target.dump(&value, self.args.protocol, most, at_once);
        written.map_err(|unwritten| match unwritten {
            Unwritten::Output(error) => error,
            Unwritten::Value(error) => error.context(format!(
                "{}, line {line}: this cannot be pickled",
                self.name
            )),
        })
    }

    fn flawed(&self, flaw: &Flaw, line: usize) -> Ended {
        let (name, line) = (&self.name, line + flaw.line - 1);
        let Flaw { column, reason, .. } = flaw;
        Ended::failed(format!("{name}, line {line}, column {column}: {reason}"))
    }
}
