//! Properties of the codecs. A failure is a panic, which the fuzzer reports with its input.

use mpconn::pickle::disassemble;

use crate::build::build;
use crate::codec::{self, Value};
use crate::describe::describe;
use crate::plan::Plan;

/// Any bytes are read or refused; what was read can be printed, written and read again.
pub fn read(data: &[u8]) {
    let Ok(value) = codec::loads(data) else {
        return;
    };
    // Printing terminates, whatever was read.
    let text = codec::repr(&value);
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

/// Any text is parsed or refused; the parsed value prints as a literal of the same value.
pub fn literal(text: &str) {
    let Ok(value) = codec::parse(text) else {
        return;
    };
    // 1e999 is infinity, whose repr is a name.
    if let Some(printed) = literal_of(&value) {
        let again = parsed_again(&value, &printed);
        assert_eq!(codec::repr(&again).as_ref(), Some(&printed));
    }
}

/// Any bytes are disassembled, at least as far as they can be read.
pub fn taken_apart(data: &[u8]) {
    let mut last = None;
    for instruction in disassemble(data) {
        match instruction {
            Ok(instruction) => {
                assert!(instruction.offset() < data.len());
                assert!(last.is_none_or(|last| last < instruction.offset()));
                last = Some(instruction.offset());
            }
            // Also on unusual pickles that can be read.
            Err(_) => return,
        }
    }
    let last = last.expect("a STOP");
    if let Some(end) = codec::end(data) {
        assert_eq!(last + 1, end, "another end");
    }
}

fn literal_of(value: &Value) -> Option<String> {
    // First, because the repr of shared objects may be too long.
    let text = codec::repr(value)?;
    codec::has_literal(value).then_some(text)
}

fn parsed_again(value: &Value, text: &str) -> Value {
    let again = codec::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    // Literals do not share objects.
    assert!(same(&again, value), "{text}: {again:?} is not {value:?}");
    again
}

/// Returns whether both have the same types and bits in the same order.
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

/// Checks that what is written can be read, and from protocol `first` on is the same value. Older
/// protocols change arbitrary names, as random bytes have them.
fn written_and_read(value: &Value, first: u8) {
    let description = describe(value);
    for protocol in codec::WRITES {
        // Before protocol 4 CPython writes these as a call of functools.partial. Its tables of
        // Python 2's names do not restore each name.
        let renames = protocol < 3 && description.contains("type <class ");
        if renames || protocol < 4 && description.contains(" NewEx ") {
            continue;
        }
        // A protocol may be unable to express the value.
        let Ok(data) = codec::dumps(value, protocol) else {
            continue;
        };
        let again = codec::loads_own(&data).unwrap_or_else(|error| {
            panic!("protocol {protocol}: what was written cannot be read: {error}: {data:x?}")
        });
        if protocol < first {
            continue;
        }
        assert_eq!(
            describe(&again),
            description,
            "protocol {protocol}, {data:x?}"
        );
        let repeated = codec::dumps(&again, protocol);
        let repeated = repeated.unwrap_or_else(|error| panic!("protocol {protocol}: {error}"));
        assert_eq!(repeated, data, "protocol {protocol}: other bytes");
    }
}
