//! `mpconn pickle show`, `load` and `dump`.

mod cli_env;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use cli_env::{Directory, Ended, LIMIT, Running, mpconn, python, run};

fn pickle(args: &[&str], input: impl Into<Vec<u8>>) -> Ended {
    run(mpconn(["pickle"].iter().chain(args)), input)
}

/// The pickles of these lines, made by `dump`.
fn dumped(directory: &Directory, args: &[&str], lines: &str) -> String {
    let path = directory.path("dumped.pkl");
    let args = [&["dump", "-o", &path], args].concat();
    let ended = pickle(&args, lines).expect(0);
    assert_eq!((&*ended.stdout, &*ended.stderr), ("", ""));
    path
}

#[test]
fn help_is_for_newcomers() {
    for args in [&["--help"][..], &["show", "--help"], &["load", "--help"]] {
        let help = pickle(args, "").expect(0).stdout;
        assert!(help.contains("Examples:\n  mpconn pickle "), "{help}");
    }
    for verb in ["dump", "recode"] {
        let help = pickle(&[verb, "--help"], "").expect(0).stdout;
        assert!(help.contains("every Python reads 2"), "{help}");
    }
    let ended = pickle(&[], "").expect(2);
    assert!(ended.stderr.contains("recode"), "{ended:#?}");
}

#[test]
fn bad_arguments_are_usage_errors_that_say_what_to_do() {
    for (args, part) in [
        (&["dump", "--protocol", "1"][..], "every Python since 2.3"),
        (&["recode", "x.pkl"], "--protocol <N>"),
        (&["load", "--allow", "Order"], "shop.Order"),
        (&["load", "--exact"], "--json"),
        (&["load", "--python2-str", "utf16"], "latin1"),
        (&["show", "--stack", "--like-pickletools"], "cannot be used"),
    ] {
        let ended = pickle(args, "").expect(2);
        assert!(ended.stderr.contains(part), "{args:?}: {}", ended.stderr);
    }
    for verb in ["show", "load"] {
        let ended = pickle(&[verb, "/nowhere/x.pkl"], "").expect(1);
        assert!(ended.stderr.contains("cannot read /nowhere/x.pkl"));
        let ended = pickle(&[verb, "/"], "").expect(1);
        assert!(ended.stderr.contains("a directory"), "{ended:#?}");
    }
}

#[test]
fn literals_and_json_come_back_as_they_were() {
    let directory = Directory::new();
    let lines = "{'a': [1, -2.5, None, True], 'b': (b'\\xff', {3}, 2j)}\n'line\\n<...>'\n\n[]\n";
    for protocol in ["2", "3", "4", "5"] {
        let path = dumped(&directory, &["--protocol", protocol], lines);
        let loaded = pickle(&["load", &path], "").expect(0);
        assert_eq!(loaded.stdout, lines.replace("\n\n", "\n"));
        assert_eq!(loaded.stderr, "");
        let exact = pickle(&["load", "--json", "--exact", &path], "").expect(0);
        let again = directory.path("again.pkl");
        let args = ["dump", "--json", "--protocol", protocol, "-o", &again];
        pickle(&args, exact.stdout).expect(0);
        assert_eq!(fs::read(path).unwrap(), fs::read(again).unwrap());
    }
    let path = dumped(&directory, &["--json", "--one"], "{\"a\":\n[1,\n2.0]}\n");
    let loaded = pickle(&["load", "--json", &path], "").expect(0).stdout;
    assert_eq!(loaded, "{\"a\":[1,2.0]}\n");
}

#[test]
fn python_reads_what_dump_writes() {
    let directory = Directory::new();
    let path = dumped(&directory, &[], "{'a': [1, 2.5]}\n[b'x']");
    let program = "import pickle, sys; f = open(sys.argv[1], 'rb'); \
                   print([pickle.load(f), pickle.load(f)])";
    let printed = run(python(program, &[&path]), "").expect(0).stdout;
    assert_eq!(printed, "[{'a': [1, 2.5]}, [b'x']]\n");
}

#[test]
fn nothing_is_left_of_a_file_when_it_is_interrupted() {
    let directory = Directory::new();
    let path = directory.file("out.pkl", b"as it was");
    let mut running = Running::start(mpconn(["pickle", "dump", "-o", &path]));
    let files = || fs::read_dir(directory.path("")).unwrap().count();
    let deadline = Instant::now() + LIMIT;
    while files() == 1 {
        assert!(Instant::now() < deadline, "nothing is written");
        running.write_line("1");
        thread::sleep(Duration::from_millis(2));
    }
    running.signal("INT");
    running.end().expect(130);
    assert_eq!(files(), 1);
    assert_eq!(fs::read(&path).unwrap(), b"as it was");
}

