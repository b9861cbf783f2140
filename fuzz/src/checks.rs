//! What must hold. A failure is a panic, which the fuzzer reports with its input.

use crate::plan::Plan;
use crate::seam::{self, Value};

/// Any bytes are read or refused; what was read can be written and read again.
pub fn read(data: &[u8]) {
    let Ok(value) = seam::loads(data) else {
        return;
    };
    // Printing ends, whatever was read.
    let text = seam::repr(&value);
    assert!(!text.is_empty());
    if seam::is_writable(&value) {
        written_and_read(&value);
    }
}

/// Any value survives being written and read, and so does its literal.
pub fn roundtrip(plan: Plan) {
    let value = seam::build(plan);
    written_and_read(&value);
    if seam::has_literal(&value) {
        let text = seam::repr(&value);
        let again = seam::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_same(&again, &value, &text);
    }
}

/// Any text is parsed or refused; what was parsed prints as a text that says the same.
pub fn literal(text: &str) {
    let Ok(value) = seam::parse(text) else {
        return;
    };
    if !seam::has_literal(&value) {
        // 1e999 is infinity, whose repr is a name.
        return;
    }
    let printed = seam::repr(&value);
    let again = seam::parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_same(&again, &value, &printed);
    assert_eq!(seam::repr(&again), printed);
}

fn written_and_read(value: &Value) {
    for protocol in seam::WRITES {
        // Too deep to be written is an answer as well.
        let Ok(data) = seam::dumps(value, protocol) else {
            continue;
        };
        let Ok(again) = seam::loads(&data) else {
            panic!("protocol {protocol}: what was written cannot be read: {data:x?}");
        };
        assert_same(&again, value, &format!("protocol {protocol}, {data:x?}"));
        let repeated = seam::dumps(&again, protocol);
        assert_eq!(
            repeated.as_ref(),
            Ok(&data),
            "protocol {protocol}: other bytes"
        );
    }
}

fn assert_same(one: &Value, other: &Value, what: &str) {
    if !seam::same(one, other) {
        panic!("{what}: {} is not {}", seam::repr(one), seam::repr(other));
    }
}
