use super::Exception;
use crate::{Class, Instance, Value};

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

fn rebuilt(module: &str, name: &str, exception: impl Into<Value>, text: &str) -> Value {
    Instance::call(
        Class::new(module, name),
        vec![exception.into(), text.into()],
    )
    .into()
}

#[test]
fn what_a_worker_sends_has_its_traceback_as_the_cause() {
    for (module, name, cause) in [
        ("multiprocessing.pool", "rebuild_exc", "RemoteTraceback"),
        (
            "concurrent.futures.process",
            "_rebuild_exc",
            "_RemoteTraceback",
        ),
    ] {
        let wrong = Exception::new("ValueError", vec!["wrong".into()]);
        let value = rebuilt(module, name, wrong.clone(), "in line 1");
        let read = Exception::try_from(&value).unwrap();
        assert!(read.is("ValueError") && read.message() == "wrong");
        let found = read.cause().unwrap();
        assert!(found.is(&format!("{module}.{cause}")));
        assert_eq!(found.args(), ["in line 1".into()]);
        assert_eq!(read, wrong.with_cause(found));
    }
    let other = rebuilt("shop", "rebuild_exc", Value::None, "a");
    assert!(Exception::try_from(&other).unwrap().is("shop.rebuild_exc"));
}

#[test]
fn of_many_calls_around_an_exception_the_outermost_sets_its_cause() {
    let mut value = Value::from(Exception::new("KeyError", vec![1.into()]));
    for level in 0..100_000 {
        let text = level.to_string();
        value = rebuilt("multiprocessing.pool", "rebuild_exc", value, &text);
    }
    let read = Exception::try_from(&value).unwrap();
    assert!(read.is("KeyError"));
    assert_eq!(read.cause().unwrap().args(), ["99999".into()]);
}

/// Makes an exception with that many notes, each of them the same text of that many bytes.
fn noted(bytes: usize, notes: usize) -> Exception {
    let note = Value::from("n".repeat(bytes));
    let notes = Value::list(vec![note; notes]);
    let attributes = Value::dict([("__notes__", notes)]);
    Exception::new("ValueError", vec!["x".into()])
        .with_attributes(attributes.as_dict().unwrap().clone())
}

#[test]
fn a_note_is_repeated_within_a_limit() {
    assert_eq!(noted(70, 3).to_string().lines().count(), 4);
    let text = noted(100_000, 1_000).to_string();
    assert!(text.len() < 1_500_000, "{} bytes", text.len());
    assert!(text.ends_with("\n<str of 100000 bytes ...>"));
}

#[test]
fn what_is_displayed_steers_no_terminal() {
    let odd = "a\x1b[2J\u{202e}";
    let attributes = Value::dict([("__notes__", Value::list([odd]))]);
    let error = Exception::new("ValueError", vec![format!("{odd}\n{odd}").into()])
        .with_attributes(attributes.as_dict().unwrap().clone());
    let line = r"a\x1b[2J\u202e";
    assert_eq!(
        error.to_string(),
        format!("ValueError: {line}\n{line}\n{line}")
    );
    assert_eq!(error.message(), format!("{odd}\n{odd}"));
    let class = Value::from(Instance::call(Class::new("shop", "E\n\x1b"), vec![]));
    let named = Exception::try_from(&class).unwrap();
    assert_eq!(named.to_string(), r"shop.E\n\x1b");
}
