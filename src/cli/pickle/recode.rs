//! `pickle recode`: pickles into another protocol.

use mpconn::pickle;

use super::input::Pickles;
use super::target::Target;
use crate::cli::args::Recode;
use crate::cli::exit_codes::Exit;

pub(super) fn run(args: &Recode) -> anyhow::Result<Exit> {
    let mut target = Target::open(&args.output)?;
    let mut pickles = Pickles::open(args.file.as_deref(), &args.input, &args.read)?;
    let outcome = recode_all(args, &mut pickles, &mut target);
    target.finish(outcome)
}

fn recode_all(args: &Recode, pickles: &mut Pickles, target: &mut Target) -> anyhow::Result<()> {
    let mut message = Vec::new();
    while let Some((value, _)) = pickles.next()? {
        message.clear();
        pickle::dump_into(&value, args.protocol, &mut message).map_err(|error| {
            let number = args.protocol.number();
            anyhow::Error::new(error)
                .context(format!("it cannot be written in protocol {number}"))
                .context(pickles.place())
        })?;
        target.write(&message, pickles.is_live())?;
    }
    Ok(())
}
