//! Writes text in protocols 2 and 3, where CPython's interned strings mix with those of the value.

use super::interned::{Origin, is_interned};
use super::writer::Writer;
use crate::{Result, Str};

impl Writer<'_, '_> {
    /// Writes text of the value.
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

    /// Writes text that CPython makes itself.
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
