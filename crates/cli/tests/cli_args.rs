//! The command line itself: help, usage errors, keys.

mod cli_env;

use cli_env::{Directory, mpconn, run};

const VERBS: [&str; 8] = [
    "demo", "listen", "connect", "probe", "relay", "call", "manager", "pickle",
];

#[test]
fn without_a_verb_it_helps_and_says_that_this_was_no_use() {
    let ended = run(mpconn([""; 0]), "").expect(2);
    for verb in VERBS {
        assert!(ended.stderr.contains(&format!("\n  {verb} ")), "{ended:#?}");
    }
}

#[test]
fn help_is_for_newcomers() {
    let ended = run(mpconn(["--help"]), "").expect(0);
    for part in [
        "MPCONN_AUTHKEY",
        "Exit codes",
        "[::1]:6000",
        "@name",
        "python3 -c",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    for verb in VERBS {
        let help = run(mpconn([verb, "--help"]), "").expect(0).stdout;
        assert!(help.contains("Examples:\n  "), "{help}");
        assert!(help.contains(&format!("mpconn {verb}")), "{help}");
    }
    for verb in ["listen", "connect"] {
        let help = run(mpconn([verb, "--help"]), "").expect(0).stdout;
        assert!(
            help.contains("from multiprocessing.connection import"),
            "{help}"
        );
    }
    let help = run(mpconn(["manager", "--help"]), "").expect(0).stdout;
    for verb in [
        "ping",
        "methods",
        "number-of-objects",
        "debug-info",
        "shutdown",
    ] {
        assert!(help.contains(&format!("\n  {verb} ")), "{help}");
        run(mpconn(["manager", verb, "--help"]), "").expect(0);
    }
}

#[test]
fn the_version_is_the_packages() {
    let ended = run(mpconn(["--version"]), "").expect(0);
    assert_eq!(
        ended.stdout,
        format!("mpconn {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn bad_arguments_are_usage_errors_that_say_what_to_do() {
    for (args, part) in [
        (&["nothing"][..], "unrecognized subcommand"),
        (&["listen"], "ADDRESS"),
        (&["listen", "localhost"], "write host:port"),
        (&["listen", "6000"], "localhost:6000"),
        (&["connect", "tcp://x:1"], "it is a URL"),
        (&["probe", "::1:6000"], "brackets"),
        (&["relay", "127.0.0.1:0"], "TARGET"),
        (&["listen", "@x", "--count", "0"], "--count"),
        (&["listen", "@x", "--timeout", "0"], "such as 5 or 0.5"),
        (&["listen", "@x", "--json", "--raw"], "cannot be used with"),
        (&["connect", "@x", "--replies", "some"], "`all`"),
        (&["call", "@x", "jobs"], "METHOD"),
        (&["call", "@x", "jobs", "get", "--kw", "1"], "NAME=VALUE"),
        (&["call", "@x", "jobs", "put", "hello"], "\"'hello'\""),
        (
            &["call", "@x", "jobs", "put", "hello", "--json"],
            "'\"hello\"'",
        ),
        (
            &["call", "@x", "list", "pop", "--new", "a"],
            "--new 1, column 1",
        ),
        (
            &["call", "@x", "jobs", "get", "--kw", "timeout=x"],
            "--kw timeout, column 1",
        ),
        (
            &["manager", "methods", "@x", "list", "--new", "a"],
            "--new 1",
        ),
        (&["manager", "shut", "@x"], "unrecognized subcommand"),
    ] {
        let ended = run(mpconn(args), "").expect(2);
        assert!(ended.stderr.contains(part), "{args:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    for args in [
        &["listen", "127.0.0.1:0", "--authkey", "hunter2"][..],
        &["connect", "127.0.0.1:1", "--authkey=hunter2"],
        &["probe", "--authkey", "hunter2", "127.0.0.1:1"],
        &["probe", "127.0.0.1:1", "--authkey"],
    ] {
        let ended = run(mpconn(args), "").expect(2);
        assert!(ended.stderr.contains("--authkey-file"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
}

#[test]
fn keys_that_cannot_be_read_are_usage_errors() {
    let directory = Directory::new();
    let missing = directory.path("missing");
    let hex = directory.file("hex", b"12345x");
    for (args, part) in [
        (&["--authkey-file", &missing][..], "cannot read the key"),
        (&["--authkey-hex", "--authkey-file", &hex], "character 6"),
        (&["--authkey-hex"], "there is none"),
    ] {
        let args = ["probe", "127.0.0.1:1"].iter().chain(args);
        let ended = run(mpconn(args), "").expect(2);
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
        assert!(!ended.stderr.contains("12345x"), "{}", ended.stderr);
    }
}