#[test]
fn a_flaw_has_line_and_column_and_leaves_the_file_as_it_was() {
    let directory = Directory::new();
    let path = dumped(&directory, &[], "'before'");
    let before = fs::read(&path).unwrap();
    for (args, lines, place) in [
        (
            &["--protocol", "2"][..],
            "1\n\n[2, oops]",
            "line 3, column 5: ",
        ),
        (&["--json"], "1\n{\"a\": }", "line 2, column 7: "),
        (&["--one"], "[1,\n 2", "line 1, column 1: never closed"),
        (&["--one"], "[1,\n 'ä', oops]", "line 2, column 7: "),
        (
            &["--json"],
            "{\"$bytes\": 1}",
            "line 1, column 1: {\"$bytes\": ...}",
        ),
    ] {
        let ended = pickle(&[&["dump", "-o", &path], args].concat(), lines).expect(1);
        assert!(ended.stderr.contains(place), "{ended:#?}");
        assert_eq!(fs::read(&path).unwrap(), before);
        // Nothing is left behind.
        let files = fs::read_dir(directory.path("")).unwrap().count();
        assert_eq!(files, 1);
    }
    let ended = pickle(&["dump", "-o", &directory.path("no/such")], "1").expect(1);
    assert!(ended.stderr.contains("cannot write"), "{ended:#?}");
}

#[test]
fn pickles_are_shown_as_they_come() {
    let mut running = Running::start(mpconn(["pickle", "load"]));
    running.write_line("I1");
    // The end of the first and the beginning of the second.
    running.write_line(".I2");
    assert_eq!(running.stdout_line(), "1");
    running.write_line(".(lp0");
    assert_eq!(running.stdout_line(), "2");
    let ended = running.end().expect(1);
    assert!(ended.stderr.contains("pickle 3 at byte 8"), "{ended:#?}");
    assert!(ended.stderr.contains("cut off"), "{ended:#?}");
}

#[test]
fn what_is_no_literal_is_shown_and_noted_once() {
    let pickles =
        b"\x80\x04\x8c\x04shop\x8c\x05Order\x93)\x81}\x8c\x02idK\x07sb.cos\nsystem\n.]2a.";
    let ended = pickle(&["load"], pickles).expect(0);
    let shown = "<shop.Order {'id': 7}>\n<class 'os.system'>\n[[...]]\n";
    assert_eq!(ended.stdout.replace("Order()", "Order"), shown);
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:#?}");
    assert!(
        ended.stderr.contains("line 1 is not a literal"),
        "{ended:#?}"
    );
    let json = pickle(&["load", "--json", "--exact"], pickles).expect(0);
    assert_eq!(json.stderr, "");
}

#[test]
fn classes_are_refused_unless_they_are_allowed() {
    let pickles = b"cshop\nOrder\n.cshop.models\nItem\n.";
    for allowed in [&["shop.Order", "shop.models.Item"][..], &["shop.*"]] {
        let options = allowed.iter().flat_map(|name| ["--allow", name]);
        let args: Vec<_> = ["load"].into_iter().chain(options).collect();
        pickle(&args, pickles).expect(0);
    }
    let ended = pickle(&["load", "--allow", "shop.Order"], pickles).expect(1);
    assert_eq!(ended.stdout, "<class 'shop.Order'>\n");
    assert!(ended.stderr.contains("shop.models.Item is not among"));
}

#[test]
fn options_of_reading_reach_the_reader() {
    let old = b"S'caf\\xe9'\n.";
    for (choice, shown) in [
        ("ascii", "b'caf\\xe9'\n"),
        ("bytes", "b'caf\\xe9'\n"),
        ("latin1", "'café'\n"),
    ] {
        let ended = pickle(&["load", "--python2-str", choice], old).expect(0);
        assert_eq!(ended.stdout, shown);
    }
    pickle(&["load", "--python2-str", "utf8"], old).expect(1);
    for (limit, pickled) in [
        ("--max-depth=2", &b"]]]aa."[..]),
        ("--max-values=3", b"(NNNNt."),
        ("--max-memo=1", b"]q\0]q\x01a."),
        ("--max-bytes=10", b"X\xff\0\0\0"),
    ] {
        let ended = pickle(&["load", limit], pickled).expect(1);
        assert!(ended.stderr.contains("limit"), "{ended:#?}");
    }
}

#[test]
fn depth_is_a_matter_of_a_limit_alone() {
    let depth = 200_000;
    let pickled = [b"]".repeat(depth), b"a".repeat(depth - 1), b".".to_vec()].concat();
    let ended = pickle(&["load"], pickled.clone()).expect(1);
    assert!(ended.stderr.contains("--max-depth"), "{ended:#?}");
    let ended = pickle(&["load", "--max-depth=1000000"], pickled.clone()).expect(0);
    assert_eq!(ended.stdout.len(), 2 * depth + 1);
    let again = pickle(&["dump", "--protocol=2"], ended.stdout);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    pickle(&["show"], pickled).expect(0);
}

