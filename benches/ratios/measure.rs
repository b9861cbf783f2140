//! Two pairs in turns.

use std::io;

use bench_harness::cores::Cores;
use bench_harness::report::{self, Row, Target};
use bench_harness::turns::{Effort, Turns, Work as _};

use crate::claims::{self, Claim, MIB};
use crate::pair::{Over, Pair, Setting, Side, Sides, Work};

pub(crate) const FULL: Effort = Effort {
    starts: 5,
    turns: 3,
    turn: 60e6,
};

pub(crate) const QUICK: Effort = Effort {
    starts: 3,
    turns: 2,
    turn: 30e6,
};

/// Every claim with that text in its name.
pub(crate) fn all(setting: &Setting, effort: Effort, filter: &str) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let claims = match setting.before {
        Some(_) => claims::against_before(),
        None => claims::claims(),
    };
    for claim in claims {
        let name = name(&claim);
        if name.contains(filter) {
            rows.push(measure(setting, effort, &claim, name)?);
            announce(&rows);
        }
    }
    let receivers: &[Side] = match setting.before {
        Some(_) => &[Side::Ours, Side::Before],
        None => &[Side::Ours, Side::CPython],
    };
    for &side in receivers {
        let name = format!(
            "peak memory of recv, bytes of 256 MiB: {} / its size",
            side.name()
        );
        if name.contains(filter) {
            rows.push(memory(setting, effort, side, name)?);
            announce(&rows);
        }
    }
    Ok(rows)
}

/// A sign of life for who watches.
fn announce(rows: &[Row]) {
    if let Some(row) = rows.last() {
        println!(
            "{:5.0} {:9.2}  {}",
            rows.len(),
            report::median(&row.ratios),
            row.claim
        );
    }
}

fn name(claim: &Claim) -> String {
    let cores = claim.cores.suffix();
    format!(
        "{}, {}{cores}: {} / {}",
        claim.what,
        claim.over,
        claim.of.name(),
        claim.to.name()
    )
}

fn measure(setting: &Setting, effort: Effort, claim: &Claim, name: String) -> io::Result<Row> {
    let start = |sides| Pair::start(setting, sides, claim.over, claim.cores, claim.work);
    let (mut of, mut to) = (Vec::new(), Vec::new());
    for _ in 0..effort.starts {
        let mut one = Turns::new(start(claim.of)?, effort)?;
        let mut other = Turns::new(start(claim.to)?, effort)?;
        for _ in 0..effort.turns {
            of.push(one.take()?);
            to.push(other.take()?);
        }
    }
    Ok(Row::compare(name, (&of, &to), report::time, claim.target))
}

/// What a fresh process held at its peak, over the size of the object received.
/// CPython sends it.
fn memory(setting: &Setting, effort: Effort, side: Side, name: String) -> io::Result<Row> {
    const SIZE: usize = 256 * MIB;
    let sides = Sides {
        client: side,
        server: Side::CPython,
    };
    let mut peaks = Vec::new();
    for _ in 0..effort.starts.min(3) {
        let work = Work::Memory(SIZE);
        let mut pair = Pair::start(setting, sides, Over::Unix, Cores::Two, work)?;
        peaks.push(pair.run(1)?.wall);
    }
    Ok(Row {
        claim: name,
        cpu: None,
        ratios: peaks.iter().map(|peak| peak / SIZE as f64).collect(),
        medians: (
            format!("{:.0} MiB", report::median(&peaks) / MIB as f64),
            format!("{} MiB", SIZE / MIB),
        ),
        target: match side {
            Side::Ours => Target::AtMost(1.02),
            _ => Target::None,
        },
    })
}
