//! The recorded pickles of every Python: their values, and what is written for them again.

mod again;
mod expected;
mod golden;
mod hand_written;
mod python;
mod several;

use golden::{Case, recorded};
use mpconn::pickle::{Protocol, dumps, loads_with};

/// The first version whose C pickler writes what today's does.
const AS_NOW: (u32, u32) = (3, 8);

/// Cases of Python 2.7, by prefix, with a property that the pickle lacks: cPickle repeats some keys
/// and texts that are not in its memo, and protocol 0 has one spelling of NaN.
const UNSAID: [(&str, u8); 7] = [
    ("dict/records", 0),
    ("dict/records", 1),
    ("dict/records", 2),
    ("nested/dict-", 0),
    ("nested/dict-", 1),
    ("nested/dict-", 2),
    ("float/nan", 0),
];

fn is_unsaid(python: &str, name: &str, protocol: u8) -> bool {
    let unsaid = |(start, of): &(&str, u8)| name.starts_with(start) && *of == protocol;
    python == "2.7" && UNSAID.iter().any(unsaid)
}

#[test]
fn plain_pickles_are_read_as_what_they_are_described() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for recording in recorded("pickles-") {
        for case in recording.cases.iter().filter(|case| case.is_plain()) {
            for (protocol, pickle) in case.pickles() {
                let value = loads_with(pickle, &recording.options);
                let found = match &value {
                    Ok(value) => expected::check(&case.described["value"], value),
                    Err(error) => Err(error.to_string()),
                };
                let unsaid = is_unsaid(&recording.python, &case.name, protocol);
                wrong.extend(
                    found.err().filter(|_| !unsaid).map(|why| {
                        format!("{}, {}, {protocol}: {why}", recording.python, case.name)
                    }),
                );
                read += 1;
            }
        }
    }
    assert!(read > 10_000, "{read}");
    assert_none(&wrong);
}

#[test]
fn plain_pickles_are_written_in_the_same_bytes() {
    let mut wrong = Vec::new();
    let mut written = 0;
    for recording in recorded("pickles-") {
        if recording.version() < AS_NOW {
            continue;
        }
        for case in recording.cases.iter().filter(|case| case.is_plain()) {
            for (number, pickle) in case.pickles() {
                let Some(protocol) = Protocol::from_number(number) else {
                    continue;
                };
                let value = loads_with(pickle.clone(), &recording.options);
                let again = value.and_then(|value| dumps(&value, protocol));
                let place = format!("{}, {}, {number}", recording.python, case.name);
                match again {
                    Ok(again) if again == pickle => written += 1,
                    Ok(again) => wrong.push(format!(
                        "{place}: {}, Python writes {}",
                        shown(&again),
                        shown(&pickle)
                    )),
                    Err(error) => wrong.push(format!("{place}: {error}")),
                }
            }
        }
    }
    assert_none(&wrong);
    assert!(written > 5_000, "{written}");
}

/// Formats enough of a pickle to recognise it.
fn shown(pickle: &[u8]) -> String {
    pickle
        .iter()
        .take(25)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn assert_none(wrong: &[String]) {
    let some = wrong
        .iter()
        .take(25)
        .map(String::as_str)
        .collect::<Vec<_>>();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        some.join("\n")
    );
}

impl Case {
    /// Returns whether it is one value of types that every pickle keeps.
    fn is_plain(&self) -> bool {
        self.described["plain"] == true && self.described.get("several").is_none()
    }
}
