//! What is claimed of which work on which data set.

use bench_harness::report::Target::{self, AtLeast};

use crate::work::Kind;

/// A thing to pickle, made by `bench_pickle.py`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Set {
    /// In orders and file names.
    pub(crate) word: &'static str,
    /// For a person.
    pub(crate) name: &'static str,
    size: Size,
}

/// What decides how fast it can be at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// Many objects: the codec.
    Many,
    /// One object: the memory.
    Blob,
}

impl Set {
    /// Whether that is work which no other set has.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        kind == Kind::TypedBorrowed || self.word != "dict-foldhash"
    }

    /// How many processes it takes where others take one: which pages they get decides how fast
    /// large memory is.
    pub(crate) fn starts(&self) -> usize {
        match self.size {
            Size::Many => 1,
            Size::Blob => 5,
        }
    }
}

pub(crate) const SETS: [Set; 12] = [
    many("request", "a manager's request"),
    many("ints", "100,000 ints"),
    many("floats", "100,000 floats"),
    many("dict", "a dict of 10,000"),
    // The same pickle, read into a map with neither std's hasher nor keys of its own.
    many("dict-foldhash", "a dict of 10,000 and foldhash"),
    many("records", "10,000 records"),
    blob("bytes", "1 MiB of bytes"),
    blob("ascii", "1 MiB of ASCII text"),
    // Its UTF-8 has to be checked, which takes longer than the copy.
    many("cjk", "1 MiB of CJK text"),
    many("nesting", "1,000 lists in each other"),
    blob("array", "array.array of 8 MiB"),
    blob("numpy", "numpy array of 8 MiB"),
];

const fn many(word: &'static str, name: &'static str) -> Set {
    Set {
        word,
        name,
        size: Size::Many,
    }
}

const fn blob(word: &'static str, name: &'static str) -> Set {
    Set {
        word,
        name,
        size: Size::Blob,
    }
}

/// What we are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rival {
    /// The first Python.
    CPython,
    /// The one of the system's packages, which are built with more care for speed.
    SystemPython,
    SerdePickle,
    /// The Rust values without a pickle: allocated, and inserted where they are keys.
    Bare,
    /// One copy of the pickle's bytes.
    Copy,
}

impl Rival {
    pub(crate) const ALL: [Rival; 5] = [
        Rival::CPython,
        Rival::SystemPython,
        Rival::SerdePickle,
        Rival::Bare,
        Rival::Copy,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Rival::CPython => "CPython",
            Rival::SystemPython => "the system's CPython",
            Rival::SerdePickle => "serde-pickle",
            Rival::Bare => "the bare values",
            Rival::Copy => "one memory copy",
        }
    }
}

/// What the rival's time over ours should be; None where they are not compared.
pub(crate) fn target(kind: Kind, set: &Set, rival: Rival) -> Option<Target> {
    let blob = set.size == Size::Blob;
    match rival {
        Rival::CPython => Some(AtLeast(gain(kind, set))),
        // Its target is that of the bare values, see below.
        Rival::SystemPython if (kind, set.word) == (Kind::Typed, "dict") => Some(Target::None),
        Rival::SystemPython => Some(AtLeast(gain(kind, set).min(1.0))),
        Rival::SerdePickle => Some(Target::None),
        Rival::Bare if (kind, set.word) == (Kind::Typed, "dict") => Some(AtLeast(0.8)),
        Rival::Bare if matches!(kind, Kind::Typed | Kind::TypedBorrowed) => Some(Target::None),
        Rival::Bare => None,
        // Of the check of its UTF-8, 12 us, all but 2 hide behind the copy, which takes 22.
        Rival::Copy if (kind, set.word) == (Kind::Owned, "ascii") => Some(AtLeast(0.85)),
        // A tenth is for what stands around the one object.
        Rival::Copy if blob && kind == Kind::Borrowed => Some(AtLeast(1.0)),
        Rival::Copy if blob => Some(AtLeast(0.9)),
        Rival::Copy => None,
    }
}

fn gain(kind: Kind, set: &Set) -> f64 {
    match (kind, set.word) {
        (Kind::Borrowed, _) => 2.5,
        // CPython copies them once, too, and nothing else takes time: 99 % of our instructions are
        // memcpy's, no page is faulted in, no system call is made. Two processes of one program
        // differ by 4 to 20 %.
        (Kind::Owned, "bytes" | "numpy") => 0.95,
        // It copies them at least once.
        _ if set.size == Size::Blob => 1.0,
        (Kind::Owned, "ints") => 3.4,
        (Kind::Owned, _) => 1.4,
        (Kind::Typed | Kind::TypedBorrowed, "ints") => 15.0,
        // 7 is what structs should have. What no codec can have, or has other reasons:
        // - To allocate, hash and insert the bare values takes 4/5 of our time, and as long as the
        //   system's CPython takes for all, so that they are the measure of the codec. 2/3 of that
        //   goes to the system's malloc, which borrowed keys do without, and half of the rest to
        //   std's SipHash, which another hasher does without.
        (Kind::Typed, "dict") => 1.0,
        (Kind::TypedBorrowed, "dict-foldhash") => 2.7,
        (Kind::TypedBorrowed, "dict") => 1.8,
        // - 40,000 allocations by the system's malloc, which gives the pages back each time: the
        //   bare values are about 4 times as fast as CPython, which has an allocator of its own.
        (Kind::Typed, "records") => 2.4,
        // - A hundred nanoseconds are spent around the values.
        (Kind::Typed, "request") => 2.0,
        (Kind::TypedBorrowed, "request") => 2.7,
        (Kind::Typed | Kind::TypedBorrowed, _) => 7.0,
        (Kind::Dumps | Kind::DumpsTyped, "records") => 6.0,
        (Kind::Dumps | Kind::DumpsTyped, _) => 2.7,
    }
}
