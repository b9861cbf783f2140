//! `FromStr` for [`Value`]: reads Python literals as `ast.literal_eval` does.

mod atom;
mod brackets;
mod cursor;
mod nesting;
mod number;
mod parser;
mod string;

use std::str::FromStr;

pub use cursor::LiteralError;

use super::Value;
use cursor::Cursor;
use nesting::Nesting;
use parser::{Parser, Result};

/// Reads a Python literal: everything that `ast.literal_eval` reads, at any depth (CPython stops at
/// 200 brackets). It also reads what `repr` writes for plain values: `inf`, `nan`,
/// `frozenset(...)`, `bytearray(b'...')`, `Ellipsis`, `NotImplemented`. Character names such as
/// `'\N{EN DASH}'` need the feature `unicode-names`.
///
/// ```
/// use mpconn_pickle::Value;
///
/// let value: Value = "{'a': [1, 2.5, 1+2j], 'b': (None, b'\\xff', '\\ud800')}".parse()?;
/// assert_eq!(value.to_string(), "{'a': [1, 2.5, (1+2j)], 'b': (None, b'\\xff', '\\ud800')}");
/// # Ok::<(), mpconn_pickle::LiteralError>(())
/// ```
impl FromStr for Value {
    type Err = LiteralError;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(at) = text.find('\0') {
            let message = "a NUL character: write \\x00 in a string";
            return Err(LiteralError::new(text, at, message));
        }
        let mut parser = Parser {
            cursor: Cursor::new(text),
            nesting: Nesting::default(),
        };
        parser.cursor.skip_blank_lines();
        let value = parser.expression_list()?;
        parser.cursor.skip_blank_lines();
        match parser.cursor.peek() {
            None => Ok(value),
            Some(found) => Err(parser.unexpected(found)),
        }
    }
}

impl Parser<'_> {
    /// Reads a value, or several with commas, which make a tuple without brackets.
    fn expression_list(&mut self) -> Result<Value> {
        let first = self.expression()?;
        self.skip_space();
        if !self.cursor.eat(',') {
            return Ok(first);
        }
        let mut items = vec![first];
        loop {
            self.skip_space();
            if matches!(self.cursor.peek(), None | Some('\n' | '\r' | '#')) {
                return Ok(Value::Tuple(items.into()));
            }
            items.push(self.expression()?);
            self.skip_space();
            if !self.cursor.eat(',') {
                return Ok(Value::Tuple(items.into()));
            }
        }
    }

    /// Reads one value with everything in it.
    fn expression(&mut self) -> Result<Value> {
        loop {
            // A value begins, possibly with a child.
            let Some(mut operand) = self.begin()? else {
                continue;
            };
            // The value may end the surrounding construct, and that the next one.
            while !self.begins_sum(&operand) {
                let Some(around) = self.nesting.pop() else {
                    return Ok(operand.value);
                };
                match self.end_of_item(around, operand)? {
                    Some(whole) => operand = whole,
                    None => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
