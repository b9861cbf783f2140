//! `FromStr`: reads what `ast.literal_eval` reads.

mod cursor;
mod number;
mod string;

use std::str::FromStr;

pub use cursor::LiteralError;
pub(crate) use string::{StringKind, unescape};

use super::{Dict, MAX_DEPTH, Value, key};
use cursor::Cursor;

/// Reads a Python literal: everything that `ast.literal_eval` reads and a [`Value`] can hold,
/// which leaves out complex numbers, `...` and lone surrogates. Beyond that it reads what `repr`
/// prints of plain values: `inf`, `nan` and `frozenset(...)`.
impl FromStr for Value {
    type Err = LiteralError;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(at) = text.find('\0') {
            return Err(LiteralError::new(
                text,
                at,
                "a NUL character: write \\x00 in a string",
            ));
        }
        let mut parser = Parser {
            cursor: Cursor::new(text),
            depth: 0,
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

type Result<T> = std::result::Result<T, LiteralError>;

struct Parser<'a> {
    cursor: Cursor<'a>,
    /// How many brackets are open: inside them newlines and comments are blanks.
    depth: usize,
}

impl Parser<'_> {
    fn error<T>(&self, at: usize, message: impl Into<String>) -> Result<T> {
        Err(self.cursor.error(at, message))
    }

    fn unexpected(&self, found: char) -> LiteralError {
        let message = match found {
            '+' | '-' | '*' | '/' | '%' | '|' | '&' | '@' | '<' | '>' | '=' => {
                format!("'{found}' after a value: literals only, expressions are not computed")
            }
            _ => format!("{found:?} after the value: one literal only, remove the rest"),
        };
        self.cursor.error(self.cursor.offset(), message)
    }

    fn skip_space(&mut self) {
        if self.depth > 0 {
            self.cursor.skip_blank_lines()
        } else {
            self.cursor.skip_blanks()
        }
    }

