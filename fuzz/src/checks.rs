//! What must hold. A failure is a panic, which the fuzzer reports with its input.

use mpconn::pickle::disassemble;

use crate::build::build;
use crate::describe::describe;
use crate::plan::Plan;
use crate::seam::{self, Value};

/// Any bytes are read or refused; what was read can be printed, written and read again.
pub fn read(data: &[u8]) {
    let Ok(value) = seam::loads(data) else {
        return;
    };
    // Printing ends, whatever was read.
    let text = seam::repr(&value);
    assert!(text.is_none_or(|text| !text.is_empty()));
    written_and_read(&value, 4);
}

/// Any value survives being written and read, and so does its literal.
pub fn roundtrip(plan: Plan) {
    let value = build(plan);
    written_and_read(&value, 2);
    if let Some(text) = literal_of(&value) {
        parsed_again(&value, &text);
    }
}

/// Any text is parsed or refused; what was parsed prints as a text that says the same.
pub fn literal(text: &str) {
    let Ok(value) = seam::parse(text) else {
        return;
    };
    // 1e999 is infinity, whose repr is a name.
    if let Some(printed) = literal_of(&value) {
        let again = parsed_again(&value, &printed);
        assert_eq!(seam::repr(&again).as_ref(), Some(&printed));
    }
}

/// Any bytes are taken apart, up to where reading them ends.
pub fn taken_apart(data: &[u8]) {
    let mut last = None;
    for instruction in disassemble(data) {
        match instruction {
            Ok(instruction) => {
                assert!(instruction.offset() < data.len());
                assert!(last.is_none_or(|last| last < instruction.offset()));
                last = Some(instruction.offset());
            }
            // What is unusual, too, which reads all the same.
            Err(_) => return,
        }
    }
    let last = last.expect("a STOP");
    if let Some(end) = seam::end(data) {
        assert_eq!(last + 1, end, "another end");
    }
}

fn literal_of(value: &Value) -> Option<String> {
    // First, as what is shared may be much.
    let text = seam::repr(value)?;
    seam::has_literal(value).then_some(text)
}

fn parsed_again(value: &Value, text: &str) -> Value {
    let again = seam::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    // Literals share nothing.
    assert!(same(&again, value), "{text}: {again:?} is not {value:?}");
    again
}

/// The same types and bits in the same order.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::Dict(one), Value::Dict(other)) => {
            let mut both = one.pairs().iter().zip(other.pairs());
            one.len() == other.len()
                && both.all(|(one, other)| same(&one.0, &other.0) && same(&one.1, &other.1))
        }
        _ => match (one.items(), other.items()) {
            (Some(items), Some(others)) => {
                let mut both = items.iter().zip(others);
                one.type_name() == other.type_name()
                    && items.len() == others.len()
                    && both.all(|(one, other)| same(one, other))
            }
            _ => one == other,
        },
    }
}

/// What is written can be read, and from protocol `first` on it is the same value. Names of any
/// kind, as wild bytes have them, take detours in older protocols.
fn written_and_read(value: &Value, first: u8) {
    let told = describe(value);
    for protocol in seam::WRITES {
        // Before protocol 4 CPython has another call for these: functools.partial. And its tables
        // of Python 2's names do not lead each of them back to where it came from.
        let renames = protocol < 3 && told.contains("type <class ");
        if renames || protocol < 4 && told.contains(" NewEx ") {
            continue;
        }
        // What a protocol does not have is an answer as well.
        let Ok(data) = seam::dumps(value, protocol) else {
            continue;
        };
        let again = seam::loads_own(&data).unwrap_or_else(|error| {
            panic!("protocol {protocol}: what was written cannot be read: {error}: {data:x?}")
        });
        if protocol < first {
            continue;
        }
        assert_eq!(describe(&again), told, "protocol {protocol}, {data:x?}");
        let repeated = seam::dumps(&again, protocol);
        let repeated = repeated.unwrap_or_else(|error| panic!("protocol {protocol}: {error}"));
        assert_eq!(repeated, data, "protocol {protocol}: other bytes");
    }
}
