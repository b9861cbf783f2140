//! Literals against `ast.literal_eval`, and characters against `str.isprintable`.

use mpconn::pickle::{Value, loads};
use proptest::prelude::*;

use super::arbitrary;
use super::python::{ask, hex, unhex, version};
use super::{VALUES, any_inside, is_own_form, samples, sorted};

/// Generates texts that often are literals, and otherwise are close to being one.
fn literal_text() -> impl Strategy<Value = String> {
    let tokens = [
        "[", "]", "(", ")", "{", "}", ",", ",", ":", "1", "'a'", "b'b'", "None", "True", " ", "\n",
        "# c\n", "# c\r", "-", "+", "1.5", "{}", "()", "1,", "'k':", "\\\n", "[1]", "(1,)", "1: 2",
    ];
    let token = proptest::sample::select(tokens.to_vec());
    prop_oneof![
        proptest::collection::vec(token, 1..9).prop_map(|tokens| tokens.concat()),
        "[-+]?[0-9_.eExXobBjJa-f]{1,8}",
        "-?[0-9]{1,3}(_[0-9]{1,3}){0,2}(\\.[0-9_]{0,4})?([eE][-+]?[0-9]{1,3})?",
        "([rR]|[bB]|u|U|rb|bR|Br|f|ub|)('|\"|'''|\"\"\")[-a-f0-9xuUN\\\\{}'\"\n\r\té ]{0,14}('|\"|'''|\"\"\")",
        "[bBrR]?'(\\\\[0-7]{1,4}|\\\\x[0-9a-f]{2}|\\\\u[0-9a-f]{4}|\\\\[a-z\\\\'\"]|[ -&(-~]){0,8}'",
        "b?'x?(\\\\N\\{(EN DASH|en dash|NULL|GREEK SMALL LETTER [A-Z]{2}|EN DOSH|)\\}){1,2}'",
        arbitrary::value().prop_map(|value| value.to_string()),
    ]
}

#[test]
fn literals_are_read_as_literal_eval_reads_them() {
    let (major, minor) = version();
    if (major, minor) < (3, 8) {
        // These compute sums and double signs, which literal_eval no longer does.
        return;
    }
    let texts = samples(literal_text());
    let questions: Vec<String> = texts
        .iter()
        .map(|text| format!("evaluate {}", hex(text)))
        .collect();
    let (mut read, mut refused) = (0, 0);
    for (answer, text) in ask(&questions).iter().zip(&texts) {
        match (answer.split_once(' '), text.parse::<Value>()) {
            (Some(("ok", message)), Ok(value)) => {
                let theirs = loads(unhex(message)).unwrap();
                assert_eq!(sorted(theirs, major), sorted(value, major), "{text:?}");
                read += 1;
            }
            (Some(("ok", _)), Err(error)) => panic!("{text:?}: {error}"),
            (Some(_), Ok(value)) => {
                assert!(
                    reads_more(text, &value, minor),
                    "{text:?} was read as {value}: {answer}"
                );
            }
            (Some(_), Err(_)) => refused += 1,
            (None, _) => panic!("{answer}"),
        }
    }
    assert!(
        read > VALUES / 3 && refused > VALUES / 10,
        "{read} read, {refused} refused"
    );
}

/// Returns whether we read on purpose what this Python does not.
fn reads_more(text: &str, value: &Value, minor: u32) -> bool {
    // Python refuses a first line that is indented or joined to the previous one.
    let indented = text.lines().any(|line| line.starts_with([' ', '\\']));
    indented || any_inside(value, &|v| is_own_form(v, minor))
}

#[test]
fn printable_characters_are_pythons() {
    /// The version of Unicode in `crates/escape/src/printable.rs`.
    const OURS: (u32, u32) = (15, 1);
    if version().0 < 3 {
        return;
    }
    let answer = ask(&["printable".into()]).remove(0);
    let (unicode, letters) = answer.split_once(' ').unwrap();
    let mut parts = unicode.split('.').map(|part| part.parse::<u32>().unwrap());
    let theirs = (parts.next().unwrap(), parts.next().unwrap());
    assert_eq!(letters.len(), 0x11_0000);
    let mut differ = 0;
    for (code, letter) in (0..).zip(letters.bytes()) {
        // Surrogates are not characters in Rust.
        let Some(character) = char::from_u32(code) else {
            continue;
        };
        let printed = Value::from(character).to_string();
        let ours = !printed.contains('\\') || character == '\\';
        if ours == (letter == b'p') {
            continue;
        }
        differ += 1;
        // Assigned after their version of Unicode, or after ours.
        let explained = if ours {
            letter == b'u' && theirs < OURS
        } else {
            theirs > OURS
        };
        assert!(
            explained,
            "U+{code:04X}: {printed}, Python with Unicode {unicode}: {letter}"
        );
    }
    println!("Unicode {unicode}: {differ} characters differ from 15.1");
    assert!(theirs != OURS || differ == 0);
}
