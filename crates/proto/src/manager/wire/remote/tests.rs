use mpconn_pickle::Instance;

use super::shown::SHOWN;
use super::*;

const NOT_EXPOSED: &str = "Traceback (most recent call last):\n  File \"managers.py\", line 243, \
    in serve_client\n    raise AttributeError(\nAttributeError: method 'x' of <class 'list'> \
    object is not in exposed={'pop'}\n";

#[test]
fn an_exception_keeps_its_class_and_arguments() {
    let empty = Instance::call(Class::new("queue", "Empty"), vec![]);
    let error = RemoteError::raised(empty.into());
    assert!(error.is("queue.Empty") && error.is_empty() && !error.is_full());
    assert_eq!(error.to_string(), "queue.Empty");
    let key = Instance::call(Class::new("builtins", "KeyError"), vec!["k".into()]);
    let error = RemoteError::raised(key.into());
    assert!(error.is_key_error());
    assert_eq!(error.args(), [Value::from("k")]);
    assert_eq!(error.to_string(), "KeyError: 'k'");
}

#[test]
fn a_traceback_is_told_by_its_last_line_first() {
    let error = RemoteError::from_traceback(NOT_EXPOSED.to_owned());
    assert!(error.is_attribute_error() && error.exception().is_none());
    let text = error.to_string();
    assert!(text.starts_with("AttributeError: method 'x' of"), "{text}");
    assert!(
        !text.contains('\n') && !text.contains("Traceback"),
        "{text}"
    );
    let text = error.report().to_string();
    assert!(text.starts_with("AttributeError: method 'x' of"), "{text}");
    assert!(
        text.contains("\n    Traceback (most recent call last)"),
        "{text}"
    );
    let error = RemoteError::unserializable(NOT_EXPOSED.to_owned());
    assert!(error.is_unserializable());
    assert!(
        error.to_string().starts_with("the method has run, but"),
        "{error}"
    );
}

/// What a person sees of an error: no character but those of the text and of its own lines.
fn shown(error: &RemoteError) -> String {
    let text = error.report().to_string();
    assert_eq!(format!("{error:?}"), text);
    assert_eq!(Some(&*error.to_string()), text.lines().next().or(Some("")));
    for line in text.lines() {
        assert_eq!(crate::escaped(line), line);
    }
    assert!(
        text.lines().skip(1).all(|line| line.starts_with("    ")),
        "{text}"
    );
    text
}

const WILD: &str = "a\x1b[2J\u{9b}1m\r\u{202e}b";
const TAME: &str = "a\\x1b[2J\\x9b1m\\r\\u202eb";

#[test]
fn nothing_of_it_steers_a_terminal_or_forges_a_line() {
    let traceback = format!("Traceback\n  File \"{WILD}\"\nshop.No: {WILD}\nmpconn: forged\n");
    let lines =
        format!("\n    Traceback\n      File \"{TAME}\"\n    shop.No: {TAME}\n    mpconn: forged");
    let error = RemoteError::from_traceback(traceback.clone());
    assert_eq!(shown(&error), format!("shop.No: {TAME}{lines}"));
    let error = RemoteError::unserializable(traceback);
    assert!(shown(&error).ends_with(&lines));
    let not_exposed = format!("Traceback\nAttributeError: {WILD} is not in exposed=1\n");
    shown(&RemoteError::from_traceback(not_exposed));
    shown(&RemoteError::from_traceback(format!("KeyError: {WILD}")));

    let class = Class::new(format!("m{WILD}\nforged"), format!("C{WILD}\nforged"));
    for args in [
        vec![],
        vec![Value::from(format!("{WILD}\nforged"))],
        vec![Value::from(WILD), Value::Class(class.clone())],
    ] {
        let instance = Instance::call(class.clone(), args.clone());
        shown(&RemoteError::raised(instance.into()));
        let instance = Instance::call(Class::new("builtins", "ValueError"), args);
        shown(&RemoteError::raised(instance.into()));
    }
    shown(&RemoteError::raised(Value::dict([(
        WILD,
        Value::Class(class),
    )])));
}

#[test]
fn a_message_of_several_lines_goes_on_below() {
    let error = Instance::call(Class::new("builtins", "ValueError"), vec!["a\nb\nc".into()]);
    let error = RemoteError::raised(error.into());
    assert_eq!(shown(&error), "ValueError: a\n    b\n    c");
}

