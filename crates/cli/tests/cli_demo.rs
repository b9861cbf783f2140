//! `mpconn demo`, with a Python, without one, and with what only looks like one.

mod cli_env;

use std::os::unix::fs::PermissionsExt;

use cli_env::{Directory, mpconn, python, run};

/// The Python of the tests, where it says that it is.
fn this_python() -> String {
    let program = "import sys; sys.stdout.write(sys.executable)";
    run(python(program, &[]), "").expect(0).stdout
}

#[test]
fn both_directions_are_shown() {
    let ended = run(mpconn(["demo", "--python", &this_python()]), "").expect(0);
    for part in [
        "1. Python connects to a Rust listener",
        "2. Rust connects to a Python listener",
        "from multiprocessing.connection import Client",
        "from multiprocessing.connection import Listener",
        "Rust   -> Python     59  challenge sha256",
        "welcome: the response was correct",
        "'naïve café, 日本語, Руст'",
        "1267650600228229401496703205376",
        "{'pi': 3.141592653589793}",
        "Python proved its key with",
        "8 objects there and back: equal on both sides.",
        "per round trip",
        "Both directions work.",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert_eq!(ended.stdout.matches("equal on both sides").count(), 2);
    // A pipe is no terminal: no colours.
    assert!(!ended.stdout.contains('\x1b'));
}

#[test]
fn it_is_found_on_the_path() {
    let directory = Directory::new();
    let link = directory.path("python3");
    std::os::unix::fs::symlink(this_python(), link).unwrap();
    let mut command = mpconn(["demo"]);
    command.env("PATH", directory.path(""));
    run(command, "").expect(0);
}

#[test]
fn without_a_python_it_says_what_to_do() {
    let directory = Directory::new();
    let mut command = mpconn(["demo"]);
    command.env("PATH", directory.path(""));
    let ended = run(command, "").expect(1);
    for part in [
        "python3: not found",
        "python: not found",
        "Install one",
        "--python /path",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    let ended = run(mpconn(["demo", "--python", "/no/such/python"]), "").expect(1);
    assert!(
        ended.stderr.contains("/no/such/python: not found"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_python_that_fails_or_hangs_does_not_hold_it_up() {
    let directory = Directory::new();
    for (script, code, part) in [
        (
            "echo 'no module named multiprocessing' >&2; exit 3",
            1,
            "no module named",
        ),
        ("exec sleep 100", 1, "did not end in time"),
        // Looks right until the real work.
        (
            "case \"$2\" in *platform*) echo CPython 3; echo here;; *) exit 7;; esac",
            1,
            "exit status: 7",
        ),
        (
            "case \"$2\" in *platform*) echo CPython 3; echo here;; *) exec sleep 100;; esac",
            5,
            "in time",
        ),
    ] {
        let fake = directory.file("fake", format!("#!/bin/sh\n{script}\n").as_bytes());
        std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
        let args = ["demo", "--timeout", "1", "--python", &fake];
        let ended = run(mpconn(args), "").expect(code);
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
}
