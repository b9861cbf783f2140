//! Pickles from the fixtures, written by hand, and damaged.

use std::collections::BTreeSet;
use std::path::Path;

use interop_tests::golden_files;
use serde_json::Value;

/// Returns every distinct pickle of the golden files.
pub(crate) fn golden() -> Vec<Vec<u8>> {
    let mut found = BTreeSet::new();
    for path in golden_files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("python-") || name.starts_with("pickles-") {
            collect(&read(&path), &mut found);
        }
    }
    found.into_iter().collect()
}

fn read(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap();
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Collects the hexadecimal texts under "pickle", at any depth.
fn collect(value: &Value, found: &mut BTreeSet<Vec<u8>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Value::String(text) if key == "pickle" => {
                        found.extend(try_unhex(text));
                    }
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Returns pickles with forms that picklers rarely or never write.
pub(crate) fn by_hand() -> impl Iterator<Item = Vec<u8>> {
    let pickles: &[&[u8]] = &[
        b"(N(0N0(1.",
        b"((lN0d0N1N.",
        b"(cos\npath\nNoibuiltins\nint\n.",
        b"(I1\nicollections\nOrderedDict\n.",
        b"Pan id\nQ\x82\x07\x83\x07\x00\x84\x07\x00\x00\x00\x87.",
        b"I00\nI01\nI-5\nL5L\nL-5L\n\x8700\x85.",
        b"F1\nF-1.5e10\nF1e-7\n\x87.",
        b"S'it is'\nS\"it's\"\n\x86.",
        b"V\\u4e2d\\u005c\\U0001f600\xe9\n.",
        b"T\x02\0\0\0\xe9'U\x02ab\x86.",
        b"\x8b\x02\0\0\0\xff\x7f\x8a\0\x8a\x01\x80\x87.",
        b"\x8d\x01\0\0\0\0\0\0\0a\x8e\x01\0\0\0\0\0\0\0a\x86.",
        b"N2\x86r\x00\x01\x00\x00j\x00\x01\x00\x00\x86.",
        b"]Na\x8f(K\x01\x90(\x91\x87.",
        b"\x80\x05\x97\x98\x96\x01\0\0\0\0\0\0\0'\x86.",
        b"\x8c\x01a\x8c\x01b\x93)\x81}bN}\x92.",
        b"N\x94K\x05q\x07\x94h\x02\x87.",
    ];
    pickles.iter().map(|pickle| pickle.to_vec())
}

/// Returns short pickles, cut off or with bytes changed; the same in each run.
pub(crate) fn damaged() -> Vec<Vec<u8>> {
    let short = golden()
        .into_iter()
        .filter(|pickle| (3..80).contains(&pickle.len()));
    let mut damaged = Vec::new();
    let mut random = 1_u64;
    for pickle in short.step_by(10).chain(by_hand()) {
        for length in 0..pickle.len() {
            damaged.push(pickle[..length].to_vec());
        }
        for _ in 0..40 {
            let mut changed = pickle.clone();
            let at = next(&mut random) as usize % pickle.len();
            changed[at] = CODES[next(&mut random) as usize % CODES.len()];
            damaged.push(changed);
        }
    }
    damaged
}

/// Opcodes that need little on the stack.
const CODES: &[u8] = b"(.012NK)]}adelotsubRQq\x94\x85\x86\x87\x88\x93\x8f\x90\x91\x81\x92h\0\xff";

/// Makes a step of a linear congruential generator.
fn next(state: &mut u64) -> u32 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    u32::try_from(*state >> 33).unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    try_unhex(text).unwrap_or_else(|| panic!("no hexadecimal: {text}"))
}

fn try_unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
