//! Reads values without children, and the beginning of values with children.

use mpconn_escape::brief;

use super::nesting::{BracketKind, Constructor, Open};
use super::parser::{Form, Operand, Parser, Result};
use super::{number, string};
use crate::{Class, SurrogateStr, Value};

impl Parser<'_> {
    /// Reads a value, or the beginning of one with children: `None` if a child begins.
    pub(super) fn begin(&mut self) -> Result<Option<Operand>> {
        self.skip_space();
        let at = self.cursor.offset();
        self.nesting.item_at(at);
        match self.cursor.peek() {
            Some(sign @ ('+' | '-')) => self.sign(at, sign),
            Some('[') => self.open(at, BracketKind::List),
            Some('(') => self.open(at, BracketKind::Parentheses),
            Some('{') => self.open(at, BracketKind::Braces),
            Some('\'' | '"') => self.strings().map(Some),
            Some('.') if self.cursor.rest().starts_with("...") => {
                self.cursor.advance(3);
                Ok(Some(constant("Ellipsis")))
            }
            Some('0'..='9' | '.') => {
                let value = number::parse(&mut self.cursor)?;
                let form = Form::Number;
                Ok(Some(Operand { value, form }))
            }
            Some(first) if first == '_' || first.is_alphabetic() => self.named(at),
            Some(found) => self.error(at, format!("expected a value, found {found:?}")),
            None => match self.nesting.never_closed() {
                Some((at, close)) => self.error(at, format!("never closed: add '{close}'")),
                None => self.error(at, "expected a value, found the end of the text"),
            },
        }
    }

    fn sign(&mut self, at: usize, sign: char) -> Result<Option<Operand>> {
        if self.nesting.wants_number() {
            return self.error(at, "two signs: write one");
        }
        self.cursor.eat(sign);
        let negative = sign == '-';
        self.nesting.push(Open::Sign { at, negative });
        Ok(None)
    }

    /// Reads a word: a constant, the prefix of a string, or a constructor that `repr` writes.
    fn named(&mut self, at: usize) -> Result<Option<Operand>> {
        let word = self.cursor.word();
        if matches!(self.cursor.peek_at(word.len()), Some('\'' | '"')) {
            return self.strings().map(Some);
        }
        self.cursor.advance(word.len());
        let number = |value| Operand {
            value,
            form: Form::Number,
        };
        Ok(Some(match word {
            "None" => Value::None.into(),
            "True" => Value::Bool(true).into(),
            "False" => Value::Bool(false).into(),
            "inf" => number(Value::Float(f64::INFINITY)),
            "nan" => number(Value::Float(f64::NAN)),
            "infj" => number(Value::Complex(0.0, f64::INFINITY)),
            "nanj" => number(Value::Complex(0.0, f64::NAN)),
            "Ellipsis" | "NotImplemented" => constant(word),
            "set" => return self.constructor(at, Constructor::Set),
            "frozenset" => return self.constructor(at, Constructor::FrozenSet),
            "bytearray" => return self.constructor(at, Constructor::ByteArray),
            _ => {
                let message = format!(
                    "the name {:?} is not a literal: quote it if it is text",
                    brief(word)
                );
                return self.error(at, message);
            }
        }))
    }

    /// Reads `set()`, `frozenset()`, `frozenset({...})`, `bytearray(b'...')`.
    fn constructor(&mut self, at: usize, constructor: Constructor) -> Result<Option<Operand>> {
        self.skip_space();
        if self.cursor.peek() != Some('(') {
            return self.error(at, "expected '(' after the name of a type");
        }
        self.open(at, BracketKind::Call(constructor))
    }

    /// Joins adjacent strings.
    fn strings(&mut self) -> Result<Operand> {
        let mut whole = string::parse(&mut self.cursor)?;
        loop {
            self.skip_space();
            let at = self.cursor.offset();
            let word = self.cursor.word();
            if !matches!(self.cursor.peek_at(word.len()), Some('\'' | '"')) {
                return Ok(match whole.kind {
                    string::StringKind::Bytes => Value::from(whole.bytes),
                    string::StringKind::Text => text(whole.bytes),
                }
                .into());
            }
            let more = string::parse(&mut self.cursor)?;
            if more.kind != whole.kind {
                let message = "text and bytes side by side: put a comma between them";
                return self.error(at, message);
            }
            whole.bytes.extend(more.bytes);
        }
    }
}

/// Decodes UTF-8 that may have surrogates.
fn text(bytes: Vec<u8>) -> Value {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => SurrogateStr::from_checked(error.as_bytes()).into(),
    }
}

fn constant(name: &str) -> Operand {
    Value::Class(Class::new("builtins", name)).into()
}