    /// The top level: a value, or several with commas, which make a tuple without brackets.
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
                return Ok(Value::Tuple(items));
            }
            items.push(self.expression()?);
            self.skip_space();
            if !self.cursor.eat(',') {
                return Ok(Value::Tuple(items));
            }
        }
    }

    fn expression(&mut self) -> Result<Value> {
        self.skip_space();
        let at = self.cursor.offset();
        match self.cursor.peek() {
            Some(sign @ ('+' | '-')) => {
                self.cursor.eat(sign);
                self.signed(at, sign == '-')
            }
            _ => self.atom(),
        }
    }

    fn signed(&mut self, at: usize, negative: bool) -> Result<Value> {
        self.skip_space();
        let operand = self
            .cursor
            .rest()
            .trim_start_matches(|c: char| c == '(' || c.is_whitespace());
        if operand.starts_with(['+', '-']) {
            return self.error(at, "two signs: write one");
        }
        match (self.atom()?, negative) {
            (value @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_)), false) => Ok(value),
            (value, true) if number::negated(&value).is_some() => {
                Ok(number::negated(&value).unwrap_or(value))
            }
            (value, _) => {
                let message = format!(
                    "a sign before a {}: only numbers have one",
                    value.type_name()
                );
                self.error(at, message)
            }
        }
    }

    fn atom(&mut self) -> Result<Value> {
        let at = self.cursor.offset();
        match self.cursor.peek() {
            Some('[') => self.nested(at, ']', |parser| parser.items(']').map(Value::List)),
            Some('(') => self.nested(at, ')', Parser::parenthesized),
            Some('{') => self.nested(at, '}', Parser::braced),
            Some('\'' | '"') => self.strings(),
            Some('0'..='9' | '.') => number::parse(&mut self.cursor),
            Some(first) if first == '_' || first.is_alphabetic() => self.named(at),
            Some(found) => self.error(at, format!("expected a value, found {found:?}")),
            None => self.error(at, "expected a value, found the end of the text"),
        }
    }

    /// Runs `inner` between a bracket and its counterpart.
    fn nested(
        &mut self,
        at: usize,
        close: char,
        inner: impl FnOnce(&mut Self) -> Result<Value>,
    ) -> Result<Value> {
        if self.depth == MAX_DEPTH {
            return self.error(
                at,
                format!("nested deeper than {MAX_DEPTH} levels: flatten it"),
            );
        }
        self.cursor.advance(1);
        self.depth += 1;
        let value = inner(self)?;
        self.skip_space();
        match self.cursor.peek() {
            Some(found) if found == close => self.cursor.advance(1),
            Some(found) => {
                let message = format!("expected ',' or '{close}', found {found:?}");
                return self.error(self.cursor.offset(), message);
            }
            None => return self.error(at, format!("never closed: add '{close}'")),
        }
        self.depth -= 1;
        Ok(value)
    }

    /// Values with commas between them, up to the closing bracket or whatever else is no comma.
    fn items(&mut self, close: char) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        while !self.closes(close) {
            items.push(self.expression()?);
            if !self.comma() {
                break;
            }
        }
        Ok(items)
    }

    fn closes(&mut self, close: char) -> bool {
        self.skip_space();
        self.cursor.peek() == Some(close)
    }

    fn comma(&mut self) -> bool {
        self.skip_space();
        self.cursor.eat(',')
    }

    /// `()`, `(value)` or a tuple.
    fn parenthesized(&mut self) -> Result<Value> {
        if self.closes(')') {
            return Ok(Value::Tuple(Vec::new()));
        }
        let first = self.expression()?;
        if !self.comma() {
            return Ok(first);
        }
        let mut items = vec![first];
        items.extend(self.items(')')?);
        Ok(Value::Tuple(items))
    }

    /// A dict or a set.
    fn braced(&mut self) -> Result<Value> {
        if self.closes('}') {
            return Ok(Value::Dict(Dict::new()));
        }
        let first = self.key()?;
        self.skip_space();
        if self.cursor.peek() == Some(':') {
            return self.pairs(first);
        }
        let mut items = vec![first];
        while self.comma() && !self.closes('}') {
            items.push(self.key()?);
        }
        key::dedupe(&mut items);
        Ok(Value::Set(items))
    }

    fn pairs(&mut self, first: Value) -> Result<Value> {
        let mut pairs = vec![(first, self.pair_value()?)];
        while self.comma() && !self.closes('}') {
            pairs.push((self.key()?, self.pair_value()?));
        }
        Ok(Value::Dict(Dict::from_pairs(pairs)))
    }

    fn pair_value(&mut self) -> Result<Value> {
        self.skip_space();
        if !self.cursor.eat(':') {
            return self.error(
                self.cursor.offset(),
                "expected ':' and the value of this key",
            );
        }
        self.expression()
    }

    /// A value that Python can hash.
    fn key(&mut self) -> Result<Value> {
        self.skip_space();
        let at = self.cursor.offset();
        let value = self.expression()?;
        match key::unhashable(&value) {
            None => Ok(value),
            Some(kind) => {
                let message = format!(
                    "a {kind} cannot be hashed, so it is no dict key and no set item: use a tuple"
                );
                self.error(at, message)
            }
        }
    }

    /// A word: a constant, the prefix of a string, or a constructor that `repr` prints.
    fn named(&mut self, at: usize) -> Result<Value> {
        let word = self.cursor.word();
        if matches!(self.cursor.peek_at(word.len()), Some('\'' | '"')) {
            return self.strings();
        }
        self.cursor.advance(word.len());
        match word {
            "None" => Ok(Value::None),
            "True" => Ok(Value::Bool(true)),
            "False" => Ok(Value::Bool(false)),
            "inf" => Ok(Value::Float(f64::INFINITY)),
            "nan" => Ok(Value::Float(f64::NAN)),
            "set" | "frozenset" => self.constructor(at, word == "frozenset"),
            _ => self.error(
                at,
                format!("the name {word:?} is no literal: quote it if it is text"),
            ),
        }
    }

    /// `set()`, `frozenset()`, `frozenset({...})`.
    fn constructor(&mut self, at: usize, frozen: bool) -> Result<Value> {
        self.skip_space();
        if self.cursor.peek() != Some('(') {
            return self.error(at, "expected '(' after the name of a type");
        }
        let open = self.cursor.offset();
        let argument = self.nested(open, ')', |parser| parser.items(')').map(Value::Tuple))?;
        match (argument.items(), frozen) {
            (Some([]), false) => Ok(Value::Set(Vec::new())),
            (Some([]), true) => Ok(Value::FrozenSet(Vec::new())),
            (Some([Value::Set(items)]), true) => Ok(Value::FrozenSet(items.clone())),
            (_, false) => self.error(at, "only the empty set() is a literal: write {1, 2}"),
            (_, true) => self.error(at, "expected frozenset() or frozenset({1, 2})"),
        }
    }

    /// Strings side by side are one string.
    fn strings(&mut self) -> Result<Value> {
        let mut whole = string::parse(&mut self.cursor)?;
        loop {
            self.skip_space();
            let at = self.cursor.offset();
            let word = self.cursor.word();
            if !matches!(self.cursor.peek_at(word.len()), Some('\'' | '"')) {
                return Ok(whole);
            }
            match (&mut whole, string::parse(&mut self.cursor)?) {
                (Value::Str(text), Value::Str(more)) => text.push_str(&more),
                (Value::Bytes(bytes), Value::Bytes(more)) => bytes.extend(more),
                _ => return self.error(at, "bytes and text side by side: put a comma between"),
            }
        }
    }
}

#[cfg(test)]
mod tests;
