//! Values that XML-RPC cannot express are refused if Python refuses them.

use mpconn::Value;
use mpconn::pickle::types::{Date, Decimal, TimeDelta};
use mpconn::pickle::{Anchor, Change, Class, Dict, Instance, List};
use mpconn::xmlrpc::{XmlRpcLimits, dumps, loads};

use crate::peer::{hex, pythons, unhex};
use crate::samples::{received, repr};

fn parse(text: &str) -> Value {
    text.parse().unwrap()
}

fn shop(class: &str) -> Instance {
    Instance::new(Class::new("shop", class))
}

fn call(module: &str, name: &str, args: Vec<Value>) -> Instance {
    Instance::call(Class::new(module, name), args)
}

/// Returns values, and the exception that each Python raises.
fn refused() -> Vec<(Value, &'static str)> {
    let (list, dict) = (Anchor::new(), Anchor::new());
    let in_list = List::with_anchor(vec![Value::tuple([Value::Recursive(list.clone())])], &list);
    let in_dict = vec![("me".into(), Value::Recursive(dict.clone()))];
    let slots = Value::tuple([Value::None, parse("{'left': 1, 'right': 2}")]);
    vec![
        (parse("2147483648"), "OverflowError"),
        (parse("[-2147483649]"), "OverflowError"),
        (parse("{'a': 9223372036854775808}"), "OverflowError"),
        (parse("{1, 2}"), "TypeError"),
        (Value::FrozenSet(vec![1.into()].into()), "TypeError"),
        (parse("1j"), "TypeError"),
        (parse("{1: 2}"), "TypeError"),
        (parse("{None: 2}"), "TypeError"),
        (in_list.into(), "TypeError"),
        (Dict::with_anchor(in_dict, &dict).into(), "TypeError"),
        (Date::new(2024, 2, 29).unwrap().into(), "TypeError"),
        (TimeDelta::default().into(), "TypeError"),
        ("1.5".parse::<Decimal>().unwrap().into(), "TypeError"),
        (
            call("collections", "OrderedDict", vec![]).into(),
            "TypeError",
        ),
        (call("collections", "deque", vec![]).into(), "TypeError"),
        (
            shop("MyList").with(Change::Append(1.into())).into(),
            "TypeError",
        ),
        (shop("Slots").with_state(slots).into(), "TypeError"),
    ]
}

#[test]
fn what_python_refuses_is_refused() {
    for mut python in pythons() {
        for (value, exception) in refused() {
            assert_eq!(python.dump(&value).unwrap_err(), exception, "{value}");
            let error = dumps(&value).unwrap_err();
            assert!(error.is_unsupported(), "{value}: {error}");
        }
    }
}

#[test]
fn text_that_no_python_reads_again_is_refused() {
    for mut python in pythons() {
        for literal in ["'\\x00'", "'a\\x1fb'", "'\\ufffe'", "{'\\uffff': 1}"] {
            let value = parse(literal);
            assert!(dumps(&value).unwrap_err().is_unsupported());
            let (message, _) = python.dump(&value).unwrap();
            assert_eq!(
                python.load(&message).unwrap_err(),
                "ExpatError",
                "{literal}"
            );
            assert!(
                loads(&message, &XmlRpcLimits::new())
                    .unwrap_err()
                    .is_malformed()
            );
        }
        let surrogate = parse("['\\ud800']");
        assert!(dumps(&surrogate).unwrap_err().is_unsupported());
        match python.dump(&surrogate) {
            Err(exception) => assert_eq!(exception, "UnicodeEncodeError"),
            Ok((message, _)) => {
                assert_eq!(python.version().0, 2);
                assert!(python.load(&message).is_err());
                assert!(
                    loads(&message, &XmlRpcLimits::new())
                        .unwrap_err()
                        .is_malformed()
                );
            }
        }
    }
}

#[test]
fn instances_are_the_dicts_of_python() {
    let slots = Value::tuple([parse("{'other': [1]}"), parse("{'left': 1, 'right': 2}")]);
    let instances = [
        shop("Empty"),
        shop("Plain").with_state(parse("{'name': 'tea', 'price': 2.5}")),
        shop("SlotsAndDict").with_state(slots),
        call("builtins", "ValueError", vec!["no".into(), 3.into()]),
        call("builtins", "KeyError", vec![]).with_state(parse("{'note': 'x'}")),
        call(
            "xmlrpc.client",
            "DateTime",
            vec!["20240229T13:45:00".into()],
        )
        .with_state(parse("{'value': '20240229T13:45:00'}")),
    ];
    for mut python in pythons() {
        // Python 2 reads our text as unicode, which its DateTime does not accept.
        let fit = if python.version().0 > 2 { 6 } else { 5 };
        for instance in instances.iter().take(fit).cloned().map(Value::from) {
            let (message, same) = python
                .dump(&instance)
                .unwrap_or_else(|e| panic!("{:?} {instance}: {e}", python.version()));
            let ours = dumps(&same).unwrap();
            assert_eq!(
                String::from_utf8(ours),
                String::from_utf8(message),
                "{instance}"
            );
        }
    }
}

#[test]
fn deep_values_go_both_ways() {
    let mut value = parse("[]");
    for level in 0..200 {
        value = match level % 2 {
            0 => Value::dict([("a", value)]),
            _ => Value::list([value]),
        };
    }
    let message = dumps(&value).unwrap();
    for mut python in pythons() {
        assert_eq!(python.dump(&value).unwrap().0, message);
        assert_eq!(
            repr(&python.load(&message).unwrap(), false),
            value.to_string()
        );
        assert_eq!(
            loads(&message, &XmlRpcLimits::new()).unwrap(),
            received(&value)
        );
    }
}

#[test]
fn faults_say_what_python_says() {
    for mut python in pythons() {
        for text in ["no such method", "<é & ü>"] {
            let message = unhex(&python.ask("fault", &hex(text.as_bytes())).unwrap());
            let error = loads(&message, &XmlRpcLimits::new()).unwrap_err();
            let fault = error.as_fault().unwrap();
            assert_eq!((fault.code(), fault.text()), (-32500, text));
        }
        let message = unhex(&python.ask("fault", &hex(b"no")).unwrap());
        assert_eq!(python.load(&message).unwrap_err(), "Fault -32500 no");
    }
}
