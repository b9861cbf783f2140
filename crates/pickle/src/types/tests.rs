//! Pickles recorded from every Python: `tests/golden/pickles-X.Y.json`.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::*;
use crate::PickleError;
use crate::{Protocol, dumps, loads};

pub(super) const VERSIONS: [&str; 9] = [
    "2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13",
];

/// The newest recorded Python, whose `repr` this crate follows.
const NEWEST: &str = "3.13";

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// Returns the cases of well-known types; compressed pickles are large and none of them.
fn cases(version: &str) -> Vec<Json> {
    let path = format!(
        "{}/tests/golden/pickles-{version}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let file = std::fs::read_to_string(path).unwrap();
    let mut file: Json = serde_json::from_str(&file).unwrap();
    let Json::Array(cases) = file["cases"].take() else {
        panic!("no cases");
    };
    let known = |case: &Json| {
        let name = case["name"]
            .as_str()
            .filter(|_| case["pickles"].is_object());
        name.is_some_and(|name| counterpart(name).is_some())
    };
    let cases: Vec<Json> = cases.into_iter().filter(known).collect();
    assert!(cases.len() > 90, "{version}: {}", cases.len());
    cases
}

type Through = fn(&Value) -> Result<Value, PickleError>;

fn through<T>(value: &Value) -> Result<Value, PickleError>
where
    T: for<'a> TryFrom<&'a Value, Error = PickleError> + Into<Value>,
{
    T::try_from(value).map(Into::into)
}

/// Returns a conversion to the Rust type for a family of cases and back.
fn counterpart(name: &str) -> Option<Through> {
    let (family, rest) = name.split_once('/')?;
    Some(match family {
        "date" => through::<Date>,
        "time" => through::<Time>,
        "datetime" if rest == "two-of-one-zone" => return None,
        "datetime" => through::<DateTime>,
        "timedelta" => through::<TimeDelta>,
        "timezone" => through::<TimeZone>,
        "zone" if rest == "datetime" => through::<DateTime>,
        "zone" => through::<TimeZone>,
        "decimal" => through::<Decimal>,
        "fraction" => through::<Fraction>,
        "complex" => through::<Complex>,
        "uuid" => through::<Uuid>,
        "ordered-dict" => through::<OrderedDict>,
        "defaultdict" => through::<DefaultDict>,
        "counter" => through::<Counter>,
        "deque" if rest == "cycle" => return None,
        "deque" => through::<Deque>,
        "range" => through::<Range>,
        "slice" => through::<Slice>,
        "array" => through::<Array>,
        "path" => through::<Path>,
        "ip" if rest.contains("Network") || rest.contains("Interface") => through::<IpNetwork>,
        "ip" => through::<IpAddress>,
        "exception" | "queue" => through::<Exception>,
        "manager" if rest == "remote-error" => through::<Exception>,
        "manager" if rest.starts_with("token") => through::<Token>,
        "manager" if rest.contains("proxy") && rest != "proxy-reply" => through::<PickledProxy>,
        "manager" | "spawned" if rest == "authkey" => through::<AuthenticationString>,
        "enum" if !matches!(rest, "class" | "list") => through::<Member>,
        "namedtuple" if rest != "list" => through::<NamedTuple>,
        _ => return None,
    })
}

/// Returns what the newest Python prints, if that is known.
fn wanted(case: &Json, protocol: u8, newest: &[Json]) -> Option<String> {
    let name = case["name"].as_str()?;
    let same = newest.iter().find(|one| one["name"] == name);
    let text = same.unwrap_or(case)["repr"].as_str()?;
    let old = protocol <= 2;
    let lost = match name {
        // Protocols 0 to 2 use Python 2's names, where all of these are one class.
        "exception/os-error" | "exception/os-error-no-file" | "exception/connection-refused" => old,
        // Python 2's bytes are text.
        "exception/multiprocessing.BufferTooShort" => case["repr2"].is_string(),
        // Only protocol 4 and later have the fold.
        "datetime/fold" | "time/fold" => protocol <= 3,
        // Python itself loses the scope.
        "ip/IPv6Address(scope)" => true,
        _ => false,
    };
    // Only Python can print these: user classes, and names that are in classes.
    let users = name.starts_with("enum/") || name.starts_with("namedtuple/");
    let unknown = users || name.starts_with("exception/custom");
    (!unknown && !lost).then(|| text.to_owned())
}

#[test]
fn all_that_pythons_recorded() {
    let newest = cases(NEWEST);
    let (mut printed, mut others) = (BTreeSet::new(), Vec::new());
    for version in VERSIONS {
        for case in cases(version) {
            let name = case["name"].as_str().unwrap();
            let there_and_back = counterpart(name).unwrap();
            for (protocol, pickle) in case["pickles"].as_object().unwrap() {
                let at = format!("{name} by Python {version} at protocol {protocol}");
                let value = loads(unhex(pickle.as_str().unwrap())).unwrap();
                let back = there_and_back(&value);
                let back = back.unwrap_or_else(|error| panic!("{at}: {error}\n{value}"));
                // A second round trip changes nothing.
                let again = there_and_back(&back).unwrap_or_else(|error| panic!("{at}: {error}"));
                assert_eq!(again.to_string(), back.to_string(), "{at}");
                if let Some(wanted) = wanted(&case, protocol.parse().unwrap(), &newest) {
                    for text in [value.to_string(), back.to_string()] {
                        if text != wanted {
                            others.push(format!("{at}: {text} instead of {wanted}"));
                        }
                    }
                    printed.insert(name.to_owned());
                }
                // Python 2 has fewer classes of exceptions, and protocol 2 uses their names.
                let exception = name.starts_with("exception/") || name.starts_with("queue/");
                let protocols = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];
                for protocol in &protocols[usize::from(exception)..] {
                    let read = loads(dumps(&back, *protocol).unwrap()).unwrap();
                    assert_eq!(read.to_string(), back.to_string(), "{at}");
                }
            }
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert!(printed.len() > 110, "{}", printed.len());
}

#[test]
fn other_values_are_errors_that_say_what_they_are() {
    let value: Value = "{'a': 1}".parse().unwrap();
    for (_, error) in [
        ("Date", Date::try_from(&value).unwrap_err()),
        ("Decimal", Decimal::try_from(&value).unwrap_err()),
        ("Path", Path::try_from(&value).unwrap_err()),
        ("Token", Token::try_from(&value).unwrap_err()),
        ("Exception", Exception::try_from(&value).unwrap_err()),
        ("Deque", Deque::try_from(&value).unwrap_err()),
    ] {
        assert!(error.to_string().starts_with("dict where "), "{error}");
    }
}

#[test]
fn structs_have_them_as_fields() {
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Invoice {
        due: Date,
        total: Decimal,
        lines: Vec<(Uuid, Option<TimeDelta>)>,
    }
    let invoice = Invoice {
        due: Date::new(2024, 2, 29).unwrap(),
        total: "12.50".parse().unwrap(),
        lines: vec![(Uuid::from_u128(1), TimeDelta::new(1, 0, 0))],
    };
    let message = crate::to_vec(&invoice, Protocol::V5).unwrap();
    let value = loads(message).unwrap();
    let id = "UUID('00000000-0000-0000-0000-000000000001')";
    let text = format!(
        "{{'due': datetime.date(2024, 2, 29), 'total': Decimal('12.50'), \
         'lines': [({id}, datetime.timedelta(days=1))]}}"
    );
    assert_eq!(value.to_string(), text);
    assert_eq!(crate::from_value::<Invoice>(value).unwrap(), invoice);
}

#[test]
fn each_type_meets_what_is_not_its_own() {
    let all = |version| cases(version).into_iter();
    let names: Vec<String> = all(NEWEST)
        .filter_map(|case| case["name"].as_str().map(str::to_owned))
        .collect();
    let mut taken = 0;
    for case in all("2.7").chain(all(NEWEST)) {
        let pickles = case["pickles"].as_object().unwrap();
        // Some cannot be pickled at any protocol.
        let Some(pickle) = pickles.values().next_back() else {
            continue;
        };
        let value = loads(unhex(pickle.as_str().unwrap())).unwrap();
        for name in &names {
            // Fails, or returns a value of that type that survives another round trip.
            if let Ok(back) = counterpart(name).unwrap()(&value) {
                counterpart(name).unwrap()(&back).unwrap();
                taken += 1;
            }
        }
    }
    assert!(taken > names.len());
}

#[test]
fn debug_text_has_one_limit_for_all_items() {
    use crate::types::{Deque, NamedTuple};
    use crate::{Change, Class, Instance};

    let item = Value::from("x".repeat(10_000));
    let values = vec![item.clone(); 100];
    let deque = Deque::new(values.clone(), None);
    let class = Class::new("shop", "Point");
    let appended = |parts: Instance, item: &Value| parts.with(Change::Append(item.clone()));
    let parts = values.iter().fold(Instance::new(class.clone()), appended);
    let tuple = NamedTuple { class, values };
    for text in [
        format!("{deque:?}"),
        format!("{tuple:?}"),
        format!("{:?}", parts.parts()),
    ] {
        assert!(text.len() < 66_000, "{} bytes", text.len());
    }
}
