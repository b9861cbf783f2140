//! Interned strings, which protocols 2 and 3 write once.

use std::collections::HashMap;

use crate::Protocol;

/// Strings that CPython interns: `'latin1'` beside the bytes of protocol 2, and strings of one
/// character, which bytes and names are converted to.
#[derive(Default)]
pub(super) struct Interned {
    pub(super) numbers: HashMap<String, Origin>,
}

#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// Written for bytes or a name. The same string in the value is the same object.
    Codec(u32),
    /// Written for the value. Another one in the value is another object, as it was when read.
    Value(u32),
}

/// Returns whether CPython interns that text.
pub(super) fn is_interned(text: &str, protocol: Protocol) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => u32::from(only) < 256,
        _ => protocol == Protocol::V2 && text == "latin1",
    }
}
