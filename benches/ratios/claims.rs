//! What is claimed: one work, done by two pairs in turns.

use bench_harness::cores::Cores;
use bench_harness::report::Target;

use crate::pair::{Over, Side, Sides, Work};

/// The time of the one pair over the time of the other.
pub(crate) struct Claim {
    pub(crate) what: &'static str,
    pub(crate) work: Work,
    pub(crate) over: Over,
    pub(crate) cores: Cores,
    /// This pair's time ...
    pub(crate) of: Sides,
    /// ... over that pair's time.
    pub(crate) to: Sides,
    pub(crate) target: Target,
}

pub(crate) const KIB: usize = 1 << 10;
pub(crate) const MIB: usize = 1 << 20;

const OURS: Sides = Sides::both(Side::Ours);
const FLOOR: Sides = Sides::both(Side::Floor);
const CPYTHON: Sides = Sides::both(Side::CPython);
const FROM_CPYTHON: Sides = Sides {
    client: Side::CPython,
    server: Side::Ours,
};
const TO_CPYTHON: Sides = Sides {
    client: Side::Ours,
    server: Side::CPython,
};

/// Ours against bare sockets: what the crate costs.
const fn cost(what: &'static str, work: Work, over: Over, target: Target) -> Claim {
    Claim {
        what,
        work,
        over,
        cores: Cores::One,
        of: OURS,
        to: FLOOR,
        target,
    }
}

/// CPython to CPython against a pair with ours in it: what the crate gains.
const fn gain(what: &'static str, work: Work, over: Over, to: Sides, target: Target) -> Claim {
    Claim {
        what,
        work,
        over,
        cores: Cores::One,
        of: CPYTHON,
        to,
        target,
    }
}

const fn on_two_cores(claim: Claim) -> Claim {
    Claim {
        cores: Cores::Two,
        ..claim
    }
}

pub(crate) fn claims() -> Vec<Claim> {
    [round_trips(), with_cpython(), one_way(), handshakes()]
        .into_iter()
        .flatten()
        .collect()
}

/// This build against another one: all that the claims have both sides do in Rust.
pub(crate) fn against_before() -> Vec<Claim> {
    let mut works: Vec<Claim> = Vec::new();
    for claim in claims() {
        let known = |other: &Claim| {
            (other.work, other.over, other.cores) == (claim.work, claim.over, claim.cores)
        };
        if [claim.of, claim.to].contains(&OURS) && !works.iter().any(known) {
            works.push(Claim {
                of: OURS,
                to: Sides::both(Side::Before),
                target: Target::None,
                ..claim
            });
        }
    }
    works
}

fn round_trips() -> Vec<Claim> {
    use Over::{Tcp, Unix};
    use Target::{AtLeast, AtMost, None};
    use Work::Echo;
    vec![
        cost("round trip 16 B", Echo(16), Unix, AtMost(1.15)),
        cost("round trip 16 B", Echo(16), Tcp, AtMost(1.15)),
        cost("round trip 32 KiB", Echo(32 * KIB), Unix, AtMost(1.15)),
        cost("round trip 32 KiB", Echo(32 * KIB), Tcp, AtMost(1.15)),
        cost("round trip 1 MiB", Echo(MIB), Unix, AtMost(1.15)),
        cost("round trip 1 MiB", Echo(MIB), Tcp, AtMost(1.15)),
        gain("round trip 16 B", Echo(16), Unix, OURS, AtLeast(1.4)),
        gain("round trip 16 B", Echo(16), Tcp, OURS, None),
        gain("round trip 32 KiB", Echo(32 * KIB), Unix, OURS, None),
        gain("round trip 1 MiB", Echo(MIB), Unix, OURS, AtLeast(7.0)),
        gain("round trip 1 MiB", Echo(MIB), Tcp, OURS, None),
        gain("round trip of a small dict", Work::Jobs, Unix, OURS, None),
    ]
}

fn with_cpython() -> Vec<Claim> {
    use Over::{Tcp, Unix};
    use Target::{AtLeast, None};
    let echo = Work::Echo(32 * KIB);
    let name = "round trip 32 KiB";
    let two = "two of 16 B, one reply";
    vec![
        gain(name, echo, Tcp, FROM_CPYTHON, AtLeast(1000.0)),
        gain(name, echo, Tcp, TO_CPYTHON, AtLeast(1000.0)),
        gain(two, Work::Twice(16), Tcp, FROM_CPYTHON, AtLeast(100.0)),
        gain("round trip 16 B", Work::Echo(16), Unix, FROM_CPYTHON, None),
        gain(
            "round trip 1 MiB",
            Work::Echo(MIB),
            Unix,
            FROM_CPYTHON,
            None,
        ),
    ]
}

fn one_way() -> Vec<Claim> {
    use Over::{Tcp, Unix};
    use Target::{AtLeast, AtMost, None};
    use Work::{Batch, Reuse, Stream};
    let many = "one way 16 B, many a call";
    let big = Stream(16 * MIB);
    let huge = Stream(256 * MIB);
    vec![
        gain(many, Batch(16), Unix, OURS, AtLeast(10.0)),
        on_two_cores(gain(many, Batch(16), Unix, OURS, AtLeast(10.0))),
        gain(many, Batch(16), Tcp, OURS, AtLeast(10.0)),
        gain(many, Batch(16), Unix, TO_CPYTHON, None),
        gain("one way 16 B", Stream(16), Unix, OURS, None),
        gain("one way 1 MiB", Stream(MIB), Unix, OURS, None),
        gain("one way 16 MiB", big, Unix, OURS, AtLeast(4.0)),
        // Here CPython's two ends work at the same time, and how fast depends on what
        // malloc does with its 16 MiB: from run to run 4 to 16 ms a message.
        on_two_cores(gain("one way 16 MiB", big, Unix, OURS, None)),
        gain("one way 16 MiB", big, Tcp, OURS, None),
        on_two_cores(gain("one way 256 MiB", huge, Unix, OURS, None)),
        cost("one way 16 B", Stream(16), Unix, None),
        cost("one way 16 MiB", big, Unix, None),
        // `recv_into`: both ends of a pair use their memory again.
        cost(
            "one way 64 KiB, reused",
            Reuse(64 * KIB),
            Unix,
            AtMost(1.15),
        ),
        on_two_cores(cost("one way 64 KiB, reused", Reuse(64 * KIB), Unix, None)),
        cost(
            "one way 256 MiB, reused",
            Reuse(256 * MIB),
            Unix,
            AtMost(1.15),
        ),
        // `recv_bytes`, as before there was another way.
        cost("one way 64 KiB", Stream(64 * KIB), Unix, None),
        cost("one way 256 MiB", huge, Unix, None),
    ]
}

fn handshakes() -> Vec<Claim> {
    use Over::{Tcp, Unix};
    use Target::{AtLeast, None};
    use Work::{Connect, Request};
    let hello = "connect, handshake, close";
    let request = "connect, handshake, one request";
    vec![
        gain(hello, Connect, Unix, OURS, AtLeast(2.0)),
        gain(hello, Connect, Unix, FROM_CPYTHON, None),
        cost(hello, Connect, Unix, None),
        gain(request, Request, Tcp, FROM_CPYTHON, AtLeast(100.0)),
        gain(request, Request, Tcp, TO_CPYTHON, AtLeast(100.0)),
        gain(request, Request, Tcp, OURS, AtLeast(100.0)),
    ]
}
