//! `dumps(loads(pickle)) == pickle`, byte for byte.

use std::collections::BTreeMap;

use interop_tests::golden_files;
use mpconn::pickle::{Protocol, Value, dumps, loads};
use serde::Deserialize;

/// Versions whose C pickler writes the same bytes as this crate.
const PYTHONS: [&str; 6] = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    /// Pickles by protocol, in hexadecimal.
    #[serde(default)]
    pickles: BTreeMap<u8, String>,
    /// Whether it consists of plain data.
    #[serde(default)]
    plain: bool,
    /// Whether there are several pickles in a row.
    #[serde(default)]
    several: serde_json::Value,
}

fn cases(python: &str) -> Vec<Case> {
    let name = format!("pickles-{python}.json");
    let file = golden_files()
        .into_iter()
        .find(|path| path.ends_with(&name));
    let text = std::fs::read_to_string(file.expect("a golden file of each Python")).unwrap();
    serde_json::from_str::<Golden>(&text).unwrap().cases
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

/// Calls `check` with every pickle of a protocol that is written here, and its value.
fn each(python: &str, mut check: impl FnMut(&Case, Protocol, &[u8], &Value)) {
    for case in cases(python) {
        if !case.several.is_null() {
            continue;
        }
        for (&number, hex) in &case.pickles {
            let Some(protocol) = Protocol::from_number(number) else {
                continue;
            };
            let pickle = unhex(hex);
            if let Ok(value) = loads(pickle.clone()) {
                check(&case, protocol, &pickle, &value);
            }
        }
    }
}

#[test]
fn plain_data_is_written_as_cpython_wrote_it() {
    for python in PYTHONS {
        let mut compared = 0;
        each(python, |case, protocol, pickle, value| {
            if case.plain {
                let again = dumps(value, protocol).unwrap();
                let name = &case.name;
                assert!(
                    again == pickle,
                    "{python}, {name}, {protocol:?}: {again:02x?}"
                );
                compared += 1;
            }
        });
        assert!(compared > 100, "{python}: {compared} pickles of plain data");
    }
}

#[test]
fn everything_else_stays_as_it_is_once_written() {
    for python in PYTHONS {
        each(python, |case, protocol, _, value| {
            let name = &case.name;
            let Ok(once) = dumps(value, protocol) else {
                return;
            };
            let back = loads(once.clone());
            let back =
                back.unwrap_or_else(|error| panic!("{python}, {name}, {protocol:?}: {error}"));
            let twice = dumps(&back, protocol).unwrap();
            assert!(once == twice, "{python}, {name}, {protocol:?}");
        });
    }
}