#[test]
fn of_what_is_long_the_beginning_and_the_end_are_shown() {
    let frame = "  File \"x\", line 1\n    f()\n";
    let text = format!("Traceback\n{}KeyError: 'k'\n", frame.repeat(100_000));
    let error = RemoteError::from_traceback(text.clone());
    let told = shown(&error);
    assert!(told.len() < 2 * SHOWN, "{}", told.len());
    assert!(told.starts_with("KeyError: 'k'\n    Traceback\n"), "{told}");
    assert!(told.ends_with("\n    KeyError: 'k'") && told.contains("bytes are left out"));
    assert_eq!(error.traceback(), Some(text.trim_end()));
    for long in [
        "x".repeat(1 << 20),
        "\n".repeat(1 << 20),
        "\x1b\n".repeat(1 << 20),
    ] {
        for error in [
            RemoteError::from_traceback(long.clone()),
            RemoteError::raised(long.as_str().into()),
            RemoteError::raised(
                Instance::call(Class::new(&*long, &*long), vec![long.as_str().into()]).into(),
            ),
        ] {
            assert!(shown(&error).len() < 16 * SHOWN);
        }
    }
}

#[test]
fn what_is_larger_than_memory_is_shown_in_part() {
    let mut value = Value::from(1);
    for _ in 0..20 {
        value = Value::list(vec![value; 10]);
    }
    for class in ["KeyError", "ValueError", "OSError", "SyntaxError"] {
        for args in [vec![value.clone()], vec![value.clone(); 2]] {
            let raised = Instance::call(Class::new("builtins", class), args);
            let told = shown(&RemoteError::raised(raised.into()));
            assert!(
                told.starts_with(class) && told.len() < SHOWN,
                "{}",
                told.len()
            );
        }
    }
    assert!(shown(&RemoteError::raised(value)).len() < SHOWN);
}

/// Which of the questions that exclude each other are true, of a `KeyError` with this last frame.
fn questions(last_frame: &str) -> [bool; 4] {
    let text = format!(
        "Traceback (most recent call last):\n  File \"/lib/multiprocessing/managers.py\", \
         line 192, in handle_request\n    result = func(c, *args, **kwds)\n{last_frame}\n\
         KeyError: 'config'\n"
    );
    let error = RemoteError::from_traceback(text);
    assert!(error.is("KeyError"));
    [
        error.is_not_registered(),
        error.is_no_such_object(),
        error.is_not_exposed(),
        error.is_key_error(),
    ]
}

#[test]
fn a_key_that_is_missing_is_told_from_what_the_server_does_not_know() {
    let in_server = |function: &str, line: &str| {
        format!("  File \"/lib/multiprocessing/managers.py\", line 374, in {function}\n    {line}")
    };
    let create = in_server("create", "self.registry[typeid]\n    ~~~~~~~~~~~~~^^^^^^^^");
    assert_eq!(questions(&create), [true, false, false, false]);
    let callable = format!("{create}\n  File \"shop.py\", line 9, in create\n    x = d[name]");
    assert_eq!(questions(&callable), [false, false, false, true]);
    for (function, line) in [
        ("serve_client", "obj, exposed, gettypeid = id_to_obj[ident]"),
        ("incref", "raise ke"),
        ("decref", "raise KeyError"),
    ] {
        let gone = in_server(function, line);
        assert_eq!(questions(&gone), [false, true, false, false], "{function}");
    }
    let not_exposed = in_server(
        "serve_client",
        "fallback_func = self.fallback_mapping[methodname]",
    );
    assert_eq!(questions(&not_exposed), [false, false, true, false]);
}

#[test]
fn the_class_is_found_where_the_message_has_lines_of_its_own() {
    let text = "Traceback (most recent call last):\n  File \"x\", line 1\n    f()\n\
        shop.Broken: first\nsecond: line\n";
    assert!(RemoteError::from_traceback(text.into()).is("shop.Broken"));
    assert_eq!(last_line("KeyError: 'x'"), ("KeyError", "'x'"));
    assert_eq!(last_line(""), ("", ""));
    assert_eq!(last_line("StopIteration\n"), ("StopIteration", ""));
}

#[test]
fn notes_take_no_more_than_is_shown() {
    let note = Value::from("n".repeat(100_000));
    let notes = Value::list(vec![note; 1_000]);
    let attributes = Value::dict([("__notes__", notes)]);
    let error = Instance::call(Class::new("builtins", "ValueError"), vec!["x".into()]);
    let error = RemoteError::raised(error.with_state(attributes).into());
    let text = error.report().to_string();
    assert!(text.starts_with("ValueError: x\n    nnn"));
    assert!(text.len() < 2 * SHOWN, "{} bytes", text.len());
}
