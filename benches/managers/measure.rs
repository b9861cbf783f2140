//! Two clients of one manager in turns.

use std::io;

use crate::Setting;
use crate::claims::{self, Claim, Cores, Over, Work};
use crate::process::{Process, Side, Taken};
use crate::report::{self, Row};

/// How much is done for a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// How often new clients are started.
    starts: usize,
    /// Turns of each client.
    turns: usize,
    /// Nanoseconds that a turn should take.
    turn: f64,
}

impl Effort {
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

/// The managers of a run, each with its address.
pub(crate) struct Managers {
    unix: (Process, String),
    tcp: (Process, String),
}

impl Managers {
    pub(crate) fn start(setting: &Setting) -> io::Result<Managers> {
        let socket = setting.directory.join("manager.sock");
        Ok(Managers {
            unix: Process::manager(setting, &format!("unix:{}", socket.display()))?,
            tcp: Process::manager(setting, "127.0.0.1:0")?,
        })
    }

    fn address(&self, over: Over) -> &str {
        match over {
            Over::Unix => &self.unix.1,
            Over::Tcp => &self.tcp.1,
        }
    }
}

/// Every claim with that text in its name.
pub(crate) fn all(
    setting: &Setting,
    managers: &Managers,
    effort: Effort,
    filter: &str,
) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for claim in claims::claims() {
        let name = claim.to_string();
        if name.contains(filter) {
            let row = measure(setting, managers, effort, &claim, name)?;
            // A sign of life for who watches.
            println!("{:9.2}  {}", report::median(&row.ratios), row.claim);
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
    let begin = |side| {
        let client = Process::client(setting, side, core, managers.address(claim.over))?;
        Turns::new(client, claim, effort)
    };
    let (mut of, mut to) = (Vec::new(), Vec::new());
    for _ in 0..effort.starts {
        let mut cpython = begin(Side::CPython)?;
        let mut ours = begin(Side::Ours)?;
        for _ in 0..effort.turns {
            of.push(cpython.take()?);
            to.push(ours.take()?);
        }
    }
    let figures = |taken: &[Taken], of: fn(&Taken) -> f64| taken.iter().map(of).collect::<Vec<_>>();
    let (wall, cpu) = (|taken: &Taken| taken.wall, |taken: &Taken| taken.cpu);
    Ok(Row {
        claim: name,
        ratios: ratios(&figures(&of, wall), &figures(&to, wall)),
        cpu: Some(report::median(&ratios(
            &figures(&of, cpu),
            &figures(&to, cpu),
        ))),
        medians: (rate(&figures(&of, wall)), rate(&figures(&to, wall))),
        target: claim.target,
    })
}

fn ratios(of: &[f64], to: &[f64]) -> Vec<f64> {
    of.iter().zip(to).map(|(of, to)| of / to).collect()
}

/// How many a second, for a person.
fn rate(nanos: &[f64]) -> String {
    match 1e9 / report::median(nanos) {
        rate if rate < 100.0 => format!("{rate:.1}/s"),
        rate => format!("{rate:.0}/s"),
    }
}

/// A client, and how often each of its threads does the work in one turn.
struct Turns {
    client: Process,
    work: Work,
    threads: usize,
    count: u64,
}

impl Turns {
    /// Finds out how much work fills a turn, which warms the client up too.
    fn new(mut client: Process, claim: &Claim, effort: Effort) -> io::Result<Turns> {
        let Claim { work, threads, .. } = *claim;
        let mut count = 1;
        loop {
            let wall = client.run(work.word(), threads, count)?.wall.max(1.0);
            let growth = effort.turn / wall;
            let enough = wall >= effort.turn / 4.0;
            // Whole steps of at most tenfold, as the first runs are slow.
            let growth = if enough {
                growth
            } else {
                growth.clamp(2.0, 10.0)
            };
            count = scaled(count, growth);
            if enough {
                return Ok(Turns {
                    client,
                    work,
                    threads,
                    count,
                });
            }
        }
    }

    /// What one piece takes, all threads together.
    fn take(&mut self) -> io::Result<Taken> {
        let Taken { wall, cpu } = self
            .client
            .run(self.work.word(), self.threads, self.count)?;
        let pieces = self.count as f64 * self.threads as f64;
        Ok(Taken {
            wall: wall / pieces,
            cpu: cpu / pieces,
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and above zero"
)]
fn scaled(count: u64, factor: f64) -> u64 {
    ((count as f64 * factor) as u64).max(1)
}
