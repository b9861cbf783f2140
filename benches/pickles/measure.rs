//! All sides in turns: our codec, the Pythons, serde-pickle, a copy.

use std::io;

use bench_harness::report::{self, Row};
use bench_harness::turns::{Effort, Taken, Turns};

use crate::bench::Setting;
use crate::claims::{self, Rival, SETS, Set};
use crate::side::Side;
use crate::work::Kind;

pub(crate) const FULL: Effort = Effort {
    starts: 3,
    turns: 5,
    turn: 30e6,
};

pub(crate) const QUICK: Effort = Effort {
    starts: 1,
    turns: 5,
    turn: 10e6,
};

/// Rows, and what was left out with the reasons.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rows: Vec<Row>,
    pub(crate) left_out: Vec<String>,
}

/// Every work whose name contains `filter`.
pub(crate) fn all(setting: &Setting, effort: Effort, filter: &str) -> io::Result<Measured> {
    let mut measured = Measured::default();
    for set in &SETS {
        for kind in Kind::ALL {
            let name = format!("{}, {kind}", set.name);
            if set.has(kind) && name.contains(filter) {
                let before = measured.rows.len();
                compare(setting, effort, set, kind, &mut measured)?;
                measured.rows[before..].iter().for_each(Row::announce);
            }
        }
    }
    Ok(measured)
}

/// One side, and what its turns took.
struct Party {
    rival: Option<Rival>,
    taken: Vec<Taken>,
}

fn compare(
    setting: &Setting,
    effort: Effort,
    set: &Set,
    kind: Kind,
    measured: &mut Measured,
) -> io::Result<()> {
    let protocol = setting.protocol(kind);
    let what = format!("{}, {kind}, protocol {protocol}", set.name);
    setting.write(set, protocol)?;
    let rivals = Rival::ALL
        .into_iter()
        .filter(|&rival| claims::target(kind, set, rival).is_some())
        .map(Some);
    let mut parties: Vec<Party> = [None]
        .into_iter()
        .chain(rivals)
        .map(|rival| Party {
            rival,
            taken: Vec::new(),
        })
        .collect();
    let starts = match effort.is_measured() {
        true => effort.starts * set.starts(),
        false => effort.starts,
    };
    for _ in 0..starts {
        let mut turns = Vec::new();
        for party in &parties {
            let side = begin(setting, set, kind, party.rival);
            turns.push(match side.and_then(|side| Turns::new(side, effort)) {
                Ok(turns) => Some(turns),
                Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
                Err(reason) if party.rival.is_none() => {
                    measured.left_out.push(format!("{what}: {reason}"));
                    return Ok(());
                }
                Err(_) => None,
            });
        }
        for _ in 0..effort.turns {
            for (party, turns) in parties.iter_mut().zip(&mut turns) {
                if let Some(turns) = turns {
                    party.taken.push(turns.take()?);
                }
            }
        }
    }
    let (ours, rivals) = parties.split_at(1);
    let rows = rivals.iter().filter(|party| !party.taken.is_empty());
    measured
        .rows
        .extend(rows.filter_map(|party| row(&what, set, kind, party, &ours[0])));
    Ok(())
}

/// Starts a side; fails with `Unsupported` if it is not there.
fn begin(setting: &Setting, set: &Set, kind: Kind, rival: Option<Rival>) -> io::Result<Side> {
    let protocol = setting.protocol(kind);
    let python = format!("{} {} {protocol}", kind.python(), set.word);
    let rust = |who: &str, kind: Kind| {
        let order = format!("{who} {} {} {protocol}", kind.word(), set.word);
        Side::rust(setting, order)
    };
    match rival {
        None => rust("ours", kind),
        Some(Rival::CPython) => Side::python(setting, &setting.python, python),
        Some(Rival::SystemPython) => match &setting.system_python {
            Some(system) => Side::python(setting, system, python),
            None => Err(io::ErrorKind::Unsupported.into()),
        },
        Some(Rival::SerdePickle) => rust("serde-pickle", kind.without_borrows()),
        Some(Rival::Bare) => rust("bare", kind),
        Some(Rival::Copy) => rust("copy", kind),
    }
}

fn row(what: &str, set: &Set, kind: Kind, party: &Party, ours: &Party) -> Option<Row> {
    let rival = party.rival?;
    Some(Row::compare(
        format!("{what}: {} / ours", rival.name()),
        (&party.taken, &ours.taken),
        report::time,
        claims::target(kind, set, rival)?,
    ))
}
