//! Well-known types written here are equal to the objects that real Pythons make.

mod numpy;
mod python;

use mpconn::pickle::types::*;
use mpconn::pickle::{Class, Dict, Protocol, Value, dumps, loads};

use python::{ask, hex, pythons, unhex};

/// The first version that has the type.
const ALL: (u32, u32) = (2, 7);
const THREE: (u32, u32) = (3, 0);

type Case = (Value, &'static str, (u32, u32));

fn zoned(zone: TimeZone) -> Value {
    let date = Date::new(2024, 2, 29).unwrap();
    let time = Time::new(12, 1, 2, 3).unwrap().with_tzinfo(Some(zone));
    DateTime::new(date, time).into()
}

fn times() -> Vec<Case> {
    let delta = |days, seconds, micros| TimeDelta::new(days, seconds, micros).unwrap();
    let date = Date::new(2024, 2, 29).unwrap();
    let time = Time::new(2, 30, 0, 983_038).unwrap();
    let east = TimeZone::fixed(delta(0, 19_800, 0)).unwrap();
    let named = TimeZone::fixed_with_name(delta(-1, 75_600, 0), "BRT").unwrap();
    vec![
        (date.into(), "datetime.date(2024, 2, 29)", ALL),
        (time.clone().into(), "datetime.time(2, 30, 0, 983038)", ALL),
        (
            time.clone().with_fold(Fold::Second).into(),
            "datetime.time(2, 30, 0, 983038, fold=1)",
            (3, 6),
        ),
        (
            DateTime::new(date, time).into(),
            "datetime.datetime(2024, 2, 29, 2, 30, 0, 983038)",
            ALL,
        ),
        (
            zoned(TimeZone::UTC),
            "datetime.datetime(2024, 2, 29, 12, 1, 2, 3, datetime.timezone.utc)",
            THREE,
        ),
        (
            zoned(east),
            "datetime.datetime(2024, 2, 29, 12, 1, 2, 3, datetime.timezone(datetime.timedelta(0, 19800)))",
            THREE,
        ),
        (
            named.into(),
            "datetime.timezone(datetime.timedelta(-1, 75600), 'BRT')",
            THREE,
        ),
        (
            delta(-1, 86_399, 999_999).into(),
            "datetime.timedelta(-1, 86399, 999999)",
            ALL,
        ),
        (
            delta(999_999_999, 0, 0).into(),
            "datetime.timedelta(999999999)",
            ALL,
        ),
    ]
}

fn numbers() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (text, python) in [
        ("1.50", "decimal.Decimal('1.50')"),
        ("-1E+30", "decimal.Decimal('-1E+30')"),
        ("NaN", "decimal.Decimal('NaN')"),
        ("-Infinity", "decimal.Decimal('-Infinity')"),
    ] {
        cases.push((text.parse::<Decimal>().unwrap().into(), python, ALL));
    }
    let big = Fraction::new(10_i128.pow(20), 3).unwrap();
    let uuid: Uuid = "12345678-1234-5678-1234-567812345678".parse().unwrap();
    cases.extend([
        (
            Fraction::new(-7, 2).unwrap().into(),
            "fractions.Fraction(-7, 2)",
            ALL,
        ),
        (big.into(), "fractions.Fraction(10 ** 20, 3)", ALL),
        (
            Complex {
                real: 1.5,
                imag: -2.0,
            }
            .into(),
            "1.5-2j",
            ALL,
        ),
        (
            uuid.into(),
            "uuid.UUID('12345678-1234-5678-1234-567812345678')",
            ALL,
        ),
        (
            Range::new(0, -(1_i128 << 70), -1).unwrap().into(),
            "range(0, -2**70, -1)",
            THREE,
        ),
        (
            Slice {
                stop: 5.into(),
                ..Slice::default()
            }
            .into(),
            "slice(5)",
            ALL,
        ),
    ]);
    cases
}

