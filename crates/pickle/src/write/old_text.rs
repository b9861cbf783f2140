//! Text in protocols 2 and 3, where CPython's own strings mix with those of the value.

use std::collections::HashMap;

use super::value::Writer;
use crate::{Protocol, Result, Str};

/// Strings of which CPython has one object each: `'latin1'` beside the bytes of protocol 2, and
/// those of one character, which bytes and names become on the way.
#[derive(Default)]
pub(super) struct Interned {
    numbers: HashMap<String, Origin>,
}

#[derive(Clone, Copy)]
enum Origin {
    /// Written for bytes or a name: what the value holds is the same object.
    Codec(u32),
    /// Written for the value. Another of the value's own is another object, as it was when read.
    Value(u32),
}

fn is_interned(text: &str, protocol: Protocol) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => u32::from(only) < 256,
        _ => protocol == Protocol::V2 && text == "latin1",
    }
}

impl Writer<'_, '_> {
    /// Text of the value.
    pub(super) fn old_text(&mut self, text: &Str) -> Result<u32> {
        if text.len() > 6 || !is_interned(text, self.encoder.protocol()) {
            return self.encoder.kept_text(text.as_bytes());
        }
        if let Some(Origin::Codec(number)) = self.interned.numbers.get(text.as_str()) {
            let number = *number;
            self.encoder.again(number);
            return Ok(number);
        }
        let number = self.encoder.kept_text(text.as_bytes())?;
        let numbers = &mut self.interned.numbers;
        numbers.insert(text.as_str().to_owned(), Origin::Value(number));
        Ok(number)
    }

    /// Text that CPython makes on the way.
    pub(super) fn interned(&mut self, text: &str) -> Result<()> {
        let interned = is_interned(text, self.encoder.protocol());
        if interned
            && let Some(Origin::Codec(number) | Origin::Value(number)) =
                self.interned.numbers.get(text)
        {
            self.encoder.again(*number);
            return Ok(());
        }
        let number = self.encoder.kept_text(text.as_bytes())?;
        if interned {
            let numbers = &mut self.interned.numbers;
            numbers.insert(text.to_owned(), Origin::Codec(number));
        }
        Ok(())
    }
}
