//! Two clients of one manager in turns.

use std::io;

use bench_harness::cores::Cores;
use bench_harness::report::{self, Row};
use bench_harness::turns::{Effort, Turns};

use crate::Setting;
use crate::claims::{self, Claim};
use crate::client::{Client, Managers, Side};

pub(crate) const FULL: Effort = Effort {
    starts: 3,
    turns: 5,
    turn: 200e6,
};

pub(crate) const QUICK: Effort = Effort {
    starts: 1,
    turns: 7,
    turn: 60e6,
};

/// Measures every claim with that text in its name.
pub(crate) fn all(setting: &Setting, effort: Effort, filter: &str) -> io::Result<Vec<Row>> {
    let managers = Managers::start(setting)?;
    let mut rows = Vec::new();
    for claim in claims::claims() {
        let name = claim.to_string();
        if name.contains(filter) {
            let row = measure(setting, &managers, effort, &claim, name)?;
            row.announce();
            rows.push(row);
        }
    }
    Ok(rows)
}

fn measure(
    setting: &Setting,
    managers: &Managers,
    effort: Effort,
    claim: &Claim,
    name: String,
) -> io::Result<Row> {
    let core = match claim.cores {
        Cores::One => setting.cores.0,
        Cores::Two => setting.cores.1,
    };
    let address = managers.address(claim.over);
    let begin = |side| {
        let client = Client::start(setting, side, core, address, claim)?;
        Turns::new(client, effort)
    };
    let (mut of, mut to) = (Vec::new(), Vec::new());
    let threads = claim.threads as f64;
    for _ in 0..effort.starts {
        let mut cpython = begin(Side::CPython)?;
        let mut ours = begin(Side::Ours)?;
        for _ in 0..effort.turns {
            of.push(cpython.take()?.per(threads));
            to.push(ours.take()?.per(threads));
        }
    }
    Ok(Row::compare(name, (&of, &to), report::rate, claim.target))
}