#[test]
fn several_pickles_are_read_or_the_first_alone() {
    let pickles = b"K\x01.K\x02.no pickle";
    let ended = pickle(&["load"], pickles).expect(1);
    assert_eq!(ended.stdout, "1\n2\n");
    assert!(ended.stderr.contains("pickle 3 at byte 6"), "{ended:#?}");
    assert!(ended.stderr.contains("--first"), "{ended:#?}");
    let ended = pickle(&["load", "--first"], pickles).expect(0);
    assert_eq!(ended.stdout, "1\n");
    let shown = pickle(&["show", "--first"], pickles).expect(0).stdout;
    assert_eq!(shown.lines().count(), 3, "{shown}");
}

#[test]
fn opcodes_are_shown_up_to_an_error() {
    let ended = pickle(&["show"], b"\x80\x02]q\0.K\x01\xff").expect(1);
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines[0], "    0: \\x80 PROTO      2");
    assert_eq!(lines[4], "highest protocol among opcodes = 2");
    assert_eq!(lines[6], "# pickle 2, at byte 6");
    assert_eq!(lines[7], "    6: K    BININT1    1");
    assert!(ended.stderr.contains("byte 8"), "{ended:#?}");
    let ended = pickle(&["show"], "").expect(1);
    assert!(ended.stderr.contains("standard input is empty"));
    let ended = pickle(&["show", "--stack"], b"](K\x01e.").expect(0);
    assert!(
        ended.stdout.contains("# stack [list, MARK, int]"),
        "{ended:#?}"
    );
    let ended = pickle(&["show", "--stack=1"], b"](K\x01e.").expect(0);
    assert!(!ended.stdout.contains("list, MARK"), "{ended:#?}");
}

#[test]
fn arguments_are_shortened_unless_all_is_asked_for() {
    let long = format!("V{}\n.", "x".repeat(500));
    let short = pickle(&["show"], long.clone()).expect(0).stdout;
    assert!(short.len() < 300, "{short}");
    let full = pickle(&["show", "--full"], long).expect(0).stdout;
    assert!(full.contains(&"x".repeat(500)));
}

#[test]
fn it_is_what_pickletools_prints() {
    let directory = Directory::new();
    let lines = format!(
        "{{'a': [1, 2.5, None], 'b': ({{3}}, {:?})}}",
        "x".repeat(200)
    );
    for protocol in ["2", "4"] {
        let path = dumped(&directory, &["--protocol", protocol], &lines);
        let theirs = run(
            python(
                "import pickletools, sys; pickletools.dis(open(sys.argv[1], 'rb'))",
                &[&path],
            ),
            "",
        );
        let ours = pickle(&["show", "--like-pickletools", &path], "").expect(0);
        assert_eq!(ours.stdout, theirs.expect(0).stdout);
    }
}

#[test]
fn one_picklers_memo_can_be_kept() {
    let pickles = b"](K\x01eq\0.h\0.";
    pickle(&["show"], pickles).expect(1);
    pickle(&["show", "--keep-memo"], pickles).expect(0);
    let ended = pickle(&["load"], pickles).expect(1);
    assert_eq!(ended.stdout, "[1]\n");
    assert!(ended.stderr.contains("--keep-memo"), "{ended:#?}");
}

#[test]
fn captured_messages_are_taken_out_of_their_frames() {
    let mut stream = Vec::new();
    for message in [
        &b"#CHALLENGE#{sha256}0123456789"[..],
        b"K\x01.",
        b"oops",
        b"K\x02.",
    ] {
        stream.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        stream.extend(message);
    }
    let ended = pickle(&["show", "--frames"], stream.clone()).expect(1);
    for part in [
        "# message 1, 29 bytes, at byte 4\nb'#CHALLENGE#{sha256}0123456789'  # handshake",
        "# message 2, 3 bytes, at byte 37\n    0: K    BININT1    1\n",
        "\nerror: pickle, byte ",
        "BININT1    2",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert!(
        ended.stderr.contains("1 message is not a pickle"),
        "{ended:#?}"
    );
    let objects = stream[33..40].to_vec();
    let ended = pickle(&["load", "--frames"], objects.clone()).expect(0);
    assert_eq!(ended.stdout, "1\n");
    let ended = pickle(&["load", "--frames"], &objects[..6]).expect(1);
    assert!(ended.stderr.contains("1 bytes are missing"), "{ended:#?}");
}

#[test]
fn a_reader_that_goes_is_a_failure() {
    let pickles = b"K\x01.".repeat(200_000);
    let directory = Directory::new();
    let path = directory.file("many.pkl", &pickles);
    for verb in ["load", "show"] {
        let mut running = Running::start(mpconn(["pickle", verb, &path]));
        running.stdout_line();
        running.close_stdout();
        let ended = running.end().expect(1);
        let told = "mpconn: standard output was closed before everything was printed\n";
        assert_eq!(ended.stderr, told);
    }
}
