//! `pickle recode`: writes pickles in another protocol.

use super::input::Pickles;
use super::target::{Target, Unwritten};
use crate::args::Recode;
use crate::exit_codes::Exit;

pub(super) fn run(args: &Recode) -> anyhow::Result<Exit> {
    let mut target = Target::open(&args.output)?;
    let mut pickles = Pickles::open(args.file.as_deref(), &args.input, &args.read)?;
    let outcome = recode_all(args, &mut pickles, &mut target);
    target.finish(outcome)
}

fn recode_all(args: &Recode, pickles: &mut Pickles, target: &mut Target) -> anyhow::Result<()> {
    while let Some((value, read)) = pickles.next()? {
        let most = args.output.most(read);
        let written = target.dump(&value, args.protocol, most, pickles.is_live());
        written.map_err(|unwritten| match unwritten {
            Unwritten::Output(error) => error,
            Unwritten::Value(error) => {
                let number = args.protocol.number();
                error
                    .context(format!("it cannot be written in protocol {number}"))
                    .context(pickles.place())
            }
        })?;
    }
    Ok(())
}
