//! `mpconn pickle recode`: what one Python wrote, another reads.

mod cli_env;

use std::fs;
use std::io::Read;
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
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python-fixtures/find_pythons.py");
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

/// A pickle of a megabyte that refers to one integer of 300 kB 350,000 times: 105 GB, written out.
fn one_integer_many_times() -> Vec<u8> {
    let mut pickle = b"\x80\x02\x8b".to_vec();
    pickle.extend(300_000_u32.to_le_bytes());
    pickle.extend([1; 300_000]);
    pickle.extend(b"q\x000](");
    pickle.extend(b"h\x00".repeat(350_000));
    pickle.extend(b"e.");
    pickle
}

/// `mpconn` with this much memory in KiB, and 20 s of processor time that only a runaway takes.
fn limited(kib: u64, args: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    let script = format!("ulimit -v {kib}; ulimit -t 20; exec \"$@\"");
    shell.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_mpconn")]);
    shell.args(args);
    shell
}

#[test]
fn an_integer_that_is_written_many_times_ends_at_the_limit() {
    let directory = Directory::new();
    let (file, out) = (directory.path("in.pkl"), directory.path("out.pkl"));
    fs::write(&file, one_integer_many_times()).unwrap();
    fs::write(&out, "before").unwrap();
    for protocol in ["2", "3", "4", "5"] {
        let args = [
            "pickle",
            "recode",
            "--protocol",
            protocol,
            &file,
            "-o",
            &out,
        ];
        let ended = run(limited(200_000, &args), "").expect(1);
        assert!(ended.stderr.contains("--max-output"), "{ended:?}");
        // Its default is 64 MiB for what is short.
        assert!(ended.stderr.contains("67108864 bytes"), "{ended:?}");
        assert_eq!(fs::read(&out).unwrap(), b"before");
    }
    // Nothing is left behind, and nothing was written beside.
    assert_eq!(
        fs::read_dir(Path::new(&out).parent().unwrap())
            .unwrap()
            .count(),
        2
    );
}

#[test]
fn standard_output_gets_whole_pickles_and_a_part_without_stop() {
    let directory = Directory::new();
    let (file, out) = (directory.path("in.pkl"), directory.path("out.pkl"));
    let mut input = b"\x80\x02]q\x00K\x01a.\x80\x02N.".to_vec();
    input.extend(one_integer_many_times());
    input.extend(b"\x80\x02K\x07.");
    fs::write(&file, input).unwrap();
    for protocol in ["2", "4"] {
        let mut command = limited(
            200_000,
            &[
                "pickle",
                "recode",
                "--protocol",
                protocol,
                "--max-output",
                "3000000",
                &file,
            ],
        );
        command.stdout(fs::File::create(&out).unwrap());
        let status = command.output().unwrap();
        let errors = String::from_utf8(status.stderr).unwrap();
        assert_eq!(status.status.code(), Some(1), "{errors}");
        assert!(
            errors.contains("pickle 3 at byte") && errors.contains("--max-output"),
            "{errors}"
        );
        let written = fs::metadata(&out).unwrap().len();
        assert!((1_000_000..3_000_100).contains(&written), "{written}");
        let program = "import pickle, sys\n\
            file = open(sys.argv[1], 'rb')\n\
            print(pickle.load(file), pickle.load(file))\n\
            try:\n    pickle.load(file)\n\
            except (EOFError, pickle.UnpicklingError) as error:\n    print('a part')\n";
        let read = run(python(program, &[&out]), "").expect(0);
        assert_eq!(read.stdout, "[1] None\na part\n");
    }
}

#[test]
fn a_pickle_is_recoded_without_being_held_as_a_whole() {
    let directory = Directory::new();
    let (file, out) = (directory.path("in.pkl"), directory.path("out.pkl"));
    fs::write(&file, one_integer_many_times()).unwrap();
    let args = [
        "pickle",
        "recode",
        "--protocol",
        "4",
        "--max-output",
        "600000000",
        &file,
        "-o",
        &out,
    ];
    let ended = run(limited(200_000, &args), "").expect(1);
    assert!(ended.stderr.contains("600000000 bytes"), "{ended:?}");
    let allowed = [
        "pickle",
        "recode",
        "--protocol",
        "4",
        "--max-output",
        "200000000000",
        &file,
    ];
    // 400 MB go through a process that has 200 MB.
    let mut command = limited(200_000, &allowed);
    let mut running = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut read = running.stdout.take().unwrap().take(400_000_000);
    let count = std::io::copy(&mut read, &mut std::io::sink()).unwrap();
    drop(read);
    running.wait().unwrap();
    assert_eq!(count, 400_000_000);
}

#[test]
fn dump_has_the_same_limit() {
    let directory = Directory::new();
    let out = directory.path("out.pkl");
    let json = format!("[\"{}\"]\n", "x".repeat(2000));
    let args = [
        "pickle",
        "dump",
        "--json",
        "--max-output",
        "1000",
        "-o",
        &out,
    ];
    let ended = run(mpconn(args), json.clone()).expect(1);
    assert!(ended.stderr.contains("--max-output") && ended.stderr.contains("line 1"));
    assert!(!Path::new(&out).exists());
    let args = [
        "pickle",
        "dump",
        "--json",
        "--max-output",
        "3000",
        "-o",
        &out,
    ];
    run(mpconn(args), json).expect(0);
}
