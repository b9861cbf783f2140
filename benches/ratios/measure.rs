//! Two pairs in turns.

use std::io;

use crate::claims::{self, Claim, MIB};
use crate::pair::{Cores, Over, Pair, Setting, Side, Sides, Taken, Work};
use crate::report::{self, Row, Target};

/// How much is done for a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// How often new processes are started: one may be lucky with its memory, by a
    /// third.
    starts: usize,
    /// Turns of each pair of processes.
    turns: usize,
    /// Nanoseconds that a turn should take.
    turn: f64,
}

impl Effort {
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
    pub(crate) const ONCE: Effort = Effort {
        starts: 1,
        turns: 1,
        turn: 0.0,
    };

    /// Whether the figures say anything.
    pub(crate) fn tells(self) -> bool {
        self.turns > 1
    }
}

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
    let cores = match claim.cores {
        Cores::One => "",
        Cores::Two => ", two cores",
    };
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
    let (mut of, mut to) = (Figures::default(), Figures::default());
    for _ in 0..effort.starts {
        let mut one = Turns::new(start(claim.of)?, effort)?;
        let mut other = Turns::new(start(claim.to)?, effort)?;
        for _ in 0..effort.turns {
            of.push(one.take()?);
            to.push(other.take()?);
        }
    }
    Ok(Row {
        claim: name,
        ratios: ratios(&of.taken, &to.taken),
        cpu: Some(report::median(&ratios(&of.cpu, &to.cpu))),
        medians: (
            report::time(report::median(&of.taken)),
            report::time(report::median(&to.taken)),
        ),
        target: claim.target,
    })
}

fn ratios(of: &[f64], to: &[f64]) -> Vec<f64> {
    of.iter().zip(to).map(|(of, to)| of / to).collect()
}

/// Nanoseconds a piece, of each turn.
#[derive(Debug, Default)]
struct Figures {
    taken: Vec<f64>,
    cpu: Vec<f64>,
}

impl Figures {
    fn push(&mut self, Taken { taken, cpu }: Taken) {
        self.taken.push(taken);
        self.cpu.push(cpu);
    }
}

/// A pair, and how often it does its work in one turn.
struct Turns {
    pair: Pair,
    count: u64,
}

impl Turns {
    /// Finds out how much work fills a turn, which warms the pair up too.
    fn new(mut pair: Pair, effort: Effort) -> io::Result<Turns> {
        let mut count = pair.first_count();
        let mut taken = pair.run(count)?.taken;
        while taken < effort.turn / 4.0 {
            // Whole steps of at most tenfold, as the first runs are slow.
            let growth = (effort.turn / taken.max(1.0)).clamp(2.0, 10.0);
            count = scaled(count, growth);
            taken = pair.run(count)?.taken;
        }
        let count = scaled(count, effort.turn / taken.max(1.0)).max(1);
        Ok(Turns { pair, count })
    }

    /// What a piece of work takes.
    fn take(&mut self) -> io::Result<Taken> {
        let Taken { taken, cpu } = self.pair.run(self.count)?;
        let count = self.count as f64;
        Ok(Taken {
            taken: taken / count,
            cpu: cpu / count,
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and above zero"
)]
fn scaled(count: u64, factor: f64) -> u64 {
    (count as f64 * factor) as u64
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
        peaks.push(pair.run(1)?.taken);
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
