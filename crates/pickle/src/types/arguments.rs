//! The arguments with which pickles call classes.

use crate::{Class, Instance, PickleError, Value};

/// The arguments of a call, taken one after the other.
pub(super) struct Arguments<'a> {
    instance: &'a Instance,
    taken: usize,
}

impl<'a> Arguments<'a> {
    pub(super) fn of(instance: &'a Instance) -> Self {
        Arguments { instance, taken: 0 }
    }

    /// Takes the next argument, if any.
    pub(super) fn optional(&mut self) -> Option<&'a Value> {
        let argument = self.instance.args().get(self.taken);
        self.taken += usize::from(argument.is_some());
        argument
    }

    /// Takes the next argument; fails if there is none.
    pub(super) fn next(&mut self) -> Result<&'a Value, PickleError> {
        self.optional()
            .ok_or_else(|| self.refuse("one more argument"))
    }

    /// Takes the next argument, an `int` in the range of `T`.
    pub(super) fn int<T: TryFrom<i64>>(&mut self) -> Result<T, PickleError> {
        let number = self
            .next()?
            .as_i64()
            .and_then(|number| number.try_into().ok());
        number.ok_or_else(|| self.refuse("an int in range"))
    }

    /// Takes the next argument, text.
    pub(super) fn text(&mut self) -> Result<&'a str, PickleError> {
        let text = self.next()?.as_str();
        text.ok_or_else(|| self.refuse("text"))
    }

    /// Takes the next argument: bytes, or the text that stands for them in Python 2's pickles.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let bytes = match self.next()? {
            Value::Str(text) => latin1(text),
            other => other.as_bytes().map(<[u8]>::to_vec),
        };
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| self.refuse(&format!("{N} bytes")))
    }

    /// Makes an error about the argument taken last.
    pub(super) fn refuse(&self, wanted: &str) -> PickleError {
        let class = self.instance.class().map(Class::brief);
        let class = class.as_deref().unwrap_or("an instance");
        PickleError::new(format!(
            "{class}: argument {} is not {wanted}",
            self.taken.max(1)
        ))
    }
}

/// Encodes text as Latin-1; `None` if a character does not fit a byte.
pub(super) fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(character).ok())
        .collect()
}
