//! The objects of the demo: literals that mean the same to every Python and to mpconn.

use anyhow::Context;
use mpconn::Value;

/// ASCII only: the program is passed as an argument, which old Pythons decode in the locale's encoding.
const LITERALS: &[&str] = &[
    "None",
    "[True, False, 42, -7, 2.5, 1e+300]",
    "(1, 'two', None)",
    r"'na\u00efve caf\u00e9, \u65e5\u672c\u8a9e, \u0420\u0443\u0441\u0442'",
    r"b'\x00\xff\x80 bytes'",
    "1267650600228229401496703205376",
    "-170141183460469231731687303715884105729",
    r"{'job': 7, 'args': ['a', b'\xfe', {'pi': 3.141592653589793}], 'next': {'job': None}}",
];

/// Replaced by the objects in a program's text.
const PLACE: &str = "#OBJECTS#";

/// Returns the text of a Python program with the objects in it.
pub(crate) fn insert(program: &str) -> String {
    program.replace(PLACE, &format!("{},", LITERALS.join(",\n    ")))
}

/// Returns the same objects as values.
pub(crate) fn values() -> anyhow::Result<Vec<Value>> {
    LITERALS
        .iter()
        .map(|literal| literal.parse().with_context(|| (*literal).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_literals() {
        assert_eq!(values().unwrap().len(), LITERALS.len());
        assert!(LITERALS.iter().all(|literal| literal.is_ascii()));
    }
}
