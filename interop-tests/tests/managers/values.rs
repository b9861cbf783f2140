//! Values of every kind pass from Python to Rust and back, through a manager's objects.

use std::collections::BTreeMap;
use std::str::FromStr;

use interop_tests::managers::{KEY, ManagerProcess};
use mpconn::Value;
use mpconn::manager::{DictProxy, Manager, Proxy, Queue};
use mpconn::pickle::types::{
    Complex, Counter, Date, DateTime, Decimal, Deque, Exception, Fraction, OrderedDict, TimeDelta,
    Uuid,
};
use mpconn::pickle::{BigInt, ByteArray, Class, FrozenSet, ReadOptions, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::connect;

/// All values of the golden files, each replaced by a pair of a word and itself.
#[test]
fn every_value_gets_from_one_python_to_another_as_it_was() {
    let server = ManagerProcess::serve();
    // What `copyreg.add_extension` registers in `shop.py`.
    let class = |name: &str| Class::new("shop", name);
    let options = ReadOptions::new()
        .extension(0xF0, class("ByCode1"))
        .extension(0xF0F0, class("ByCode2"))
        .extension(0x7000_F0F0, class("ByCode4"));
    let manager = Manager::builder()
        .authkey(KEY)
        .read_options(options)
        .connect(server.address())
        .unwrap();
    let mut first = ManagerProcess::client(server.address());
    first.ask("import manager_values");
    first.ask("shelf = m.dict()");
    let shelves: Queue<Value> = manager.create("jobs", ()).unwrap();
    let refused = first.ask("manager_values.put(m.config())");
    // A method of an instance, which Python 2.7 can read but not write.
    let expected = match server.version() < (3, 0) {
        true => "['reduce/getattr']",
        false => "[]",
    };
    assert_eq!(refused, expected, "what Python does not get back");

    let config: DictProxy<Value, Value> = manager.create("config", ()).unwrap();
    let results: Queue<(Value, Value)> = manager.create("results", ()).unwrap();
    let names = config.keys().unwrap();
    assert!(names.len() > 400, "{}", names.len());
    let mut unreadable = Vec::new();
    for name in names {
        let value = config.pop(&name);
        let value = value.unwrap_or_else(|error| panic!("{name}: {error}"));
        // Through two queues as well.
        let go_on = || {
            shelves.put(&value)?;
            results.put(&("changed".into(), shelves.get()?))?;
            config.set(&name, &Value::from(results.get()?))
        };
        if let Err(error) = go_on() {
            assert!(
                error.is("TypeError") || error.is("ValueError"),
                "{name}: {error}"
            );
            unreadable.push(name.to_string());
        }
    }
    unreadable.sort();
    let expected: &[&str] = match server.version() < (3, 0) {
        true => NEED_STR,
        false => &[],
    };
    assert_eq!(unreadable, expected);

    let mut second = ManagerProcess::client(server.address());
    second.ask("import manager_values");
    second.ask("found = manager_values.differences(m.config())");
    let names = second.ask("[name for name, _, _ in found]");
    let expected = match server.version() < (3, 0) {
        true => OTHERS,
        false => "[]",
    };
    assert_eq!(names, expected, "{}", second.ask("found"));
}

/// Values that Python 2 gets back as others: shared single characters, and names that Python 3 uses
/// for something else, which are translated as by `pickle`.
const OTHERS: &str = "['dict/records', 'nested/dict-10', 'class/int', 'class/str', 'class/range', \
                      'function/reduce']";

/// Objects made of Python 2's `str`. ASCII is read as text here and comes back as `unicode`. Those
/// with a counterpart here are right when read as that: see the dates below.
const NEED_STR: &[&str] = &[
    "'array/c'",
    "'date/max'",
    "'date/min'",
    "'datetime/max'",
    "'datetime/min'",
    "'exception/decode-error'",
    "'exception/encode-error'",
    "'time/midnight'",
    "'time/plain'",
];

/// Steps of a value: Python sends it, Rust reads, changes and returns it, another Python compares.
struct Steps {
    shared: Proxy,
    first: ManagerProcess,
    second: ManagerProcess,
}

const NAMES: &str = "import datetime, uuid, collections, decimal, fractions";

impl Steps {
    fn new(server: &ManagerProcess) -> Self {
        let client = || {
            let mut client = ManagerProcess::client(server.address());
            client.ask(NAMES);
            client
        };
        Steps {
            shared: connect(server).create("config", ()).unwrap(),
            first: client(),
            second: client(),
        }
    }

    fn go<T: DeserializeOwned + Serialize>(
        &mut self,
        given: &str,
        change: impl FnOnce(T) -> T,
        expected: &str,
    ) {
        self.first.ask(&format!("m.config()['x'] = {given}"));
        let shared: DictProxy<String, T> = self.shared.clone().into();
        let read = shared.get_item("x");
        let read = read.unwrap_or_else(|error| panic!("{given}: {error}"));
        shared.set("x", &change(read)).unwrap();
        self.second.ask("x = m.config()['x']");
        self.second.ask(&format!("y = {expected}"));
        let same = "(x == y or repr(x) == repr(y)) and type(x) is type(y)";
        let same = self.second.ask(same);
        let found = self.second.ask("x");
        assert_eq!(same, "True", "{given}: {found} is not {expected}");
    }
}

fn changed<T>(value: T, change: impl FnOnce(&mut T)) -> T {
    let mut value = value;
    change(&mut value);
    value
}

#[test]
fn numbers_and_text_are_changed_as_types() {
    let server = ManagerProcess::serve();
    let mut steps = Steps::new(&server);
    steps.go("1", |n: i64| n + 1, "2");
    steps.go(
        "2 ** 100",
        |n: BigInt| (n.to_string() + "0").parse().unwrap(),
        "2 ** 100 * 10",
    );
    steps.go("True", |b: bool| !b, "False");
    steps.go("None", |none: Option<i64>| none.or(Some(5)), "5");
    steps.go("1.5", |x: f64| -x, "-1.5");
    steps.go("float('inf')", |x: f64| -x, "float('-inf')");
    let conjugate = |z: Complex| Complex { imag: -z.imag, ..z };
    steps.go("1.5 - 2j", conjugate, "1.5 + 2j");
    let twice = |d: Decimal| Decimal::from_str(&format!("{}0", d.as_str())).unwrap();
    steps.go("decimal.Decimal('1.50')", twice, "decimal.Decimal('1.500')");
    let turned = |f: Fraction| Fraction::new(f.denominator().clone(), 1).unwrap();
    steps.go("fractions.Fraction(1, 3)", turned, "fractions.Fraction(3)");
    let euro = |text: String| text + "\u{20ac}\u{1f600}";
    steps.go("u'price \\xe4'", euro, "u'price \\xe4\\u20ac\\U0001f600'");
    let next = |uuid: Uuid| Uuid::from_u128(uuid.as_u128() + 1);
    steps.go("uuid.UUID(int=5)", next, "uuid.UUID(int=6)");
    // Python 2's own text is bytes, read as text if ASCII.
    steps.go("b'\\xff\\x00'", |bytes: Value| bytes, "b'\\xff\\x00'");
    let more = |value: Value| match value {
        Value::ByteArray(bytes) => ByteArray::from([&bytes[..], b"!"].concat()).into(),
        other => panic!("{other:?}"),
    };
    steps.go("bytearray(b'ab')", more, "bytearray(b'ab!')");
    if server.version() >= (3, 0) {
        let kept = |value: Value| {
            assert!(matches!(value, Value::SurrogateStr(_)), "{value:?}");
            Value::list([value])
        };
        steps.go("'a\\ud800b'", kept, "['a\\ud800b']");
    }
}

#[test]
fn dates_and_times_are_changed_as_types() {
    let server = ManagerProcess::serve();
    let mut steps = Steps::new(&server);
    let leap = |date: Date| Date::new(date.year(), date.month(), date.day() + 1).unwrap();
    steps.go(
        "datetime.date(2024, 2, 28)",
        leap,
        "datetime.date(2024, 2, 29)",
    );
    let later = |moment: DateTime| DateTime::new(leap(moment.date()), moment.time().clone());
    let day = |day: u8| format!("datetime.datetime(2024, 3, {day}, 12, 30, 1, 999999)");
    steps.go(&day(1), later, &day(2));
    steps.go("datetime.date.max", |date: Date| date, "datetime.date.max");
    steps.go(
        "datetime.datetime.min",
        |date: DateTime| date,
        "datetime.datetime.min",
    );
    let longer = |delta: TimeDelta| TimeDelta::new(delta.days().into(), 60, 7).unwrap();
    steps.go(
        "datetime.timedelta(-3)",
        longer,
        "datetime.timedelta(-3, 60, 7)",
    );
    if server.version() >= (3, 0) {
        let zone = |day: u8| {
            format!(
                "datetime.datetime(2024, 3, {day}, 12, tzinfo=datetime.timezone(\
                 datetime.timedelta(hours=5.5), 'IST'))"
            )
        };
        let later = |moment: DateTime| {
            let time = moment.time().clone().with_tzinfo(moment.tzinfo().cloned());
            DateTime::new(leap(moment.date()), time)
        };
        steps.go(&zone(1), later, &zone(2));
    }
}

#[test]
fn containers_are_changed_as_types() {
    let server = ManagerProcess::serve();
    let mut steps = Steps::new(&server);
    let more = |list: Vec<i64>| changed(list, |list| list.push(3));
    steps.go("[1, 2]", more, "[1, 2, 3]");
    let swap = |(a, b): (i64, Option<bool>)| (a + 1, b.or(Some(true)));
    steps.go("(1, None)", swap, "(2, True)");
    let more = |map: BTreeMap<String, f64>| changed(map, |map| map.extend([("b".to_owned(), 2.0)]));
    steps.go("{u'a': 1.0}", more, "{u'a': 1.0, u'b': 2.0}");
    let more = |value: Value| match value {
        Value::Set(set) => Set::from([&set[..], &[3.into()]].concat()).into(),
        Value::FrozenSet(set) => FrozenSet::from([&set[..], &[3.into()]].concat()).into(),
        other => panic!("{other:?}"),
    };
    steps.go("{1, 2}", more, "{1, 2, 3}");
    steps.go("frozenset([1])", more, "frozenset([1, 3])");
    let more = |dict: OrderedDict| changed(dict, |dict| drop(dict.0.insert("m".into(), 0.into())));
    let ordered = |more: &str| format!("collections.OrderedDict([(u'z', 1), (u'a', 2){more}])");
    steps.go(&ordered(""), more, &ordered(", (u'm', 0)"));
    let turned = |deque: Deque| Deque::new(deque.items().iter().rev().cloned(), deque.maxlen());
    steps.go(
        "collections.deque([1, 2], 5)",
        turned,
        "collections.deque([2, 1], 5)",
    );
    let more = |counter: Counter| changed(counter, |all| drop(all.0.insert("b".into(), 7.into())));
    steps.go(
        "collections.Counter({u'a': 1})",
        more,
        "collections.Counter({u'a': 1, u'b': 7})",
    );
    let other = |error: Exception| Exception::new("KeyError", error.args().to_vec());
    steps.go("ValueError(1, None)", other, "KeyError(1, None)");
    let other = |value: Value| {
        assert!(value.items().unwrap().len() == 2);
        Value::tuple([value])
    };
    steps.go("[[], {}]", other, "([[], {}],)");
}

#[test]
fn what_is_shared_in_a_value_stays_shared() {
    let server = ManagerProcess::serve();
    let mut steps = Steps::new(&server);
    steps.first.ask("inner = [1]");
    let other = |value: Value| {
        let [a, b] = value.items().unwrap() else {
            panic!("{value}")
        };
        let (Value::List(a), Value::List(b)) = (a, b) else {
            panic!("{value}")
        };
        assert!(a.ptr_eq(b));
        Value::tuple([value.clone(), value])
    };
    steps.go("[inner, inner]", other, "([[1], [1]], [[1], [1]])");
    assert_eq!(
        steps.second.ask("x[0] is x[1] and x[0][0] is x[1][1]"),
        "True"
    );
    steps.first.ask("inner.append(inner)");
    steps.go("inner", |cycle: Value| Value::list([cycle]), "x");
    assert_eq!(steps.second.ask("x[0][1] is x[0] and x[0][0] == 1"), "True");
}
