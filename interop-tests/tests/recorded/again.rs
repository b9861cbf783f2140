//! A real Python finds that objects read and written again are the same.

use interop_tests::{Interpreter, find_pythons};
use mpconn::Value;
use mpconn::pickle::{Bytes, Protocol, Python2Str, dumps, dumps_with_buffers, loads_with};

use crate::assert_none;
use crate::golden::{Case, Recording, bytes, recorded};
use crate::python::compare;

/// Cases of Python 2.7, by prefix, that are read and written as other objects, as any Python 3
/// would.
const RENAMED: [(&str, &str); 4] = [
    (
        "function/reduce",
        "is one of builtins and of _functools alike",
    ),
    ("subclass/int", "int is Python 3's name for long"),
    ("subclass/bytes", "str is Python 3's name for unicode"),
    (
        "manager/",
        "loading a proxy connects, and the bytes are not those of Python 3",
    ),
];

/// Defines a test for each Python with a recording: in one test they would take minutes.
macro_rules! every_python_finds_its_objects_again {
    ($($name:ident: $version:expr,)*) => {
        const WITH_A_TEST: &[(u32, u32)] = &[$($version),*];

        $(#[test]
        fn $name() {
            finds_its_objects_again($version);
        })*
    };
}

every_python_finds_its_objects_again! {
    every_python_finds_its_objects_again_2_7: (2, 7),
    every_python_finds_its_objects_again_3_6: (3, 6),
    every_python_finds_its_objects_again_3_7: (3, 7),
    every_python_finds_its_objects_again_3_8: (3, 8),
    every_python_finds_its_objects_again_3_9: (3, 9),
    every_python_finds_its_objects_again_3_10: (3, 10),
    every_python_finds_its_objects_again_3_11: (3, 11),
    every_python_finds_its_objects_again_3_12: (3, 12),
    every_python_finds_its_objects_again_3_13: (3, 13),
}

#[test]
fn each_python_that_is_found_has_a_recording_and_a_test() {
    let mut recordings: Vec<_> = recorded("pickles-")
        .iter()
        .map(Recording::version)
        .collect();
    recordings.sort_unstable();
    assert_eq!(recordings, WITH_A_TEST);
    for (version, path) in find_pythons() {
        assert!(WITH_A_TEST.contains(&version), "{}", path.display());
    }
}

fn finds_its_objects_again(version: (u32, u32)) {
    let Some(mut python) = Interpreter::find(version, "recorded") else {
        // The session `pythons` of noxfile.py checks which ones must be there.
        eprintln!("LEFT OUT: this machine has no Python {version:?}");
        return;
    };
    let recordings = recorded("pickles-");
    let own = recordings
        .iter()
        .find(|recording| recording.version() == version);
    let own = own.unwrap_or_else(|| panic!("no recording of {version:?}"));
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for case in &own.cases {
        let renamed = version == (2, 7)
            && RENAMED
                .iter()
                .any(|(start, _)| case.name.starts_with(start));
        if case.described.get("several").is_none() && !renamed {
            compared += in_band(&mut python, own, case, &mut wrong);
        }
    }
    assert_none(&wrong);
    assert!(compared > 2_000, "{compared}");
}

/// Compares what is written at each protocol that this Python reads.
fn in_band(
    python: &mut Interpreter,
    own: &Recording,
    case: &Case,
    wrong: &mut Vec<String>,
) -> usize {
    let mut compared = 0;
    for (number, pickle) in case.pickles() {
        // For Python 2, keep bytes: its dates do not accept text.
        let options = own.options.clone().python2_str(Python2Str::Bytes);
        let value = match loads_with(pickle.clone(), &options) {
            Ok(value) => value,
            Err(error) => {
                wrong.push(format!("{}, {}, {number}: {error}", own.python, case.name));
                continue;
            }
        };
        for protocol in written(own, number) {
            let place = format!("{}, {}, {number} as {protocol:?}", own.python, case.name);
            let again = dumps(&value, protocol);
            let same = match &again {
                // Loading a proxy connects to its manager.
                Ok(again) if case.name.contains("proxy") => {
                    same_bytes(number, protocol, &pickle, again)
                }
                Ok(again) => compare(python, &pickle, again, &[]),
                // Text that protocol 0 cannot write, and names that protocol 2 cannot.
                Err(error) => Err(error.to_string()),
            };
            wrong.extend(same.err().map(|why| format!("{place}: {why}")));
            compared += 1;
        }
    }
    compared
}

/// Returns whether both are the same, if they are of one protocol.
fn same_bytes(read: u8, written: Protocol, one: &[u8], other: &[u8]) -> Result<(), String> {
    match one == other || read != written.number() {
        true => Ok(()),
        false => Err(format!("{other:x?} where {one:x?} was")),
    }
}

/// Returns the same protocol; for the newest one, all that this Python reads.
fn written(own: &Recording, read: u8) -> Vec<Protocol> {
    let newest = match own.version() {
        (2, _) => 2,
        (3, ..8) => 4,
        _ => 5,
    };
    let numbers = match read {
        _ if read == newest => 2..=newest,
        0 | 1 => 2..=2,
        _ => read..=read,
    };
    numbers.filter_map(Protocol::from_number).collect()
}

#[test]
fn buffers_stay_beside_the_pickle() {
    let mut compared = 0;
    let mut pythons = Interpreter::all("recorded");
    for recording in recorded("pickles-") {
        for case in &recording.cases {
            let Some(pickle) = case.described["out_of_band"]["pickle"].as_str() else {
                continue;
            };
            let buffers = buffers(case);
            let own = buffers.iter().map(|(bytes, _)| Bytes::from(bytes.clone()));
            let options = recording.options.clone().buffers(own);
            let value: Value = loads_with(bytes(pickle), &options).unwrap();
            let (again, left) = dumps_with_buffers(&value).unwrap();
            let place = format!("{}, {}", recording.python, case.name);
            assert_eq!(left.len(), buffers.len(), "{place}");
            let pairs: Vec<_> = left.iter().zip(&buffers).collect();
            assert!(
                pairs.iter().all(|(left, (bytes, _))| left[..] == bytes[..]),
                "{place}"
            );
            let here = pythons
                .iter_mut()
                .find(|python| python.version() == recording.version());
            if let Some(python) = here {
                let buffers: Vec<_> = pairs.iter().map(|(left, own)| (&left[..], own.1)).collect();
                let same = compare(python, &bytes(pickle), &again, &buffers);
                same.unwrap_or_else(|why| panic!("{place}: {why}"));
            }
            compared += 1;
        }
    }
    assert!(compared >= 50, "{compared}");
}

/// Returns the out-of-band buffers, and whether each is read-only.
fn buffers(case: &Case) -> Vec<(Vec<u8>, bool)> {
    let all = case.described["out_of_band"]["buffers"]
        .as_array()
        .into_iter()
        .flatten();
    all.map(|buffer| {
        (
            bytes(buffer["hex"].as_str().unwrap()),
            buffer["readonly"] == true,
        )
    })
    .collect()
}
