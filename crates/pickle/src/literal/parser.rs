//! The state of the parser.

use super::cursor::{Cursor, LiteralError};
use super::nesting::Nesting;
use crate::Value;

pub(super) type Result<T> = std::result::Result<T, LiteralError>;

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) nesting: Nesting,
}

/// A value and its notation, which decides whether a sign or a sum may apply to it.
pub(super) struct Operand {
    pub(super) value: Value,
    pub(super) form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number without a sign, possibly in parentheses.
    Number,
    /// `-0`: keeps its sign as a part of a complex number.
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

    /// Skips blanks, and in brackets newlines and comments too.
    pub(super) fn skip_space(&mut self) {
        if self.nesting.in_brackets() {
            self.cursor.skip_blank_lines();
        } else {
            self.cursor.skip_blanks();
        }
    }
}
