//! What is claimed: one work, done by CPython's proxies and by ours in turns.

use std::fmt;

use bench_harness::cores::Cores;
use bench_harness::report::Target;

/// What a client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// A small dict into a queue, and out again: two calls.
    Queue,
    /// `config.get("threads")`
    Dict,
    /// A method of a user's class.
    Method,
    /// An object is created, and its proxy dropped.
    Proxies,
    /// Proxies are dropped: until the last `drop` or `del` returns.
    Drop,
    /// The same, until the manager has counted all of them.
    DropCounted,
    /// Jobs are taken, done, answered and told to be done: three calls a job.
    Recipe,
}

impl Work {
    /// In orders.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Work::Queue => "queue",
            Work::Dict => "dict",
            Work::Method => "method",
            Work::Proxies => "proxies",
            Work::Drop => "drop",
            Work::DropCounted => "drop-counted",
            Work::Recipe => "recipe",
        }
    }

    /// Returns how often each turn does it, if that does not depend on how long it takes.
    ///
    /// The proxies of a turn are created before its clock starts, which takes CPython 80 ms each over
    /// TCP. There have to be several: CPython asks for the number of objects over a new connection.
    pub(crate) fn fixed_count(self, over: Over) -> Option<u64> {
        match (self, over) {
            (Work::Drop | Work::DropCounted, Over::Tcp) => Some(16),
            (Work::Drop | Work::DropCounted, Over::Unix) => Some(256),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Work::Queue => "put and get",
            Work::Dict => "get of a dict",
            Work::Method => "a method",
            Work::Proxies => "create and drop",
            Work::Drop => "drop of a proxy",
            Work::DropCounted => "drop until the manager has counted it",
            Work::Recipe => "jobs of a worker",
        }
    }
}

/// What runs between client and manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Unix,
    Tcp,
}

/// CPython's time over ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) work: Work,
    pub(crate) threads: usize,
    pub(crate) over: Over,
    pub(crate) cores: Cores,
    pub(crate) target: Target,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let threads = match self.threads {
            1 => "1 thread".to_owned(),
            several => format!("{several} threads"),
        };
        let cores = self.cores.suffix();
        let Claim { work, over, .. } = self;
        write!(f, "{}, {threads}, {over:?}{cores}", work.name())
    }
}

pub(crate) fn claims() -> Vec<Claim> {
    let calls = [Work::Queue, Work::Dict, Work::Method, Work::Proxies];
    let mut claims = Vec::new();
    for over in [Over::Unix, Over::Tcp] {
        for work in calls {
            claims.extend([1, 8].map(|threads| claim(work, threads, over, Cores::One)));
        }
        let drops = [Work::Drop, Work::DropCounted];
        claims.extend(drops.map(|work| claim(work, 1, over, Cores::One)));
        for cores in [Cores::One, Cores::Two] {
            claims.extend([1, 4].map(|threads| claim(Work::Recipe, threads, over, cores)));
        }
    }
    claims
}

fn claim(work: Work, threads: usize, over: Over, cores: Cores) -> Claim {
    Claim {
        work,
        threads,
        over,
        cores,
        target: target(work, threads, over),
    }
}

fn target(work: Work, threads: usize, over: Over) -> Target {
    match (work, threads, over) {
        // CPython's proxy takes a third to half of a call that its manager answers; what is left
        // of the rest is the manager's.
        (Work::Queue | Work::Dict | Work::Method, 1, Over::Unix) => Target::AtLeast(1.3),
        // Two connections where CPython's proxies make four.
        (Work::Proxies, 1, Over::Unix) => Target::AtLeast(2.0),
        // Each of those four waits 40 ms, however fast the machine is; how long ours take depends
        // on it.
        (Work::Proxies, 1, Over::Tcp) => Target::AtLeast(50.0),
        // Nothing is sent, where CPython's proxy waits for its manager.
        (Work::Drop, 1, Over::Unix) => Target::AtLeast(20.0),
        (Work::Drop, 1, Over::Tcp) => Target::AtLeast(1000.0),
        // One connection for each, as CPython has; over TCP without its 40 ms.
        (Work::DropCounted, 1, Over::Unix) => Target::AtLeast(1.2),
        (Work::DropCounted, 1, Over::Tcp) => Target::AtLeast(50.0),
        // Where threads meet, the interpreter lock of CPython's manager is what limits both; across
        // cores, what it takes to wake one.
        _ => Target::None,
    }
}
