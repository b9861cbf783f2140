//! `pickle`: shows, reads, makes and converts pickles.

mod dump;
mod frames;
mod input;
mod literal;
mod load;
mod progress;
mod recode;
mod show;
mod target;

use super::args::PickleVerb;
use super::exit_codes::Exit;

pub(crate) fn run(verb: &PickleVerb) -> anyhow::Result<Exit> {
    match verb {
        PickleVerb::Show(args) => show::run(args),
        PickleVerb::Load(args) => load::run(args),
        PickleVerb::Dump(args) => dump::run(args),
        PickleVerb::Recode(args) => recode::run(args),
    }
}
