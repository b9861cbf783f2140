//! What real Pythons pickled.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::pickle_next::{Value, from_slice, loads};

/// The pickles of a case, from each Python that has it.
fn pickles(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/python-fixtures/golden");
    let mut found = Vec::new();
    for version in [
        "2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13",
    ] {
        let text = std::fs::read_to_string(format!("{folder}/pickles-{version}.json")).unwrap();
        let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cases = golden["cases"].as_array().unwrap();
        let Some(case) = cases.iter().find(|case| case["name"] == name) else {
            continue;
        };
        for (protocol, hex) in case["pickles"].as_object().unwrap() {
            let bytes = unhex(hex.as_str().unwrap());
            found.push((format!("{name} of {version}, protocol {protocol}"), bytes));
        }
    }
    assert!(found.len() > 6, "{name}");
    found
}

fn unhex(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn values_come_whole_through_serde() {
    for name in [
        "dict/order",
        "instance/slots",
        "exception/with-notes",
        "shared/list",
    ] {
        for (what, message) in pickles(name) {
            let read: Value =
                from_slice(&message).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(read, loads(message).unwrap(), "{what}");
        }
    }
}

#[test]
fn collections_of_the_standard_library() {
    for name in ["ordered-dict/plain", "defaultdict/list", "counter/plain"] {
        for (what, message) in pickles(name) {
            let read: Result<HashMap<String, Value>, _> = from_slice(&message);
            let read = read.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(!read.is_empty(), "{what}");
        }
    }
    for (what, message) in pickles("deque/plain") {
        let read: Result<Vec<Value>, _> = from_slice(&message);
        assert!(
            !read
                .unwrap_or_else(|error| panic!("{what}: {error}"))
                .is_empty(),
            "{what}"
        );
    }
    for (what, message) in pickles("ordered-dict/empty") {
        let read: Result<BTreeMap<String, Value>, _> = from_slice(&message);
        assert!(
            read.unwrap_or_else(|error| panic!("{what}: {error}"))
                .is_empty()
        );
    }
}

#[test]
fn exceptions() {
    #[derive(Deserialize)]
    struct Raised {
        args: Vec<Value>,
    }
    for name in [
        "exception/plain",
        "exception/many-arguments",
        "exception/key-error",
    ] {
        for (what, message) in pickles(name) {
            let raised: Raised =
                from_slice(&message).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(!raised.args.is_empty(), "{what}");
        }
    }
}
