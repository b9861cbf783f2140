//! Tests of lines as `pickletools` prints them, of comments, and of errors.

use super::*;

/// Returns the lines without comments.
fn lines(pickle: &[u8]) -> Vec<String> {
    let listing = disassemble(pickle).like_pickletools().to_string();
    listing.lines().map(str::to_owned).collect()
}

/// Returns the arguments as printed.
fn arguments(pickle: &[u8]) -> Vec<String> {
    let instructions = disassemble(pickle).filter_map(Result::ok);
    instructions
        .filter_map(|instruction| instruction.argument().map(ToString::to_string))
        .collect()
}

fn comments(pickle: &[u8]) -> Vec<String> {
    let instructions = disassemble(pickle).filter_map(Result::ok);
    instructions
        .filter_map(|instruction| instruction.comment().map(str::to_owned))
        .collect()
}

/// Returns the opcodes up to an error, and the error.
fn failure(pickle: &[u8]) -> (Vec<&'static str>, PickleError) {
    let mut opcodes = Vec::new();
    for instruction in disassemble(pickle) {
        match instruction {
            Ok(instruction) => opcodes.push(instruction.opcode()),
            Err(error) => return (opcodes, error),
        }
    }
    panic!("nothing is wrong with {pickle:?}");
}

#[test]
fn marks_indent_until_they_are_taken() {
    assert_eq!(
        lines(b"\x80\x02}((K\x01K\x02tNu0(N0(1N."),
        [
            "    0: \\x80 PROTO      2",
            "    2: }    EMPTY_DICT",
            "    3: (    MARK",
            "    4: (        MARK",
            "    5: K            BININT1    1",
            "    7: K            BININT1    2",
            "    9: t            TUPLE      (MARK at 4)",
            "   10: N        NONE",
            "   11: u        SETITEMS   (MARK at 3)",
            "   12: 0    POP",
            "   13: (    MARK",
            "   14: N        NONE",
            "   15: 0        POP",
            "   16: (        MARK",
            "   17: 1            POP_MARK   (MARK at 16)",
            "   18: N        NONE",
            "   19: .        STOP",
            "highest protocol among opcodes = 2",
            "error: pickle, byte 19 (STOP): left on the stack after STOP: 1, stack [MARK]; Python \
             ignores them",
        ]
    );
    assert_eq!(lines(b"(0N.")[1], "    1: 0        POP        (MARK at 0)");
}

#[test]
fn the_memo_is_numbered() {
    assert_eq!(
        lines(b"]\x94K\x05\x94\x86h\x01\x86."),
        [
            "    0: ]    EMPTY_LIST",
            "    1: \\x94 MEMOIZE    (as 0)",
            "    2: K    BININT1    5",
            "    4: \\x94 MEMOIZE    (as 1)",
            "    5: \\x86 TUPLE2",
            "    6: h    BINGET     1",
            "    8: \\x86 TUPLE2",
            "    9: .    STOP",
            "highest protocol among opcodes = 4",
        ]
    );
    // Python 2's cPickle counts from 1; any other numbers are legal too.
    let pickle = b"Np1\nr\xff\xff\xff\xffp2\np123456789012\nq\x000g1\nj\xff\xff\xff\xffg2\nh\0g123456789012\n00000";
    let memo: Vec<_> = disassemble(&[&pickle[..], b"N."].concat())
        .map(|instruction| instruction.unwrap())
        .filter_map(|instruction| instruction.memo())
        .collect();
    let far = 123_456_789_012;
    let entries = [1, 0xffff_ffff, 2, far, 0, 1, 0xffff_ffff, 2, 0, far];
    assert_eq!(memo, entries);
}

