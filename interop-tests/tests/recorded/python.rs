//! A Python loads pickles and compares the objects.

use interop_tests::Interpreter;
use serde_json::{Value as Json, json};

/// Fails with both objects if the pickles are not of the same.
pub(crate) fn compare(
    python: &mut Interpreter,
    one: &[u8],
    other: &[u8],
    buffers: &[(&[u8], bool)],
) -> Result<(), String> {
    let buffers: Vec<_> = buffers
        .iter()
        .map(|(bytes, own)| json!([hex(bytes), own]))
        .collect();
    let question = json!({"one": hex(one), "other": hex(other), "buffers": buffers});
    let answer: Json = python.ask_json(&question.to_string());
    match answer["same"] == true {
        true => Ok(()),
        false => Err(format!("\n   {}\n   {}", answer["one"], answer["other"])),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
