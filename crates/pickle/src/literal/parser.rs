//! What is read, and what is open around the place.

use super::cursor::{Cursor, LiteralError};
use super::nesting::Nesting;
use crate::Value;

pub(super) type Result<T> = std::result::Result<T, LiteralError>;

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) nesting: Nesting,
}

/// A value, and how it was written, which decides whether a sign or a sum may take it.
pub(super) struct Operand {
    pub(super) value: Value,
    pub(super) form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number without a sign, perhaps in parentheses.
    Number,
    /// `-0`: as a part of a complex number it keeps its sign.
    MinusZero,
    Other,
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        let form = Form::Other;
        Operand { value, form }
    }
}

impl Parser<'_> {
    pub(super) fn error<T>(&self, at: usize, message: impl Into<String>) -> Result<T> {
        Err(self.cursor.error(at, message))
    }

    pub(super) fn unexpected(&self, found: char) -> LiteralError {
        let message = match found {
            '+' | '-' | '*' | '/' | '%' | '|' | '&' | '@' | '<' | '>' | '=' => {
                format!("'{found}' after a value: literals only, expressions are not computed")
            }
            _ => format!("{found:?} after the value: one literal only, remove the rest"),
        };
        self.cursor.error(self.cursor.offset(), message)
    }

    /// Inside of brackets newlines and comments are blanks.
    pub(super) fn skip_space(&mut self) {
        if self.nesting.in_brackets() {
            self.cursor.skip_blank_lines();
        } else {
            self.cursor.skip_blanks();
        }
    }
}