#[test]
fn arguments_print_as_python_does() {
    let numbers = b"K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\0\x8a\x01\x80\x8b\x02\0\0\0\xff\0G\x40\x04\0\0\0\0\0\0\x84\xfe\xff\xff\xff";
    let expected = ["255", "65535", "-1", "0", "-128", "255", "2.5", "-2"];
    assert_eq!(arguments(numbers), expected);
    let lines = b"I00\nI01\nI-07\nL12L\nL-345\nF1e5\nFnan\nS'it\\'s'\nV\\u4e2d\\\\u0041\\ud800\xe9\nP1\ncos\npath\n";
    let expected = [
        "False",
        "True",
        "-7",
        "12",
        "-345",
        "100000.0",
        "nan",
        r"'it\'s'",
        r"'中\\\\u0041\ud800é'",
        "'1'",
        "'os path'",
    ];
    assert_eq!(arguments(lines), expected);
    let counted =
        b"U\x02\xe9'X\x03\0\0\0\xed\xa0\x80\x8c\x02\xc3\xa9C\x02\0a\x96\x01\0\0\0\0\0\0\0a";
    let expected = [
        "\"\u{e9}'\"",
        r"'\ud800'",
        "'é'",
        r"b'\x00a'",
        "bytearray(b'a')",
    ];
    assert_eq!(arguments(counted), expected);
}

#[test]
fn long_arguments_are_shortened() {
    let text = "é".repeat(100);
    let pickle = [&b"\x8c\xc8"[..], text.as_bytes(), b"."].concat();
    assert_eq!(
        arguments(&pickle),
        [format!("'{}'... (200 bytes)", "é".repeat(40))]
    );
    let odd = |bytes| {
        let first = disassemble(&pickle).longest_argument(bytes).next();
        first.unwrap().unwrap().argument().unwrap().to_string()
    };
    assert_eq!(odd(Some(3)), "'é'... (200 bytes)");
    assert_eq!(odd(Some(0)), "''... (200 bytes)");
    assert_eq!(odd(None), format!("'{text}'"));
    let number = [&b"\x8b\xd0\x07\0\0"[..], &[0x12; 2000]].concat();
    assert!(arguments(&number)[0].ends_with("1212... (2000 bytes)"));
    let whole = lines(&number)[0].clone();
    assert!(whole.ends_with(&"12".repeat(2000)) && whole.contains(" 0x12"));
    let line = [&b"I"[..], &[b'7'; 5000], b"\n"].concat();
    assert_eq!(
        arguments(&line),
        [format!("{}... (5000 bytes)", "7".repeat(80))]
    );
}

#[test]
fn comments_tell_what_an_entry_holds() {
    let pickle = b"\x80\x04\x95\x30\0\0\0\0\0\0\0\x8c\x02os\x94\x8c\x04path\x94\x93\x94]\x94h\0h\x02h\x03K\x07\x94h\x04c a\nb\n\x94h\x05)R\x94h\x06";
    let expected = [
        "cut off: 41 bytes are left",
        "os.path",
        "'os'",
        "os.path",
        "list at 25",
        "7",
        "' a b'",
        "REDUCE at 47",
    ];
    assert_eq!(comments(pickle)[..5], expected[..5]);
    assert_eq!(comments(pickle)[5], expected[5]);
    assert_eq!(comments(b"\x95\x01\0\0\0\0\0\0\0."), ["up to byte 10"]);
    assert_eq!(
        comments(b"\x88\x94h\0ca.b\nC.d\nq\x01h\x01"),
        ["True", "a.b.C.d"]
    );
}

#[test]
fn the_stack_is_shown_on_request() {
    let pickle = b"](NK\x01X\x01\0\0\0ae";
    let stacks: Vec<_> = disassemble(pickle)
        .stack(Some(3))
        .filter_map(|instruction| Some(instruction.ok()?.comment()?.to_owned()))
        .collect();
    let expected = [
        "stack [list]",
        "stack [list, MARK]",
        "stack [list, MARK, None]",
        "stack [1 more, MARK, None, int]",
        "stack [2 more, None, int, str]",
        "stack [list]",
    ];
    assert_eq!(stacks, expected);
    let last = disassemble(b"N\x94h\0")
        .stack(Some(8))
        .filter_map(Result::ok)
        .last();
    assert_eq!(last.unwrap().comment(), Some("None; stack [None, None]"));
}