fn collected() -> Vec<Case> {
    let dict: Dict = [("z", 1), ("a", 2)].into_iter().collect();
    let mut factory = DefaultDict {
        dict: dict.clone(),
        ..DefaultDict::default()
    };
    let plain = factory.clone();
    factory.default_factory = Class::new("builtins", "list").into();
    vec![
        (
            OrderedDict(dict.clone()).into(),
            "collections.OrderedDict([(u'z', 1), (u'a', 2)])",
            ALL,
        ),
        (
            plain.into(),
            "collections.defaultdict(None, {u'z': 1, u'a': 2})",
            ALL,
        ),
        (
            factory.into(),
            "collections.defaultdict(list, {u'z': 1, u'a': 2})",
            ALL,
        ),
        (
            Counter(dict).into(),
            "collections.Counter({u'z': 1, u'a': 2})",
            ALL,
        ),
        (
            Deque::new([1, 2, 3].map(Value::from), Some(2)).into(),
            "collections.deque([2, 3], 2)",
            ALL,
        ),
        (Deque::new([], None).into(), "collections.deque()", ALL),
        (
            Array::from_slice(&[1.5, -0.0]).into(),
            "array.array('d', [1.5, -0.0])",
            THREE,
        ),
        (
            Array::from_slice(&[1_u8, 255]).into(),
            "array.array('B', [1, 255])",
            THREE,
        ),
        (
            Array::from_slice(&[-1_i32, 7]).to_list_value(),
            "array.array(str('i'), [-1, 7])",
            ALL,
        ),
    ]
}

fn others() -> Vec<Case> {
    let token = Token {
        typeid: "Queue".into(),
        address: ("127.0.0.1", 50_000).into(),
        id: "7f00".into(),
    };
    let ip = |text: &str| text.parse::<IpAddress>().unwrap();
    let windows = Path::new(Flavour::PureWindows, r"C:\Users\x");
    let cases: [Case; 8] = [
        (
            Path::new(Flavour::PurePosix, "/usr/a b").into(),
            "pathlib.PurePosixPath('/usr/a b')",
            THREE,
        ),
        (
            windows.into(),
            r"pathlib.PureWindowsPath('C:\\Users\\x')",
            THREE,
        ),
        (
            ip("127.0.0.1").into(),
            "ipaddress.ip_address('127.0.0.1')",
            THREE,
        ),
        (
            ip("2001:db8::ff").into(),
            "ipaddress.ip_address('2001:db8::ff')",
            THREE,
        ),
        (
            ip("fe80::1%eth0").into(),
            "ipaddress.ip_address('fe80::1%eth0')",
            (3, 9),
        ),
        (
            IpNetwork::network(ip("10.0.0.0"), 8).unwrap().into(),
            "ipaddress.ip_network('10.0.0.0/8')",
            THREE,
        ),
        (
            IpNetwork::interface(ip("::1"), 128).unwrap().into(),
            "ipaddress.ip_interface('::1/128')",
            THREE,
        ),
        (
            token.into(),
            "__import__('multiprocessing.managers').managers.Token('Queue', ('127.0.0.1', 50000), '7f00')",
            THREE,
        ),
    ];
    let notes: Dict = [("__notes__", Value::list(["first"]))]
        .into_iter()
        .collect();
    let errors = [
        (
            Exception::new("ValueError", vec!["wrong".into(), 1.into()]),
            "ValueError(u'wrong', 1)",
            ALL,
        ),
        (
            Exception::new("KeyError", vec!["k".into()]),
            "KeyError(u'k')",
            ALL,
        ),
        (
            Exception::new("FileNotFoundError", vec![2.into(), "No".into(), "f".into()]),
            "OSError(2, 'No', 'f')",
            THREE,
        ),
        (
            Exception::new("ValueError", vec![]).with_attributes(notes),
            "(lambda e: (e.add_note('first'), e)[1])(ValueError())",
            (3, 11),
        ),
        (
            Exception::new("queue.Empty", vec![]),
            "queue.Empty()",
            THREE,
        ),
        (
            Exception::new("ValueError", vec![])
                .with_cause(Exception::new("KeyError", vec!["k".into()])),
            "(lambda e: (setattr(e, '__cause__', KeyError('k')), e)[1])(ValueError())",
            THREE,
        ),
    ];
    let errors = errors
        .into_iter()
        .map(|(error, python, since)| (error.into(), python, since));
    cases.into_iter().chain(errors).collect()
}

