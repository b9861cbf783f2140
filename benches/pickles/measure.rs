//! Everybody in turns: us, the Pythons, serde-pickle, a copy.

use std::io;

use crate::claims::{self, Rival, SETS, Set};
use crate::program::Setting;
use crate::report::{self, Row};
use crate::side::{Side, Taken, Turns};
use crate::work::Kind;

/// How much is done for a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// How often new processes are started: one may be lucky with its memory.
    starts: usize,
    /// Turns of each process.
    turns: usize,
    /// Nanoseconds that a turn should take.
    pub(crate) turn: f64,
}

impl Effort {
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
    pub(crate) const ONCE: Effort = Effort {
        starts: 1,
        turns: 1,
        turn: 0.0,
    };

    fn starts(self, set: &Set) -> usize {
        match self.tells() {
            true => self.starts * set.starts(),
            false => self.starts,
        }
    }

    /// Whether the figures say anything.
    pub(crate) fn tells(self) -> bool {
        self.turns > 1
    }
}

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
                announce(&measured.rows[before..]);
            }
        }
    }
    Ok(measured)
}

/// A sign of life for who watches.
fn announce(rows: &[Row]) {
    for row in rows {
        println!("{:9.2}  {}", report::median(&row.ratios), row.claim);
    }
}

/// Whoever takes part, and what its turns took.
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
    for _ in 0..effort.starts(set) {
        let mut turns = Vec::new();
        for party in &parties {
            turns.push(match begin(setting, effort, set, kind, party.rival)? {
                Ok(turns) => Some(turns),
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

fn begin(
    setting: &Setting,
    effort: Effort,
    set: &Set,
    kind: Kind,
    rival: Option<Rival>,
) -> io::Result<Result<Turns, String>> {
    let protocol = setting.protocol(kind);
    let python = format!("{} {} {protocol}", kind.python(), set.word);
    let rust = |who: &str, kind: Kind, protocol: u8| {
        format!("{who} {} {} {protocol}", kind.word(), set.word)
    };
    let (side, what) = match rival {
        None => (Side::rust(setting)?, rust("ours", kind, protocol)),
        Some(Rival::CPython) => (Side::python(setting, &setting.python.executable)?, python),
        Some(Rival::SystemPython) => match &setting.system_python {
            Some(system) => (Side::python(setting, &system.executable)?, python),
            None => return Ok(Err("there is none".to_owned())),
        },
        Some(Rival::SerdePickle) => {
            let kind = kind.of_who_only_owns();
            (Side::rust(setting)?, rust("serde-pickle", kind, protocol))
        }
        Some(Rival::Bare) => (Side::rust(setting)?, rust("bare", kind, protocol)),
        Some(Rival::Copy) => (Side::rust(setting)?, rust("copy", kind, protocol)),
    };
    Turns::new(side, what, effort)
}

fn row(what: &str, set: &Set, kind: Kind, party: &Party, ours: &Party) -> Option<Row> {
    let rival = party.rival?;
    let each =
        |of: fn(&Taken) -> f64, party: &Party| -> Vec<f64> { party.taken.iter().map(of).collect() };
    let ratios = |of: fn(&Taken) -> f64| -> Vec<f64> {
        let (theirs, ours) = (each(of, party), each(of, ours));
        theirs
            .iter()
            .zip(ours)
            .map(|(theirs, ours)| theirs / ours)
            .collect()
    };
    let middle = |party: &Party| report::time(report::median(&each(|taken| taken.wall, party)));
    Some(Row {
        claim: format!("{what}: {} / ours", rival.name()),
        ratios: ratios(|taken| taken.wall),
        cpu: Some(report::median(&ratios(|taken| taken.cpu))),
        medians: (middle(party), middle(ours)),
        target: claims::target(kind, set, rival)?,
    })
}
