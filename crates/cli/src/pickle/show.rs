//! `pickle show`: prints opcodes, as Python's pickletools does.

use std::fmt::Display;
use std::io::{self, BufWriter, Read, Write};

use anyhow::Context;
use mpconn::pickle::{self, Disassembly, Instruction};

use super::frames::Frames;
use super::input;
use crate::args::Show;
use crate::exit_codes::{Ended, Exit};
use crate::output::{self, counted};
use crate::values::bytes_literal;

pub(super) fn run(args: &Show) -> anyhow::Result<Exit> {
    let mut out = Lines {
        out: BufWriter::new(io::stdout().lock()),
        most: args.max_items,
        left: args.max_items,
    };
    let outcome = match args.input.frames {
        true => show_frames(args, &mut out),
        false => show_in_a_row(args, &mut out),
    };
    // Print what came before an error.
    out.flush()?;
    outcome.map(|()| Exit::Done)
}

/// The output, with its limit of opcodes.
struct Lines<W> {
    out: W,
    most: u64,
    left: u64,
}

impl<W: Write> Lines<W> {
    fn print(&mut self, line: impl Display) -> anyhow::Result<()> {
        writeln!(self.out, "{line}").map_err(output::unwritten)
    }

    fn opcode(&mut self, instruction: &Instruction<'_>) -> anyhow::Result<()> {
        let Some(left) = self.left.checked_sub(1) else {
            self.print("...")?;
            let shown = counted(self.most, "opcode");
            let message = format!("more than {shown}: --max-items N shows N of them");
            return Err(Ended::failed(message).into());
        };
        self.left = left;
        self.print(instruction)
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.out.flush().map_err(output::unwritten)
    }
}

fn show_in_a_row(args: &Show, out: &mut Lines<impl Write>) -> anyhow::Result<()> {
    let name = input::name(args.file.as_deref());
    let mut bytes = Vec::new();
    let read = input::open_binary(args.file.as_deref())?.read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {name}"))?;
    if bytes.is_empty() {
        return Err(Ended::failed(format!("{name} is empty: it has no pickle")).into());
    }
    let mut disassembly = disassemble(args, &bytes);
    for count in 2_u64.. {
        show(&mut disassembly, out)?.map_err(|error| match count {
            2 => anyhow::Error::new(error).context(name.clone()),
            _ => anyhow::Error::new(error).context(format!("{name}, pickle {}", count - 1)),
        })?;
        if args.input.first || !goes_on(&mut disassembly, args) {
            break;
        }
        if !args.like_pickletools {
            let offset = disassembly.offset();
            out.print(format_args!("\n# pickle {count}, at byte {offset}"))?;
        }
    }
    Ok(())
}

/// Goes on with the next pickle, if there is one.
fn goes_on(disassembly: &mut Disassembly<'_>, args: &Show) -> bool {
    match args.keep_memo {
        true => disassembly.next_pickle_with_memo(),
        false => disassembly.next_pickle(),
    }
}

fn disassemble<'a>(args: &Show, bytes: &'a [u8]) -> Disassembly<'a> {
    let disassembly = pickle::disassemble(bytes);
    if args.like_pickletools {
        return disassembly.like_pickletools();
    }
    let disassembly = disassembly.stack(args.stack);
    match args.full {
        true => disassembly.longest_argument(None),
        false => disassembly,
    }
}

/// Prints one pickle. The inner error is that of the pickle.
fn show(
    disassembly: &mut Disassembly<'_>,
    out: &mut Lines<impl Write>,
) -> anyhow::Result<Result<(), pickle::PickleError>> {
    for instruction in &mut *disassembly {
        match instruction {
            Ok(instruction) => out.opcode(&instruction)?,
            Err(error) => return Ok(Err(error)),
        }
    }
    if let Some(protocol) = disassembly.highest_protocol() {
        out.print(format_args!("highest protocol among opcodes = {protocol}"))?;
    }
    Ok(Ok(()))
}

/// Prints each message by itself, so that one that is not a pickle does not hide the next.
fn show_frames(args: &Show, out: &mut Lines<impl Write>) -> anyhow::Result<()> {
    let reader = input::open_binary(args.file.as_deref())?;
    let live = reader.get_ref().is_live();
    let mut frames = Frames::new(reader, u64::MAX);
    let mut bad = 0;
    for count in 1_u64.. {
        let Some(message) = frames.next()? else {
            break;
        };
        let (length, offset) = (counted(message.len() as u64, "byte"), frames.offset());
        out.print(format_args!(
            "# message {count}, {length}, at byte {offset}"
        ))?;
        if is_of_a_handshake(&message) {
            let line = bytes_literal(&message);
            out.print(format_args!("{line}  # handshake"))?;
        } else if let Err(error) = show(&mut disassemble(args, &message), out)? {
            bad += 1;
            out.print(format_args!("error: {error}"))?;
        }
        if args.input.first {
            break;
        }
        if live {
            out.flush()?;
        }
    }
    match bad {
        0 => Ok(()),
        _ => Err(Ended::failed(format!("{} not a pickle, see above", is_or_are(bad))).into()),
    }
}

fn is_or_are(count: u64) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, "message"))
}

/// Returns whether a message looks like one of the handshake: a challenge, `{digest}` and a MAC, or a
/// MAC alone, which only differs from a pickle by its missing STOP.
fn is_of_a_handshake(message: &[u8]) -> bool {
    let beginnings: [&[u8]; 4] = [b"#CHALLENGE#", b"#WELCOME#", b"#FAILURE#", b"{"];
    let is_mac = matches!(message.len(), 16 | 32) && pickle::Graph::read(message).is_err();
    is_mac
        || beginnings
            .iter()
            .any(|beginning| message.starts_with(beginning))
}