#[test]
fn python_takes_them_for_its_own() {
    let cases: Vec<Case> = [times(), numbers(), collected(), others()].concat();
    assert!(cases.len() > 35);
    for python in pythons() {
        let (version, _) = ask(&python, &[]);
        let highest = match version {
            (2, _) => 2,
            (3, ..=7) => 4,
            _ => 5,
        };
        let protocols = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];
        let protocols = protocols
            .iter()
            .filter(|protocol| protocol.number() <= highest);
        let cases = cases.iter().filter(|(_, _, since)| *since <= version);
        let cases: Vec<_> = cases
            .flat_map(|case| protocols.clone().map(move |p| (case, *p)))
            .collect();
        let questions = cases.iter().map(|((value, expression, _), protocol)| {
            format!("{}\t{expression}", hex(&dumps(value, *protocol).unwrap()))
        });
        let (_, answers) = ask(&python, &questions.collect::<Vec<_>>());
        for (answer, ((value, ..), protocol)) in answers.iter().zip(&cases) {
            assert_eq!(
                answer,
                "ok",
                "{value} for {} at {protocol:?}",
                python.display()
            );
        }
    }
}

#[test]
fn causes_come_with_what_workers_send() {
    let expressions = [
        "multiprocessing.pool.ExceptionWithTraceback(ValueError('wrong'), None)",
        "concurrent.futures.process._ExceptionWithTraceback(ValueError('wrong'), None)",
    ];
    for python in pythons() {
        if ask(&python, &[]).0 < (3, 6) {
            continue;
        }
        // Submodules are imported by name.
        let questions = expressions.map(|expression| {
            let (module, call) = expression.rsplit_once('.').unwrap();
            format!("\t!importlib.import_module('{module}').{call}")
        });
        let (_, answers) = ask(&python, &questions);
        for pickle in answers.iter().flat_map(|answer| answer.split(' ')) {
            let error = Exception::try_from(&loads(unhex(pickle)).unwrap()).unwrap();
            assert_eq!(error.to_string(), "ValueError: wrong");
            let cause = error.cause().unwrap();
            assert!(cause.class().qualname().ends_with("RemoteTraceback"));
            assert!(cause.message().contains("ValueError: wrong"), "{cause}");
        }
    }
}

#[test]
fn our_messages_are_those_of_python() {
    let errors = [
        "ValueError('a', 1)",
        "KeyError('k')",
        "OSError(2, 'No', 'f')",
        "OSError(2, 'No', 'f', None, 'g')",
        "UnicodeDecodeError('utf-8', b'\\xff\\xfe', 0, 1, 'bad')",
        "UnicodeEncodeError('ascii', u'\\u4e16', 0, 1, 'bad')",
        "SyntaxError('bad', ('/x/f.py', 1, 5, 'x'))",
        "ValueError(datetime.date(2024, 2, 29))",
        "ValueError(decimal.Decimal('1.50'))",
        "ValueError(datetime.timedelta(-1, 1))",
    ];
    for python in pythons() {
        if ask(&python, &[]).0 < (3, 6) {
            continue;
        }
        let questions = errors
            .iter()
            .map(|error| format!("\t![{error}, str({error})]"));
        let (_, answers) = ask(&python, &questions.collect::<Vec<_>>());
        for (answer, error) in answers.iter().zip(errors) {
            for pickle in answer.split(' ') {
                let both = loads(unhex(pickle)).unwrap();
                let [exception, text] = both.items().unwrap() else {
                    panic!("{both}");
                };
                let message = Exception::try_from(exception).unwrap().message();
                assert_eq!(
                    Some(&*message),
                    text.as_str(),
                    "{error} by {}",
                    python.display()
                );
            }
        }
    }
}