#[test]
fn errors_come_after_what_could_be_read() {
    for (pickle, opcodes, offset, text) in [
        (&b"N"[..], 1, 1, "no STOP"),
        (b"", 0, 0, "no STOP"),
        (b"N\xffN.", 1, 1, "no opcode has the code 0xff"),
        (b"NX\x05\0\0\0ab", 2, 1, "5 more bytes announced, 2 left"),
        (b"NS'ab", 2, 1, "without the end of its line"),
        (b"S'ab\n.", 1, 0, "a string without quotes: b\"'ab\""),
        (
            b"X\x01\0\0\0\xff.",
            1,
            0,
            "text that is not UTF-8: b'\\xff'",
        ),
        (b"Iseven\n.", 1, 0, "not a number: b'seven'"),
        (b"V\\u12\n.", 1, 0, "a bad escape"),
        (b"T\xff\xff\xff\xff", 1, 0, "a length of -1"),
        (b"N\x86.", 2, 1, "takes 2 from the stack, which holds 1"),
        (
            b"N(\x85.",
            3,
            2,
            "takes 1 from the stack, which holds 0 above the MARK at 1",
        ),
        (b"Nt.", 2, 1, "no MARK is on the stack"),
        (b".", 1, 0, "takes 1 from"),
        (b"q\0", 1, 0, "nothing to store"),
        (b"(q\0", 2, 1, "a MARK cannot be stored"),
        (b"\x94", 1, 0, "nothing to store"),
        (b"Nq\0q\0.", 3, 3, "memo entry 0 is there already"),
        (b"h\x07.", 1, 0, "memo entry 7 has never been stored"),
        (b"Np-1\n.", 2, 1, "not the index of a memo entry"),
        (
            b"NN.",
            3,
            2,
            "left on the stack after STOP: 1, stack [None]",
        ),
    ] {
        let (read, error) = failure(pickle);
        assert_eq!(read.len(), opcodes, "{pickle:?}");
        assert_eq!(error.offset(), Some(offset), "{pickle:?}");
        assert!(error.to_string().contains(text), "{pickle:?}: {error}");
        assert!(error.is_malformed());
        let listing = disassemble(pickle).to_string();
        assert!(listing.ends_with(&format!("error: {error}\n")), "{listing}");
        let after = disassemble(pickle).skip_while(Result::is_ok).count();
        assert_eq!(after, 1, "an error is the end");
    }
    assert!(failure(b"X\x05\0\0\0ab").1.is_cut_off());
    assert_eq!(
        lines(b"X\x05\0\0\0ab")[0],
        r"    0: X    BINUNICODE b'\x05\x00\x00\x00ab'"
    );
}

#[test]
fn pickles_follow_each_other() {
    let mut pickles = disassemble(b"\x80\x02K\x01q\0.Nh\0\x86.");
    assert!(!pickles.next_pickle(), "the first is not at its end");
    assert_eq!(pickles.by_ref().filter(Result::is_ok).count(), 4);
    assert!(pickles.is_complete());
    assert_eq!((pickles.offset(), pickles.rest().len()), (7, 5));
    assert_eq!(pickles.highest_protocol(), Some(2));
    let mut forgetful = pickles.clone();
    assert!(pickles.next_pickle_with_memo() && forgetful.next_pickle());
    assert_eq!(pickles.to_string().lines().next(), Some("    7: N    NONE"));
    assert!(pickles.by_ref().all(|instruction| instruction.is_ok()));
    assert!(!pickles.next_pickle_with_memo(), "nothing follows");
    assert!(forgetful.any(|instruction| instruction.is_err()));
}

#[test]
fn depth_and_length_do_not_matter() {
    let mut pickle = b"(".repeat(100_000);
    pickle.extend(b"t".repeat(100_000));
    pickle.push(b'.');
    let listing = disassemble(&pickle).to_string();
    assert!(
        listing.len() < 400 * pickle.len(),
        "the indentation has an end"
    );
    let depths = disassemble(&pickle).map(|instruction| instruction.unwrap().depth());
    assert_eq!(depths.max(), Some(100_000));
    let mut entries = vec![b'V'];
    entries.extend(b"x".repeat(1_000_000));
    entries.extend(b"\nq\0");
    entries.extend(b"h\x000".repeat(100_000));
    entries.push(b'.');
    let shown = disassemble(&entries).filter_map(|line| line.ok()?.comment().map(str::len));
    assert_eq!(shown.max(), Some("str at 0".len()));
}
