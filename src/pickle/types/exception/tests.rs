use super::Exception;
use crate::pickle::Value;

#[test]
fn messages_are_those_of_python() {
    for (class, args, message) in [
        ("ValueError", "()", ""),
        ("ValueError", "('wrong',)", "wrong"),
        ("ValueError", "('wrong', 1)", "('wrong', 1)"),
        ("KeyError", "('a',)", "'a'"),
        ("KeyError", "('a', 'b')", "('a', 'b')"),
        ("OSError", "(2, 'No', 'a')", "[Errno 2] No: 'a'"),
        (
            "FileNotFoundError",
            "(2, 'No', 'a', None, 'b')",
            "[Errno 2] No: 'a' -> 'b'",
        ),
        ("OSError", "(2, 'No', b'a')", "[Errno 2] No: b'a'"),
        ("OSError", "(2, 'No', None)", "[Errno 2] No"),
        ("OSError", "('a', 'b')", "[Errno a] b"),
        ("OSError", "('alone',)", "alone"),
        (
            "SyntaxError",
            "('bad', ('/x/f.py', 1, 5, 'x'))",
            "bad (f.py, line 1)",
        ),
        (
            "ExceptionGroup",
            "('two', [1, 2])",
            "two (2 sub-exceptions)",
        ),
        (
            "UnicodeDecodeError",
            r"('utf-8', b'\xff\xfe', 0, 1, 'bad')",
            "'utf-8' codec can't decode byte 0xff in position 0: bad",
        ),
        (
            "UnicodeDecodeError",
            r"('utf-8', b'\xff\xfe', 0, 2, 'bad')",
            "'utf-8' codec can't decode bytes in position 0-1: bad",
        ),
        (
            "UnicodeEncodeError",
            r"('ascii', '\u4e16a\U0001f40d\xe9', 2, 3, 'bad')",
            r"'ascii' codec can't encode character '\U0001f40d' in position 2: bad",
        ),
        (
            "UnicodeEncodeError",
            r"('ascii', '\u4e16a', 0, 2, 'bad')",
            "'ascii' codec can't encode characters in position 0-1: bad",
        ),
        (
            "UnicodeTranslateError",
            r"('\xe9', 0, 1, 'bad')",
            r"can't translate character '\xe9' in position 0: bad",
        ),
    ] {
        let args: Value = args.parse().unwrap();
        let exception = Exception::new(class, args.items().unwrap().to_vec());
        assert_eq!(exception.message(), message);
    }
}

#[test]
fn places_beyond_everything_are_no_panic() {
    for range in [
        "-1, 5",
        "9223372036854775807, -9223372036854775808",
        "5, 6",
        "0, 0",
    ] {
        for class in ["UnicodeDecodeError", "UnicodeEncodeError"] {
            let object = if class == "UnicodeDecodeError" {
                "b'x'"
            } else {
                "'x'"
            };
            let args: Value = format!("('utf-8', {object}, {range}, 'bad')")
                .parse()
                .unwrap();
            let exception = Exception::new(class, args.items().unwrap().to_vec());
            assert!(exception.message().contains("bad"));
        }
    }
}
