//! `mpconn pickle recode`: what one Python wrote, another reads.

#![cfg(feature = "cli")]

mod cli_env;

use std::fs;
use std::path::Path;
use std::process::Command;

use cli_env::{Directory, Ended, mpconn, python, run};

/// Objects that every Python has, and whether others are like them.
const THINGS: &str = r#"
import collections, datetime, decimal, pickle, sys

class Thing(object):
    def __init__(self, name):
        self.name = name

class Slotted(object):
    __slots__ = ("left",)

class Trouble(Exception):
    def __init__(self, code, text):
        Exception.__init__(self, code, text)

class Pairs(dict):
    pass

def make(protocol):
    shared = [u"shared"]
    cycle = {u"n": 1}
    cycle[u"me"] = cycle
    thing, slotted = Thing(u"tea"), Slotted()
    thing.self = thing
    slotted.left = shared
    pairs = Pairs({1: 2})
    pairs.extra = True
    return [
        None, True, -1, 2 ** 70, 1.5, 2j, u"text \u20ac", u"", b"\xff\x00bytes",
        bytearray(b"\xfe"), (1, (2, ())), {u"k": [1, 2], (1, 2): None},
        set([1, 2]), frozenset([3]), shared, shared, cycle, thing, pairs,
        datetime.datetime(2025, 1, 2, 3, 4, 5, 6), datetime.date(2025, 1, 2),
        datetime.timedelta(1, 2, 3), decimal.Decimal("1.10"),
        collections.OrderedDict([(u"b", 1), (u"a", 2)]), collections.deque([1, 2], 5),
        collections.defaultdict(list, {1: [2]}),
        ValueError(u"bad", 3), KeyError(u"k"), Trouble(7, u"out"), OSError(2, u"gone"),
        dict, ValueError, collections.OrderedDict, Thing, len, list(range(2000)),
    ] + [slotted] * (protocol >= 2)

def describe(value, seen):
    if id(value) in seen:
        return "seen %d" % seen[id(value)][0]
    if isinstance(value, (type(u""), bytes, int, float, complex, type, type(None), type(len))):
        return value
    # Kept, so that no other takes its place in memory.
    seen[id(value)] = len(seen), value
    parts = [type(value).__name__]
    if isinstance(value, (list, tuple, collections.deque)):
        parts += [describe(item, seen) for item in value]
    if isinstance(value, dict):
        parts += [describe(pair, seen) for pair in sorted(value.items(), key=repr)]
    if isinstance(value, (set, frozenset)):
        parts += sorted(value)
    if isinstance(value, BaseException):
        parts.append(describe(value.args, {}))
    if isinstance(value, Slotted):
        parts.append(describe(value.left, seen))
    if isinstance(value, (Thing, Pairs)):
        parts += [(name, describe(found, seen)) for name, found in sorted(value.__dict__.items())]
    if type(value).__module__ in ("datetime", "decimal"):
        parts.append(str(value))
    return parts

def write(path, protocol):
    with open(path, "wb") as file:
        pickle.dump(make(protocol), file, protocol)

def check(path, protocol):
    with open(path, "rb") as file:
        found = pickle.load(file)
    expected = make(protocol)
    assert len(found) == len(expected)
    ours, theirs = {}, {}
    for left, right in zip(found, expected):
        left, right = describe(left, ours), describe(right, theirs)
        assert left == right, (left, right)
    print("good")
"#;

/// Version and path of every Python of this machine, the oldest first.
fn pythons() -> Vec<((u32, u32), String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python-fixtures/find_pythons.py");
    let program = "import runpy, sys; sys.argv = sys.argv[1:]; \
                   runpy.run_path(sys.argv[0], run_name='__main__')";
    let found = run(python(program, &[script.to_str().unwrap()]), "").expect(0);
    let python = |line: &str| {
        let (version, path) = (line.split(' ').next()?, line.get(15..)?);
        let (major, minor) = version.split_once('.')?;
        Some(((major.parse().ok()?, minor.parse().ok()?), path.to_owned()))
    };
    let all: Vec<_> = found.stdout.lines().filter_map(python).collect();
    assert!(!all.is_empty(), "{found:#?}");
    all
}

/// What this Python says to an expression about the things.
fn ask(path: &str, directory: &Directory, expression: &str) -> Ended {
    let mut command = Command::new(path);
    command
        .args(["-B", "-W", "ignore", "-c"])
        .arg(format!("import things; things.{expression}"))
        .env("PYTHONPATH", directory.path(""));
    run(command, "")
}

