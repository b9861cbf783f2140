//! A position in the text, and errors with their position.

use std::fmt;

/// Why a text is not a Python literal, and where.
///
/// ```
/// let error = "[1, 2".parse::<mpconn_pickle::Value>().unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 1: never closed: add ']'");
/// assert_eq!((error.line(), error.column(), error.offset()), (1, 1, 0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralError {
    offset: usize,
    line: usize,
    column: usize,
    message: String,
}

impl LiteralError {
    pub(super) fn new(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        LiteralError {
            offset,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }

    /// Returns the position in bytes from the beginning of the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the message without the position.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for LiteralError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

impl std::error::Error for LiteralError {}

/// The text and the current position. All offsets are in bytes, on character boundaries.
pub(super) struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor { text, offset: 0 }
    }

    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> LiteralError {
        LiteralError::new(self.text, at, message)
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Returns the character that many bytes further on; they must be whole characters.
    pub(super) fn peek_at(&self, bytes: usize) -> Option<char> {
        self.rest().get(bytes..)?.chars().next()
    }

    /// Skips that many bytes, which the caller has checked.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.offset += bytes;
    }

    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.offset += wanted.len_utf8();
        }
        there
    }

    /// Returns the letters, digits and underscores from here on, not consumed.
    pub(super) fn word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric());
        &rest[..end.unwrap_or(rest.len())]
    }

    /// Skips spaces, tabs, form feeds and continued lines.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest().trim_start_matches([' ', '\t', '\x0c']);
            let continued = ["\\\n", "\\\r\n"]
                .iter()
                .find_map(|end| rest.strip_prefix(end));
            // A backslash at the very end continues nothing.
            let continued = continued.filter(|rest| !rest.is_empty());
            self.offset = self.text.len() - continued.unwrap_or(rest).len();
            if continued.is_none() {
                return;
            }
        }
    }

    /// Skips blanks, newlines and comments.
    pub(super) fn skip_blank_lines(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some('\n' | '\r') => self.offset += 1,
                Some('#') => {
                    let rest = self.rest();
                    self.offset += rest.find(['\n', '\r']).unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }
}
