//! The strings that protocols 2 and 3 have once for all that is written.

use std::collections::HashMap;

use crate::Protocol;

/// Strings of which CPython has one object each: `'latin1'` beside the bytes of protocol 2, and
/// those of one character, which bytes and names become on the way.
#[derive(Default)]
pub(super) struct Interned {
    pub(super) numbers: HashMap<String, Origin>,
}

#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// Written for bytes or a name: what the value holds is the same object.
    Codec(u32),
    /// Written for the value. Another of the value's own is another object, as it was when read.
    Value(u32),
}

/// Whether CPython has one object of that text.
pub(super) fn is_interned(text: &str, protocol: Protocol) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => u32::from(only) < 256,
        _ => protocol == Protocol::V2 && text == "latin1",
    }
}
