//! `pickle show`: opcode by opcode, as Python's pickletools prints them.

use std::io::{self, BufWriter, Read, Write};

use anyhow::Context;
use mpconn::pickle::{self, Disassembly};

use super::frames::Frames;
use super::input;
use crate::cli::args::Show;
use crate::cli::exit_codes::{Ended, Exit};
use crate::cli::output::{self, counted};
use crate::cli::values::bytes_literal;

pub(super) fn run(args: &Show) -> anyhow::Result<Exit> {
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match args.input.frames {
        true => show_frames(args, &mut out),
        false => show_in_a_row(args, &mut out),
    };
    // What came before an error is printed before it.
    out.flush().map_err(output::unwritten)?;
    outcome.map(|()| Exit::Done)
}

fn show_in_a_row(args: &Show, out: &mut impl Write) -> anyhow::Result<()> {
    let name = input::name(args.file.as_deref());
    let mut bytes = Vec::new();
    let read = input::open_binary(args.file.as_deref())?.read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {name}"))?;
    if bytes.is_empty() {
        return Err(Ended::failed(format!("{name} is empty: there is no pickle")).into());
    }
    let mut disassembly = disassemble(args, &bytes);
    for count in 2_u64.. {
        show(&mut disassembly, out)?.map_err(|error| match count {
            2 => anyhow::Error::new(error).context(name.clone()),
            _ => anyhow::Error::new(error).context(format!("{name}, pickle {}", count - 1)),
        })?;
        if args.input.first || !disassembly.next_pickle(args.keep_memo) {
            break;
        }
        if !args.like_pickletools {
            let offset = disassembly.offset();
            writeln!(out, "\n# pickle {count}, at byte {offset}").map_err(output::unwritten)?;
        }
    }
    Ok(())
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

/// Prints one pickle; inside is what is wrong with it.
fn show(
    disassembly: &mut Disassembly<'_>,
    out: &mut impl Write,
) -> anyhow::Result<Result<(), pickle::Error>> {
    for instruction in &mut *disassembly {
        match instruction {
            Ok(instruction) => writeln!(out, "{instruction}").map_err(output::unwritten)?,
            Err(error) => return Ok(Err(error)),
        }
    }
    if let Some(protocol) = disassembly.highest_protocol() {
        let line = format!("highest protocol among opcodes = {protocol}");
        writeln!(out, "{line}").map_err(output::unwritten)?;
    }
    Ok(Ok(()))
}

/// Each message by itself: one that is no pickle does not hide the next.
fn show_frames(args: &Show, out: &mut impl Write) -> anyhow::Result<()> {
    let reader = input::open_binary(args.file.as_deref())?;
    let live = reader.get_ref().is_live();
    let mut frames = Frames::new(reader, u64::MAX);
    let mut bad = 0;
    for count in 1_u64.. {
        let Some(message) = frames.next()? else {
            break;
        };
        let (length, offset) = (counted(message.len() as u64, "byte"), frames.offset());
        writeln!(out, "# message {count}, {length}, at byte {offset}")
            .map_err(output::unwritten)?;
        if is_of_a_handshake(&message) {
            let line = bytes_literal(&message);
            writeln!(out, "{line}  # handshake").map_err(output::unwritten)?;
        } else if let Err(error) = show(&mut disassemble(args, &message), out)? {
            bad += 1;
            writeln!(out, "error: {error}").map_err(output::unwritten)?;
        }
        if args.input.first {
            break;
        }
        if live {
            out.flush().map_err(output::unwritten)?;
        }
    }
    match bad {
        0 => Ok(()),
        _ => Err(Ended::failed(format!("{} no pickle, see above", is_or_are(bad))).into()),
    }
}

fn is_or_are(count: u64) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, "message"))
}

/// What both sides say before the first object: a challenge, `{digest}` and a MAC, or a MAC alone,
/// which no pickle can be told from but by its STOP.
fn is_of_a_handshake(message: &[u8]) -> bool {
    let beginnings: [&[u8]; 4] = [b"#CHALLENGE#", b"#WELCOME#", b"#FAILURE#", b"{"];
    let is_mac = matches!(message.len(), 16 | 32) && pickle::Graph::read(message).is_err();
    is_mac
        || beginnings
            .iter()
            .any(|beginning| message.starts_with(beginning))
}