fn recode(args: &[&str]) -> Ended {
    run(mpconn(["pickle", "recode"].iter().chain(args)), "")
}

fn highest(version: (u32, u32)) -> u8 {
    match version {
        (2, _) => 2,
        (3, ..=7) => 4,
        _ => 5,
    }
}

#[test]
fn every_python_reads_what_any_other_wrote() {
    let directory = Directory::new();
    directory.file("things.py", THINGS.as_bytes());
    let (path, out) = (directory.path("in.pkl"), directory.path("out.pkl"));
    let pythons = pythons();
    let ends = [pythons.first().unwrap(), pythons.last().unwrap()];
    for (version, writer) in ends {
        for protocol in 0..=highest(*version) {
            ask(writer, &directory, &format!("write({path:?}, {protocol})")).expect(0);
            for target in [2, 3, 4, 5] {
                let text = target.to_string();
                recode(&["--protocol", &text, &path, "-o", &out]).expect(0);
                for (version, reader) in ends {
                    if target <= highest(*version) {
                        let checked =
                            ask(reader, &directory, &format!("check({out:?}, {protocol})"))
                                .expect(0);
                        assert_eq!(checked.stdout.trim(), "good");
                    }
                }
            }
        }
    }
}

#[test]
fn all_pythons_read_protocol_2_of_the_newest() {
    let directory = Directory::new();
    directory.file("things.py", THINGS.as_bytes());
    let (path, out) = (directory.path("in.pkl"), directory.path("out.pkl"));
    let pythons = pythons();
    let (version, newest) = pythons.last().unwrap();
    let protocol = highest(*version);
    ask(newest, &directory, &format!("write({path:?}, {protocol})")).expect(0);
    recode(&["--protocol", "2", &path, "-o", &out]).expect(0);
    for (_, reader) in &pythons {
        let checked = ask(reader, &directory, &format!("check({out:?}, {protocol})")).expect(0);
        assert_eq!(checked.stdout.trim(), "good");
    }
}

#[test]
fn plain_data_in_the_same_protocol_stays_as_it_is() {
    let directory = Directory::new();
    let path = directory.path("plain.pkl");
    let program = "import pickle, sys\n\
                   x = [1, 'a', {'k': (2.5, None)}, b'x', [1] * 3]\n\
                   with open(sys.argv[1], 'wb') as f:\n    \
                       for o in ([x, x], 'text', x): pickle.dump(o, f, int(sys.argv[2]))";
    for protocol in ["2", "3", "4"] {
        run(python(program, &[&path, protocol]), "").expect(0);
        let before = fs::read(&path).unwrap();
        // In place.
        recode(&["--protocol", protocol, &path, "-o", &path]).expect(0);
        assert_eq!(fs::read(&path).unwrap(), before, "protocol {protocol}");
        let output = mpconn(["pickle", "recode", "--protocol", protocol, &path]).output();
        assert_eq!(output.unwrap().stdout, before);
    }
}

#[test]
fn what_a_protocol_cannot_carry_is_refused_and_nothing_is_written() {
    let directory = Directory::new();
    // A class whose name is not ASCII.
    let name = "\u{d6}rder".as_bytes();
    let pickles = [b"K\x01.\x80\x04\x8c\x04shop\x8c\x06", name, b"\x93."].concat();
    let path = directory.file("name.pkl", &pickles);
    let out = directory.file("out.pkl", b"as it was");
    let ended = recode(&["--protocol", "2", &path, "-o", &out]).expect(1);
    for part in ["pickle 2 at byte 3", "protocol 2", "write protocol 3"] {
        assert!(ended.stderr.contains(part), "{part}: {ended:#?}");
    }
    assert_eq!(fs::read(&out).unwrap(), b"as it was");
    recode(&["--protocol", "3", &path, "-o", &directory.path("3.pkl")]).expect(0);
    let broken = directory.file("broken.pkl", b"K\x01.\x80\x05K");
    let ended = recode(&["--protocol", "2", &broken, "-o", &out]).expect(1);
    assert!(ended.stderr.contains("pickle 2 at byte 3"), "{ended:#?}");
    assert_eq!(fs::read(&out).unwrap(), b"as it was");
}
