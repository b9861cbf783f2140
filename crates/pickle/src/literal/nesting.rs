//! The open brackets, signs and sums around a position, on an explicit stack: only memory limits
//! the depth.

use crate::Value;

#[derive(Default)]
pub(super) struct Nesting {
    pub(super) open: Vec<Open>,
    pub(super) brackets: usize,
}

pub(super) enum Open {
    /// A sign before a number.
    Sign {
        at: usize,
        negative: bool,
    },
    /// The real part of a complex number, and the sign of the imaginary part.
    Sum {
        at: usize,
        real: f64,
        negative: bool,
    },
    Bracket(Box<Bracket>),
}

pub(super) struct Bracket {
    pub(super) at: usize,
    pub(super) kind: BracketKind,
    pub(super) items: Vec<Value>,
    /// Pairs of a dict.
    pub(super) pairs: Vec<(Value, Value)>,
    pub(super) key: Option<Value>,
    /// Start of the last item.
    pub(super) item_at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BracketKind {
    List,
    /// `(` before the first comma.
    Parentheses,
    Tuple,
    /// `{` before the first item or pair.
    Braces,
    Set,
    Dict,
    /// A type without a literal, as `repr` writes it: `name(...)`.
    Call(Constructor),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Constructor {
    Set,
    FrozenSet,
    ByteArray,
}

impl BracketKind {
    pub(super) fn close(self) -> char {
        match self {
            BracketKind::List => ']',
            BracketKind::Braces | BracketKind::Set | BracketKind::Dict => '}',
            BracketKind::Parentheses | BracketKind::Tuple | BracketKind::Call(_) => ')',
        }
    }
}

impl Nesting {
    pub(super) fn in_brackets(&self) -> bool {
        self.brackets > 0
    }

    pub(super) fn push(&mut self, open: Open) {
        self.open.push(open);
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        self.open.pop()
    }

    /// Returns whether a sign or a sum waits for a number.
    pub(super) fn wants_number(&self) -> bool {
        matches!(self.open.last(), Some(Open::Sign { .. } | Open::Sum { .. }))
    }

    /// Returns the innermost open bracket and its closing character.
    pub(super) fn never_closed(&self) -> Option<(usize, char)> {
        self.open.iter().rev().find_map(|open| match open {
            Open::Bracket(bracket) => Some((bracket.at, bracket.kind.close())),
            _ => None,
        })
    }

    /// Records where an item begins.
    pub(super) fn item_at(&mut self, at: usize) {
        if let Some(Open::Bracket(bracket)) = self.open.last_mut() {
            bracket.item_at = at;
        }
    }
}
