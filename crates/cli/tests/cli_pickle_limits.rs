//! What `mpconn pickle load` and `show` print of hostile files, and what that takes.

mod cli_env;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use cli_env::{Directory, Ended, mpconn, run};

fn pickle(args: &[&str], input: impl Into<Vec<u8>>) -> Ended {
    run(mpconn(["pickle"].iter().chain(args)), input)
}

/// The program with at most that much memory.
fn within_kilobytes(kilobytes: u32, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {kilobytes}; ulimit -t 20; exec \"$@\"");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_mpconn")]);
    command.args(args).env_remove("MPCONN_AUTHKEY");
    command
}

const MEMORY: u32 = 400_000;

/// 20 levels of lists, each of which holds the one below ten times.
fn lists() -> Vec<u8> {
    let levels = (1..20_u8).flat_map(|level| {
        let inside = [b'h', level - 1].repeat(10);
        [&b"("[..], &inside, b"l\x94"].concat()
    });
    [&b"\x80\x04K\x01\x94"[..], &levels.collect::<Vec<_>>(), b"."].concat()
}

/// Instances, each of which holds the one below three times.
fn instances() -> Vec<u8> {
    let levels = (1..22_u8).flat_map(|level| {
        let inside = [b'h', level].repeat(3);
        [&b"h\x00("[..], &inside, b"t\x81\x94"].concat()
    });
    let levels: Vec<u8> = levels.collect();
    [&b"\x80\x04cshop\nOrder\n\x94N\x94"[..], &levels, b"."].concat()
}

/// A text of a million characters, a thousand times.
fn texts() -> Vec<u8> {
    let text = "x".repeat(1_000_000);
    [
        b"V",
        text.as_bytes(),
        b"\np0\n0(",
        &b"g0\n".repeat(1000),
        b"l.",
    ]
    .concat()
}

#[test]
fn what_is_shared_without_end_is_cut() {
    let directory = Directory::new();
    for (name, bomb, cut) in [
        ("lists", lists(), "<list of 10 items ...>"),
        ("instances", instances(), "<shop.Order ...>"),
        ("texts", texts(), "<str of 1000000 bytes ...>"),
    ] {
        let length = bomb.len();
        let path = directory.file(name, &bomb);
        for growth in [0, 10_000, 1 << 20] {
            let option = growth.to_string();
            let args = ["pickle", "load", "--max-growth", &option, &path];
            let ended = run(within_kilobytes(MEMORY, &args), "").expect(1);
            assert!(ended.stdout.contains(cut) && ended.stdout.ends_with('\n'));
            assert!(ended.stdout.len() <= 20 * length + growth, "{name}");
            assert!(ended.stderr.starts_with("line 1 is cut"), "{ended:#?}");
            assert!(ended.stderr.contains("--max-growth"));
            assert!(ended.stderr.contains("--json --exact"));
        }
        let default = pickle(&["load", &path], "").expect(1);
        assert!(default.stdout.len() <= 20 * length + (1 << 20));
        for args in [&["--json"][..], &["--json", "--exact"]] {
            let args = [&["pickle", "load"], args, &[&*path]].concat();
            let ended = run(within_kilobytes(MEMORY, &args), "").expect(0);
            assert!(ended.stdout.len() <= 20 * length, "{name}");
            assert!(ended.stdout.contains("{\"$same\":"));
            let again = pickle(&["dump", "--json"], ended.stdout).expect(0);
            assert_eq!(again.stderr, "");
        }
    }
}

#[test]
fn more_growth_shows_all() {
    let directory = Directory::new();
    let bomb = [
        b"(",
        &b"K\x01".repeat(100)[..],
        b"lp0\n0(",
        &b"g0\n".repeat(100),
        b"l.",
    ]
    .concat();
    let path = directory.file("lists", &bomb);
    let ended = pickle(&["load", "--max-growth", "1000", &path], "").expect(1);
    assert!(ended.stdout.contains("<list of 100 items ...>"));
    let ended = pickle(&["load", "--max-growth", "100000", &path], "").expect(0);
    assert_eq!(ended.stdout.matches('1').count(), 10_000);
    assert_eq!(ended.stderr, "");
}

#[test]
fn lines_after_one_that_is_cut_are_printed_and_the_note_comes_once() {
    let input = [&lines_of(&lists(), 3)[..], b"K\x07."].concat();
    let ended = pickle(&["load"], input).expect(1);
    assert_eq!(ended.stdout.lines().count(), 4);
    assert!(ended.stdout.ends_with("\n7\n"));
    assert_eq!(ended.stderr.matches("is cut").count(), 1);
}

fn lines_of(pickle: &[u8], times: usize) -> Vec<u8> {
    pickle.repeat(times)
}

