//! Tests of writing: what is accepted and what is refused.

use super::parse;
use crate::types::{Date, DateTime, Time, TimeZone};
use crate::xmlrpc::{XmlRpcLimits, dumps, loads};
use crate::{Anchor, Change, Class, Instance, List, Value};

/// Returns what is written for the value itself.
fn written(value: &Value) -> String {
    let message = String::from_utf8(dumps(value).unwrap()).unwrap();
    let inner = message.strip_prefix("<params>\n<param>\n").unwrap();
    inner
        .strip_suffix("</param>\n</params>\n")
        .unwrap()
        .to_owned()
}

fn time() -> DateTime {
    let clock = Time::new(3, 4, 5, 999_999).unwrap();
    DateTime::new(
        Date::new(33, 1, 2).unwrap(),
        clock.with_tzinfo(Some(TimeZone::UTC)),
    )
}

#[test]
fn each_type_is_written_as_by_python() {
    let time = Value::from(time());
    for (value, expected) in [
        (Value::None, "<value><nil/></value>"),
        (true.into(), "<value><boolean>1</boolean></value>\n"),
        (i32::MIN.into(), "<value><int>-2147483648</int></value>\n"),
        ((-0.0).into(), "<value><double>-0.0</double></value>\n"),
        (1e22.into(), "<value><double>1e+22</double></value>\n"),
        (f64::NAN.into(), "<value><double>nan</double></value>\n"),
        ("".into(), "<value><string></string></value>\n"),
        (
            "é]]>\r".into(),
            "<value><string>é]]&gt;\r</string></value>\n",
        ),
        (parse("b''"), "<value><base64>\n</base64></value>\n"),
        (
            parse("b'abcd'"),
            "<value><base64>\nYWJjZA==\n</base64></value>\n",
        ),
        (
            parse("()"),
            "<value><array><data>\n</data></array></value>\n",
        ),
        (parse("{}"), "<value><struct>\n</struct></value>\n"),
        (
            time,
            "<value><dateTime.iso8601>00330102T03:04:05</dateTime.iso8601></value>\n",
        ),
        (
            parse("{'<': 1, 'b': []}"),
            "<value><struct>\n<member>\n<name>&lt;</name>\n<value><int>1</int></value>\n\
             </member>\n<member>\n<name>b</name>\n<value><array><data>\n\
             </data></array></value>\n</member>\n</struct></value>\n",
        ),
    ] {
        assert_eq!(written(&value), expected);
    }
}

#[test]
fn bytes_come_in_lines() {
    for length in [56, 57, 58, 114, 1000] {
        let value = Value::from(vec![0xfe; length]);
        let text = written(&value);
        let lines: Vec<&str> = text.lines().collect();
        let lines = &lines[1..lines.len() - 1];
        assert_eq!(lines.len(), length.div_ceil(57));
        assert!(lines[..lines.len() - 1].iter().all(|line| line.len() == 76));
        assert_eq!(
            loads(&dumps(&value).unwrap(), &XmlRpcLimits::new()).unwrap(),
            value
        );
    }
}

#[test]
fn instances_are_their_attributes() {
    let class = || Class::new("shop", "Order");
    let state = || parse("{'n': 1}");
    let as_state = "<value><struct>\n<member>\n<name>n</name>\n<value><int>1</int></value>\n\
                    </member>\n</struct></value>\n";
    let empty = "<value><struct>\n</struct></value>\n";
    let slots = Value::tuple([state(), parse("{'m': 2}")]);
    let object = Value::from(Class::new("builtins", "object"));
    let reconstructed = [class().into(), object, Value::None];
    let reconstructor = Class::new("copyreg", "_reconstructor");
    for (instance, expected) in [
        (Instance::new(class()), empty),
        (Instance::new(class()).with_state(state()), as_state),
        (Instance::new(class()).with_state(slots), as_state),
        (
            Instance::call(reconstructor, reconstructed.to_vec()).with_state(state()),
            as_state,
        ),
        (
            Instance::call(Class::new("builtins", "KeyError"), vec![]),
            empty,
        ),
        (
            Instance::call(class(), vec![1.into()]).with_state(state()),
            as_state,
        ),
    ] {
        assert_eq!(written(&instance.into()), expected);
    }
    // A time zone of an unknown class.
    let zone = Value::from(Instance::new(Class::new("pytz", "UTC")));
    let digits = Value::from(b"\x07\xe8\x02\x1d\x0d\x2d\0\0\0\0".to_vec());
    let zoned = Instance::call(Class::new("datetime", "datetime"), vec![digits, zone]);
    let expected = "<value><dateTime.iso8601>20240229T13:45:00</dateTime.iso8601></value>\n";
    assert_eq!(written(&zoned.into()), expected);

    let wrapper = |name| Instance::new(Class::new("xmlrpc.client", name));
    let binary = wrapper("Binary").with_state(parse("{'data': b'abcd'}"));
    assert_eq!(written(&binary.into()), written(&parse("b'abcd'")));
    let moment = wrapper("DateTime").with_state(parse("{'value': 'noon'}"));
    let expected = "<value><dateTime.iso8601>noon</dateTime.iso8601></value>\n";
    assert_eq!(written(&moment.into()), expected);
}

#[test]
fn what_python_refuses_is_refused() {
    let class = || Class::new("shop", "Order");
    let anchor = Anchor::new();
    let cycle = List::with_anchor(vec![Value::Recursive(anchor.clone())], &anchor);
    let moment = Instance::new(Class::new("xmlrpc.client", "DateTime"));
    for (value, path, words) in [
        (parse("[2147483648]"), "[0]", "32 bits"),
        (
            parse("[1, -10_000_000_000_000_000_000_000]"),
            "[1]",
            "32 bits",
        ),
        (parse("{'a': {1: 2}}"), "['a'][1]", "type int: keys"),
        (parse("({1},)"), "[0]", "no set: send a list"),
        (parse("1j"), "", "send two floats"),
        (parse("['\\ud800']"), "[0]", "lone surrogates"),
        (parse("{'\\ud800': 1}"), "['\\ud800']", "lone surrogates"),
        (parse("'a\\x00'"), "", "U+0000"),
        (parse("{'\\uffff': 1}"), "['\\uffff']", "U+FFFF"),
        (cycle.into(), "[0]", "contains itself"),
        (class().into(), "", "send its name"),
        (Instance::call(class(), vec![]).into(), "", "cannot marshal"),
        (
            Instance::new(class()).with(Change::Append(1.into())).into(),
            "",
            "shop.Order",
        ),
        (
            Instance::new(class())
                .with_state(parse("{'a': [None, {2}]}"))
                .into(),
            ".a[1]",
            "no set",
        ),
        (
            moment.with_state(parse("{'value': '<nil/>'}")).into(),
            "",
            "markup",
        ),
    ] {
        let error = dumps(&value).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
        assert!(
            error.is_unsupported() && error.to_string().contains(words),
            "{error}"
        );
    }
}
