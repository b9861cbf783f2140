//! Enters and leaves brackets, signs and sums.

use super::nesting::{Bracket, BracketKind, Constructor, Open};
use super::number;
use super::parser::{Form, Operand, Parser, Result};
use crate::{ByteArray, Dict, FrozenSet, List, Set, Tuple, Value, key};

impl Parser<'_> {
    /// Enters a bracket; returns its value if it is empty.
    pub(super) fn open(&mut self, at: usize, kind: BracketKind) -> Result<Option<Operand>> {
        self.cursor.advance(1);
        self.nesting.brackets += 1;
        let bracket = Box::new(Bracket {
            at,
            kind,
            items: Vec::new(),
            pairs: Vec::new(),
            key: None,
            item_at: at,
        });
        if self.eat_close(kind) {
            return self.finish(*bracket).map(Some);
        }
        self.nesting.push(Open::Bracket(bracket));
        Ok(None)
    }

    fn eat_close(&mut self, kind: BracketKind) -> bool {
        self.skip_space();
        let closes = self.cursor.eat(kind.close());
        if closes {
            self.nesting.brackets -= 1;
        }
        closes
    }

    /// Returns whether a sum begins: a number followed by a sign.
    pub(super) fn begins_sum(&mut self, left: &Operand) -> bool {
        if self.nesting.wants_number() {
            return false;
        }
        let Some(real) = number::real_part(&left.value) else {
            return false;
        };
        self.skip_space();
        let at = self.cursor.offset();
        let Some(sign @ ('+' | '-')) = self.cursor.peek() else {
            return false;
        };
        self.cursor.eat(sign);
        self.nesting.push(Open::Sum {
            at,
            real: if left.form == Form::MinusZero {
                -0.0
            } else {
                real
            },
            negative: sign == '-',
        });
        true
    }

    /// Adds a value to the surrounding construct; returns the whole if it ends here.
    pub(super) fn end_of_item(&mut self, around: Open, item: Operand) -> Result<Option<Operand>> {
        match around {
            Open::Sign { at, negative } => self.signed(at, negative, item).map(Some),
            Open::Sum { at, real, negative } => self.sum(at, real, negative, &item).map(Some),
            Open::Bracket(bracket) => self.end_of_bracket_item(bracket, item),
        }
    }

    fn signed(&self, at: usize, negative: bool, number: Operand) -> Result<Operand> {
        let value = match number::negated(&number.value) {
            Some(_) if number.form != Form::Number => {
                return self.error(at, "two signs, or one before a sum: write one number");
            }
            Some(negated) if negative => negated,
            Some(_) => number.value,
            None => {
                let kind = number.value.type_name();
                return self.error(at, format!("a sign before a {kind}: only numbers have one"));
            }
        };
        let form = match value {
            Value::Int(0) if negative => Form::MinusZero,
            _ => Form::Other,
        };
        Ok(Operand { value, form })
    }

    fn sum(&self, at: usize, real: f64, negative: bool, right: &Operand) -> Result<Operand> {
        match right.value {
            Value::Complex(_, imaginary) if right.form == Form::Number => {
                let imaginary = if negative { -imaginary } else { imaginary };
                Ok(Value::Complex(real, imaginary).into())
            }
            _ => self.error(
                at,
                "a sum: expressions are not computed, but for complex numbers such as 1+2j",
            ),
        }
    }

    fn end_of_bracket_item(
        &mut self,
        mut bracket: Box<Bracket>,
        item: Operand,
    ) -> Result<Option<Operand>> {
        self.skip_space();
        let next = self.cursor.peek();
        match bracket.kind {
            BracketKind::Parentheses if next == Some(')') => {
                self.eat_close(bracket.kind);
                // Parentheses alone change nothing.
                return Ok(Some(item));
            }
            BracketKind::Parentheses if next == Some(',') => bracket.kind = BracketKind::Tuple,
            BracketKind::Braces if next == Some(':') => bracket.kind = BracketKind::Dict,
            BracketKind::Braces => bracket.kind = BracketKind::Set,
            _ => {}
        }
        if bracket.kind == BracketKind::Dict && bracket.key.is_none() {
            return self.end_of_key(bracket, item.value);
        }
        if bracket.kind == BracketKind::Set {
            self.check_hashable(&bracket, &item.value)?;
        }
        match bracket.key.take() {
            Some(key) => bracket.pairs.push((key, item.value)),
            None => bracket.items.push(item.value),
        }
        self.after_item(bracket)
    }

    fn end_of_key(&mut self, mut bracket: Box<Bracket>, key: Value) -> Result<Option<Operand>> {
        self.check_hashable(&bracket, &key)?;
        if !self.cursor.eat(':') {
            let message = "expected ':' and the value of this key";
            return self.error(self.cursor.offset(), message);
        }
        bracket.key = Some(key);
        self.nesting.push(Open::Bracket(bracket));
        Ok(None)
    }

    fn check_hashable(&self, bracket: &Bracket, key: &Value) -> Result<()> {
        match key::unhashable(key) {
            None => Ok(()),
            Some(kind) => {
                let message = format!(
                    "a {kind} cannot be hashed, so it cannot be a dict key or set item: use a tuple"
                );
                self.error(bracket.item_at, message)
            }
        }
    }

    /// Reads a comma and another item, or the end.
    fn after_item(&mut self, bracket: Box<Bracket>) -> Result<Option<Operand>> {
        let comma = self.cursor.eat(',');
        if self.eat_close(bracket.kind) {
            return self.finish(*bracket).map(Some);
        }
        let close = bracket.kind.close();
        match self.cursor.peek() {
            Some(_) if comma => {
                self.nesting.push(Open::Bracket(bracket));
                Ok(None)
            }
            Some(found) => self.error(
                self.cursor.offset(),
                format!("expected ',' or '{close}', found {found:?}"),
            ),
            None => self.error(bracket.at, format!("never closed: add '{close}'")),
        }
    }

    fn finish(&self, bracket: Bracket) -> Result<Operand> {
        let Bracket { items, pairs, .. } = bracket;
        let value = match bracket.kind {
            BracketKind::List => List::from(items).into(),
            BracketKind::Parentheses | BracketKind::Tuple => Tuple::from(items).into(),
            BracketKind::Set => Set::from(items).into(),
            BracketKind::Braces | BracketKind::Dict => Dict::from_pairs(pairs).into(),
            BracketKind::Call(constructor) => match construct(constructor, items) {
                Ok(value) => value,
                Err(message) => return self.error(bracket.at, message),
            },
        };
        Ok(Operand::from(value))
    }
}

fn construct(
    constructor: Constructor,
    mut arguments: Vec<Value>,
) -> std::result::Result<Value, &'static str> {
    let argument = arguments.pop();
    if !arguments.is_empty() {
        return Err("too many arguments: write one");
    }
    match (constructor, argument) {
        (Constructor::Set, None) => Ok(Set::from(Vec::new()).into()),
        (Constructor::FrozenSet, None) => Ok(FrozenSet::from(Vec::new()).into()),
        (Constructor::FrozenSet, Some(Value::Set(items))) => {
            Ok(FrozenSet::from(items.into_vec()).into())
        }
        (Constructor::ByteArray, None) => Ok(ByteArray::from(Vec::new()).into()),
        (Constructor::ByteArray, Some(Value::Bytes(bytes))) => Ok(ByteArray::from(bytes).into()),
        (Constructor::Set, _) => Err("only the empty set() is a literal: write {1, 2}"),
        (Constructor::FrozenSet, _) => Err("expected frozenset() or frozenset({1, 2})"),
        (Constructor::ByteArray, _) => Err("expected bytearray() or bytearray(b'...')"),
    }
}
