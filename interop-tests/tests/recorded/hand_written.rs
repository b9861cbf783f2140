//! The hand-written pickles of CPython's own tests, valid and invalid.

use mpconn::pickle::{Python2Str, ReadOptions, loads_with};
use serde_json::Value as Json;

use crate::assert_none;
use crate::expected::check;
use crate::golden::{Case, bytes, recorded};

/// Tests whose outcome differs from Python's, with the reason.
const OTHERWISE: [(&str, &str); 7] = [
    (
        "test_bad_newobj",
        "what is called is code: int() and len.__new__()",
    ),
    (
        "test_bad_newobj_ex",
        "what is called is code: int() and len.__new__()",
    ),
    ("test_bad_reduce", "what is called is code: int()"),
    (
        "test_load_global",
        "what is named is looked up by code: an int",
    ),
    (
        "test_load_stack_global",
        "what is named is looked up by code: an int",
    ),
    (
        "test_load_classic_instance_error",
        "what is called is code that raises",
    ),
    ("test_proto", "a protocol that this Python has not yet"),
];

/// Returns whether a reason above applies to a case: what is called is looked up in Python, or the
/// protocol is one that only later Pythons read.
fn is_otherwise(case: &Case) -> bool {
    let test = case.described["test"].as_str().unwrap_or_default();
    let named = OTHERWISE.iter().any(|(name, _)| *name == test);
    let called = case.described.get("globals").is_some();
    let pickle = bytes(case.described["pickle"].as_str().unwrap_or_default());
    named && (called || matches!(*pickle, [0x80, 3..=5, ..]))
}

#[test]
fn what_cpython_reads_is_read_and_what_it_refuses_is_refused() {
    let (mut wrong, mut otherwise, mut read, mut refused) = (Vec::new(), 0, 0, 0);
    for recording in recorded("pickletester-") {
        for case in &recording.cases {
            let Some(options) = options(case) else {
                continue;
            };
            let pickle = bytes(case.described["pickle"].as_str().unwrap());
            let value = loads_with(pickle, &options);
            if is_otherwise(case) {
                // As data, nothing is wrong with it.
                otherwise += usize::from(value.is_ok());
                continue;
            }
            let is_error = case.described.get("error").is_some();
            let found = match value {
                Err(_) if is_error => {
                    refused += 1;
                    Ok(())
                }
                Err(error) => Err(format!("refused: {error}")),
                Ok(value) if is_error => Err(format!(
                    "read as {value:.80?}, where Python says {}: {}",
                    case.described["error"], case.described["text"]
                )),
                Ok(value) if case.described["plain"] == true => {
                    check(&case.described["value"], &value)
                }
                Ok(_) => Ok(()),
            };
            read += usize::from(!is_error);
            wrong.extend(found.err().map(|why| {
                format!(
                    "{}, {} ({}): {why}",
                    recording.python, case.name, case.described["pickle"]
                )
            }));
        }
    }
    assert_none(&wrong);
    assert!(read > 400 && refused > 1_000, "{read}, {refused}");
    assert!((20..80).contains(&otherwise), "{otherwise}");
}

/// Returns `None` for options that only Python has: other encodings.
fn options(case: &Case) -> Option<ReadOptions> {
    let options = &case.described["options"];
    let options = match options["encoding"].as_str() {
        None => ReadOptions::new(),
        Some("bytes") => ReadOptions::new().python2_str(Python2Str::Bytes),
        Some("latin1" | "latin-1") => ReadOptions::new().python2_str(Python2Str::Latin1),
        Some("utf-8" | "utf8") => ReadOptions::new().python2_str(Python2Str::Utf8),
        Some(_) => return None,
    };
    let others = |name: &String| !["encoding", "fix_imports"].contains(&name.as_str());
    let options_left = case.described["options"].as_object().into_iter().flatten();
    let left = options_left
        .map(|(name, _): (&String, &Json)| name)
        .filter(|name| others(name));
    (left.count() == 0).then_some(options)
}