#[test]
fn names_cannot_steer_a_terminal_or_forge_a_line() {
    let odd = "a\u{1b}[2J\n\u{202e}\u{9b}b";
    let text = |text: &str| {
        let length = u8::try_from(text.len()).unwrap();
        [&[0x8c, length][..], text.as_bytes()].concat()
    };
    let class = [&text(odd)[..], &text(odd), b"\x93"].concat();
    let state = [b"}", &text(odd)[..], b"K\x01s"].concat();
    let kwargs = [b")}", &text("good")[..], &text(odd), b"s\x92"].concat();
    let pickles = [
        [&class[..], b"."].concat(),
        [&class[..], b")\x81", &state, b"b."].concat(),
        [&class[..], &kwargs, b"."].concat(),
        [
            &text("builtins")[..],
            &text("q\u{1b}Error"),
            b"\x93",
            &text(odd),
            b"\x85R.",
        ]
        .concat(),
        [&text(odd)[..], b"Q."].concat(),
        [
            &text("types")[..],
            &text("SimpleNamespace"),
            b"\x93)\x81",
            &state,
            b"b.",
        ]
        .concat(),
    ];
    let mut input = Vec::new();
    for pickle in &pickles {
        input.extend([&b"\x80\x04"[..], pickle].concat());
    }
    let is_printable = |text: &str| {
        let odd = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{9b}');
        text.lines().all(|line| !line.contains(odd))
    };
    for args in [
        &["load"][..],
        &["load", "--json"],
        &["load", "--json", "--exact"],
    ] {
        let ended = pickle(args, input.clone()).expect(0);
        assert_eq!(ended.stdout.lines().count(), pickles.len(), "{ended:#?}");
        assert!(is_printable(&ended.stdout), "{ended:#?}");
    }
    for args in [&["show"][..], &["show", "--full", "--stack"]] {
        let ended = pickle(args, input.clone()).expect(0);
        assert!(is_printable(&ended.stdout), "{ended:#?}");
    }
    // In errors, too.
    let refused = pickle(&["load", "--allow", "shop.Order"], input).expect(1);
    assert!(is_printable(&refused.stderr), "{refused:#?}");
    let named = pickle(&["load", "/nowhere/\u{1b}[2J\nforged"], "").expect(1);
    assert!(
        named.stderr.contains("/nowhere/\\x1b[2J\\nforged"),
        "{named:#?}"
    );
}

#[test]
fn show_ends_after_so_many_opcodes() {
    let many = [&b"N0".repeat(600_000)[..], b"N."].concat();
    let ended = pickle(&["show"], many).expect(1);
    assert_eq!(ended.stdout.lines().count(), 1_000_001);
    assert!(ended.stdout.ends_with("\n...\n"));
    let told = "more than 1000000 opcodes: --max-items N";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    let deep = [&b"(".repeat(64)[..], b"N", &b"2".repeat(200), b"."].concat();
    let ended = pickle(&["show", "--max-items", "5"], deep).expect(1);
    assert_eq!(ended.stdout.lines().count(), 6);
    // Exactly as many are no more.
    for (args, code) in [
        (["show", "--max-items", "6"], 0),
        (["show", "--max-items", "5"], 1),
    ] {
        let ended = pickle(&args, "K\u{1}.K\u{1}.K\u{1}.").expect(code);
        assert_eq!(ended.stdout.matches("BININT1").count(), 3);
    }
    let frame = [&3_u32.to_be_bytes()[..], b"K\x01."].concat();
    let args = ["show", "--frames", "--max-items", "3"];
    let ended = pickle(&args, frame.repeat(10)).expect(1);
    assert_eq!(ended.stdout.matches("BININT1").count(), 2);
}

#[test]
fn comments_of_show_are_short_however_long_names_are() {
    let name = "n".repeat(100_000);
    for object in [
        format!("cmodule\n{name}\nq\u{0}"),
        format!("V{name}\nq\u{0}"),
        format!("(imodule\n{name}\nq\u{0}"),
    ] {
        let mut input = object.clone();
        for _ in 0..1000 {
            write!(input, "h\u{0}0").unwrap();
        }
        input.push('.');
        let ended = pickle(&["show"], input).expect(0);
        assert!(ended.stdout.len() < 300_000, "{}", ended.stdout.len());
    }
}

#[test]
fn an_output_that_is_full_is_an_error() {
    let directory = Directory::new();
    let path = directory.file("one.pkl", b"K\x01.");
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for args in [
        &["pickle", "load", &path][..],
        &["pickle", "load", "--json", &path],
        &["pickle", "show", &path],
    ] {
        let output = mpconn(args).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("cannot write to standard output"), "{told}");
    }
}
